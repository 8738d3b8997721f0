internal import FileTree
internal import Packages

/// The packages whose files may be an object's own: the one that has it, those that are built from the same
/// source, and those that it asks for by name.
struct PackageFamily: Sendable {
  /// What a file is to an object.
  enum Kinship: Comparable, Sendable {
    /// Of its own source package.
    case own
    /// Of a package that its own asks for.
    case wanted
    /// Of no package at all, or the object is of none.
    case unknown
    /// Of somebody else's package.
    case other
  }

  /// The package that has the object; nil if none does.
  let package: Package?
  /// Physical.
  let object: RootPath
  private let kin: PackageKin?

  /// - Parameter object: physical.
  init(of object: RootPath, in root: RootView) {
    self.object = object
    package = root.packages.owner(of: object)
    kin = package.map { root.store.kin(of: $0) }
  }

  /// Whether a file is of the object's own source package: the packages of others aren't read for that.
  ///
  /// - Parameter path: physical.
  func isOwn(_ path: RootPath, in root: RootView) -> Bool {
    (kin?.relatives ?? []).contains { root.packages.has($0, path) }
  }

  /// The same of a package that the object's own asks for.
  func isWanted(_ path: RootPath, in root: RootView) -> Bool {
    (kin?.others ?? []).contains { root.packages.has($0, path) }
  }

  /// - Parameter path: physical.
  func kinship(of path: RootPath, in root: RootView) -> Kinship {
    guard kin != nil else { return .unknown }
    if isOwn(path, in: root) { return .own }
    if isWanted(path, in: root) { return .wanted }
    return root.packages.owners(of: path).isEmpty ? .unknown : .other
  }

  /// Whether a directory has files of others too. Physical.
  func isShared(_ directory: RootPath, in root: RootView) -> Bool {
    let owners = root.packages.owners(of: directory)
    guard let package else { return owners.count > 1 }
    return owners.contains { kinship(of: $0, to: package) == .other }
  }

  private func kinship(of owner: Package, to package: Package) -> Kinship {
    if owner == package || owner.isSibling(of: package) { return .own }
    return kin?.others.contains(owner) == true ? .wanted : .other
  }

  /// The files of theirs that an administrator may change, and that are no other service's of the system.
  /// Physical.
  func configurationFiles(in root: RootView) -> [RootPath] {
    (kin?.siblings ?? []).flatMap { root.packages.configurationFiles(of: $0) }
      .filter { PrivatePlaces.contain($0) }
  }

  /// The topmost directories that no package has but the object's own and those that are built with it and
  /// that it asks for, each with one of these; physical.
  func privateDirectories(in root: RootView) -> [PrivateDirectory] {
    package.map { root.store.privateDirectories(of: $0) } ?? []
  }
}
