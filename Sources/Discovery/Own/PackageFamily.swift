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
  private let wanted: Set<Package>

  /// - Parameter object: physical.
  init(of object: RootPath, in root: RootView) {
    self.object = object
    package = root.packages.owner(of: object)
    wanted = Set(package.map { root.packages.dependencies(of: $0, recommended: true) } ?? [])
  }

  /// - Parameter path: physical.
  func kinship(of path: RootPath, in root: RootView) -> Kinship {
    let owners = root.packages.owners(of: path)
    guard let package, !owners.isEmpty else { return .unknown }
    return owners.map { kinship(of: $0, to: package) }.min() ?? .unknown
  }

  /// Whether a directory has files of others too. Physical.
  func isShared(_ directory: RootPath, in root: RootView) -> Bool {
    let owners = root.packages.owners(of: directory)
    guard let package else { return owners.count > 1 }
    return owners.contains { kinship(of: $0, to: package) == .other }
  }

  private func kinship(of owner: Package, to package: Package) -> Kinship {
    if owner == package || owner.isSibling(of: package) { return .own }
    return wanted.contains(owner) ? .wanted : .other
  }

  /// The object's own package and those that are built with it and that it asks for.
  private func siblings(of package: Package) -> [Package] {
    [package]
      + wanted.filter { $0.isSibling(of: package) && $0 != package }.sorted { $0.name < $1.name }
  }

  /// The files of theirs that an administrator may change, and that are no other service's of the system.
  /// Physical.
  func configurationFiles(in root: RootView) -> [RootPath] {
    guard let package else { return [] }
    return siblings(of: package).flatMap { root.packages.configurationFiles(of: $0) }
      .filter { PrivatePlaces.contain($0) }
  }

  /// The topmost directories that no package has but the object's own and those that are built with it and
  /// that it asks for, each with one of these; physical.
  func privateDirectories(in root: RootView) -> [(directory: RootPath, package: Package)] {
    guard let package else { return [] }
    var found: [RootPath: Package] = [:]
    for sibling in siblings(of: package) {
      for file in root.packages.files(of: sibling) where PrivatePlaces.contain(file) {
        let way = [file] + file.ancestors
        guard
          let top = way.filter(PrivatePlaces.contain).min(by: { $0.text.count < $1.text.count }),
          found[top] == nil
        else { continue }
        found[top] = sibling
      }
    }
    return found.filter { !isShared($0.key, in: root) }.map { ($0.key, $0.value) }
      .sorted { $0.0 < $1.0 }
  }
}
