internal import FileTree
internal import Packages
internal import Secrets

/// The directories of a root that one `--add` may well bring as a whole.
struct AddableDirectories {
  private let source: any FileTree
  private let packages: PackageDatabase
  private var resolver: PathResolver
  private var knownFits: [RootPath: Bool] = [:]
  private var knownPrivacy: [RootPath: Bool] = [:]

  /// Of all files together. In bytes.
  private static let sizeLimit: UInt64 = 64 << 20
  private static let countLimit = 4096

  init(source: any FileTree) {
    self.source = source
    packages = PackageDatabase(source)
    resolver = PathResolver(tree: source)
  }

  /// Whether a directory is one program's, or of what is built along with it.
  mutating func isPrivate(_ path: RootPath) -> Bool {
    if let known = knownPrivacy[path] { return known }
    var result = false
    if !PlaceKinds.isShared(path), let file = try? resolver.resolve(path.text),
      file.status.kind == .directory, !PlaceKinds.isShared(file.real),
      !PlaceKinds.isPassing(file.real)
    {
      let owners = packages.owners(of: file.real)
      result =
        owners.first.map { first in
          Set(owners.map(\.name)).isSubset(
            of: [first.name] + packages.relatives(of: first).map(\.name))
        } ?? true
    }
    knownPrivacy[path] = result
    return result
  }

  /// Whether a directory is of a size that a bundle may take, and nothing in it is kept from anybody.
  mutating func fits(_ path: RootPath) -> Bool {
    if let known = knownFits[path] { return known }
    var result = false
    if let file = try? resolver.resolve(path.text), file.status.kind == .directory {
      var left = (size: Self.sizeLimit, count: Self.countLimit)
      result = fits(file.real, file.status, &left)
    }
    knownFits[path] = result
    return result
  }

  private func fits(
    _ directory: RootPath, _ status: FileStatus, _ left: inout (size: UInt64, count: Int)
  ) -> Bool {
    guard status.permissions & 0o005 == 0o005, let names = try? source.names(in: directory) else {
      return false
    }
    for name in names {
      let path = directory.appending(name)
      guard left.count > 0, let status = try? source.status(of: path) else { return false }
      left.count -= 1
      switch status.kind {
      case .directory: if !fits(path, status, &left) { return false }
      case .regular:
        guard status.size <= left.size, status.permissions & 0o004 != 0, !isSecret(path, status)
        else { return false }
        left.size -= status.size
      default: break
      }
    }
    return true
  }

  /// - Parameter path: physical.
  func isSecret(_ path: RootPath, _ status: FileStatus) -> Bool {
    // What packages bring there is the same everywhere, and there is much of it.
    !(path.isInside("/usr") && status.permissions & 0o004 != 0)
      && SecretFile.rule(for: path, status, in: source) != nil
  }

  /// Several things of one directory as that, from below.
  mutating func merged(_ things: [MissedThing]) -> [MissedThing] {
    var things = things
    while let (directory, members) = nextGroup(in: things) {
      let count = members.count
      things[members[0]] = MissedThing(directory, holding: count)
      for index in members.dropFirst().reversed() { things.remove(at: index) }
    }
    return things
  }

  /// The deepest directory that may be brought and that more than one addition lies in, with their places
  /// among all.
  private mutating func nextGroup(in things: [MissedThing]) -> (RootPath, [Int])? {
    var groups: [RootPath: [Int]] = [:]
    for (index, thing) in things.enumerated() {
      guard let path = thing.addition else { continue }
      for directory in path.ancestors + [path] { groups[directory, default: []].append(index) }
    }
    let order = groups.filter { $0.value.count > 1 }.keys.sorted {
      ($0.names.count, $1) > ($1.names.count, $0)
    }
    for directory in order where isPrivate(directory) && fits(directory) {
      return groups[directory].map { (directory, $0) }
    }
    return nil
  }
}
