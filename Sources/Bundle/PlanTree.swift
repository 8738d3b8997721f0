package import FileTree
package import SystemPackage

/// A plan seen as a file tree, so that the loader rules can run inside it.
///
/// A copied file keeps the identity of its source: two trees hold the same bytes where identities
/// are equal.
package struct PlanTree: FileTree {
  private let nodes: [RootPath: BundleEntry.Node]
  private let names: [RootPath: [ByteString]]
  private let numbers: [RootPath: UInt64]
  /// Of files that have any, by their first names.
  private let attributes: [RootPath: [ExtendedAttribute]]
  private let owners: [RootPath: FileStatus.Owner]
  /// Of what has none of its own.
  private let owner: FileStatus.Owner

  package init(_ entries: [BundleEntry], owner: FileStatus.Owner = .root) {
    self.owner = owner
    owners = Dictionary(
      entries.compactMap { entry in entry.owner.map { (entry.path, $0) } },
      uniquingKeysWith: { first, _ in first })
    var nodes: [RootPath: BundleEntry.Node] = [.root: .directory(permissions: 0o755)]
    for entry in entries { nodes[entry.path] = entry.node }
    self.nodes = nodes
    attributes = Dictionary(
      entries.filter { !$0.attributes.isEmpty }.map { ($0.path, $0.attributes) },
      uniquingKeysWith: { first, _ in first })
    names = Dictionary(grouping: entries.map(\.path)) { $0.parent }
      .mapValues { $0.map(\.name).sorted() }
    numbers = Dictionary(
      uniqueKeysWithValues: ([.root] + entries.map(\.path)).enumerated().map { ($1, UInt64($0)) })
  }

  package func status(of path: RootPath) throws(Errno) -> FileStatus {
    // No device has this number, so what isn't copied is equal to nothing but itself.
    let own = FileStatus.Identity(device: .max, inode: numbers[path] ?? 0)
    let owner = owners[path] ?? owner
    switch try node(at: path) {
    case .directory(let permissions):
      return FileStatus(
        kind: .directory, permissions: permissions, size: 0, identity: own, owner: owner)
    case .symbolicLink(let text):
      return FileStatus(
        kind: .symbolicLink, permissions: 0o777, size: UInt64(text.count), identity: own,
        owner: owner)
    case .file(let source, let permissions):
      return FileStatus(
        kind: .regular, permissions: permissions, size: source.size,
        identity: source.identity ?? own, owner: owner)
    case .hardLink(let target, _): return try status(of: target)
    }
  }

  package func hasCapabilities(_ path: RootPath) -> Bool {
    own(path).contains { $0.name == ExtendedAttribute.capabilities }
  }

  package func extendedAttributes(
    of path: RootPath, where isWanted: (ByteString) -> Bool
  ) throws(Errno) -> [ExtendedAttribute] {
    own(path).filter { isWanted($0.name) }
  }

  private func own(_ path: RootPath) -> [ExtendedAttribute] {
    if case .hardLink(let first, _)? = nodes[path] { return attributes[first] ?? [] }
    return attributes[path] ?? []
  }

  package func linkText(of path: RootPath) throws(Errno) -> ByteString {
    guard case .symbolicLink(let text) = try node(at: path) else { throw .invalidArgument }
    return text
  }

  package func open(_ path: RootPath) throws(Errno) -> OpenFile {
    switch try node(at: path) {
    case .file(.generated(let bytes), _): return OpenFile(bytes: bytes)
    case .file(.copy(let tree, let source, _), _): return try tree.open(source)
    case .hardLink(let target, _): return try open(target)
    case .directory: throw .isDirectory
    case .symbolicLink: throw .tooManySymbolicLinkLevels
    }
  }

  package func names(in directory: RootPath) throws(Errno) -> [ByteString] {
    guard case .directory = try node(at: directory) else { throw .notDirectory }
    return names[directory] ?? []
  }

  private func node(at path: RootPath) throws(Errno) -> BundleEntry.Node {
    guard let node = nodes[path] else { throw .noSuchFileOrDirectory }
    return node
  }
}
