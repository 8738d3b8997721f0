internal import Discovery
package import FileTree
internal import Secrets

/// The one gate that everything passes on its way into a bundle, whoever takes it there: secrets of a host and
/// of its users don't go in unless somebody says so.
package struct SecretGate: Sendable {
  /// Who takes something.
  package enum Taker: Sendable {
    /// The user, as a program, or a script's first line.
    case program
    /// The user, by name or with the directory around it.
    case addition
    /// A need: nobody asked for it.
    case need
  }

  /// What the user lets through.
  package struct Allowance: Sendable {
    /// Whether all that he adds may go in.
    package var additions = false
    /// Files, or directories with all that is below: physical.
    package var places: [RootPath] = []

    package init() {}
  }

  private let homes: [RootPath]
  /// Directories of the user's project, which may well lie in a home.
  private let projects: [RootPath]
  private let allowance: Allowance
  /// Whether everybody may enter a directory, and all above it: nil, or the one that not everybody may.
  private var closed: [RootPath: RootPath?] = [:]

  /// - Parameters:
  ///   - tree: the root, whose passwd(5) tells where homes are.
  ///   - projects: in-root, links resolved.
  package init(tree: any FileTree, projects: [RootPath], allowance: Allowance = Allowance()) {
    self.projects = projects
    self.allowance = allowance
    homes = Self.homes(in: tree)
  }

  /// The homes of people, by passwd(5); those of services hold data, not secrets.
  private static func homes(in tree: any FileTree) -> [RootPath] {
    var root = RootView(tree: tree)
    var homes: [RootPath] = ["/root"]
    for fields in AccountFile.users.records(in: &root) {
      guard let user = UInt32(fields[2].description), user >= 1000 && user < 65534 else { continue }
      let home = RootPath(normalising: fields[5])
      if home.names.count > 1 { homes.append(home) }
    }
    return homes
  }

  /// Why something isn't to be packed; nil if it may.
  ///
  /// - Parameters:
  ///   - path: physical.
  ///   - source: the tree that it is in.
  package mutating func reason(
    against path: RootPath, _ status: FileStatus, in source: any FileTree, for taker: Taker
  ) -> SensitiveReason? {
    if taker != .need, allowance.additions { return nil }
    guard !isAllowed(path, status) else { return nil }
    if taker == .need, let place = closedPlace(path, status, in: source) {
      return .notForEverybody(place)
    }
    // A program's own place is where the user has it.
    let judgesPlace = taker != .program
    let rule = SecretFile.rule(for: path, status, in: source, judgesPlace: judgesPlace)
    if let rule { return .secret(rule) }
    return judgesPlace ? strangersHome(of: path).map { .home($0) } : nil
  }

  private func isAllowed(_ path: RootPath, _ status: FileStatus) -> Bool {
    allowance.places.contains { place in
      // What is above an allowed file has to be gone through.
      path.isInside(place) || status.kind == .directory && place.isInside(path)
    }
  }

  // MARK: Rights

  /// The file itself, or the directory above it, that not everybody may read; nil if everybody may.
  private mutating func closedPlace(
    _ path: RootPath, _ status: FileStatus, in source: any FileTree
  ) -> RootPath? {
    if let place = closedDirectory(path.parent, in: source) { return place }
    let wanted: UInt16 =
      switch status.kind {
      case .regular: 0o004
      case .directory: 0o005
      // A link has no rights of its own.
      default: 0
      }
    return status.permissions & wanted == wanted || isAboveProject(path) ? nil : path
  }

  private mutating func closedDirectory(_ path: RootPath, in source: any FileTree) -> RootPath? {
    guard !path.isRoot else { return nil }
    if let known = closed[path] { return known }
    var place = closedDirectory(path.parent, in: source)
    if place == nil, !isAboveProject(path), let status = try? source.status(of: path),
      status.permissions & 0o001 == 0
    {
      place = path
    }
    closed[path] = .some(place)
    return place
  }

  /// Homes are closed, and so are places for temporary files; a project in one isn't for that.
  private func isAboveProject(_ path: RootPath) -> Bool {
    projects.contains { $0.isInside(path) }
  }

  // MARK: Homes

  /// The home that something lies in, if it isn't the user's project.
  private func strangersHome(of path: RootPath) -> RootPath? {
    guard let home = home(above: path) else { return nil }
    // Whoever packs a program that is installed in a home, hidden or not, means what belongs to it.
    if projects.contains(where: { $0 != home && $0.isInside(home) && path.isInside($0) }) {
      return nil
    }
    let below = path.names.dropFirst(home.names.count).first
    // All of a home is never meant, nor what programs hide in it for their user.
    guard let below, !below.hasPrefix(".") else { return home }
    // A project that is above a home says nothing of what is in that.
    return projects.contains { $0.isInside(home) && path.isInside($0) } ? nil : home
  }

  private func home(above path: RootPath) -> RootPath? {
    if let home = homes.first(where: { path.isInside($0) }) { return home }
    let names = path.names
    guard names.first == "home", names.count > 1 else { return nil }
    return RootPath.root.appending(names[0]).appending(names[1])
  }
}
