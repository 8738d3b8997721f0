package import SystemPackage

/// A tree that is a table, for rules that need no disk.
package struct InMemoryTree: FileTree {
  package enum Node: Sendable {
    case file([UInt8], permissions: UInt16 = 0o644)
    case directory(permissions: UInt16 = 0o755)
    case link(ByteString)
    /// Another name of the file at the path.
    case hardLink(RootPath)
    /// A file that exists and can't be opened.
    case unreadable
  }

  private var nodes: [RootPath: Node] = [.root: .directory()]
  private var inodes: [RootPath: UInt64] = [.root: 1]

  /// Parents that the table leaves out are directories.
  package init(_ table: [RootPath: Node]) {
    for (path, node) in table.sorted(by: { $0.key < $1.key }) {
      for ancestor in path.ancestors where nodes[ancestor] == nil {
        insert(.directory(), at: ancestor)
      }
      insert(node, at: path)
    }
  }

  private mutating func insert(_ node: Node, at path: RootPath) {
    nodes[path] = node
    inodes[path] = UInt64(nodes.count + 1)
  }

  package func status(of path: RootPath) throws(Errno) -> FileStatus {
    let node = try node(at: path)
    if case .hardLink(let target) = node { return try status(of: target) }
    let identity = FileStatus.Identity(device: 1, inode: inodes[path] ?? 0)
    switch node {
    case .file(let bytes, let permissions):
      return FileStatus(
        kind: .regular, permissions: permissions, size: UInt64(bytes.count), identity: identity)
    case .directory(let permissions):
      return FileStatus(
        kind: .directory, permissions: permissions, size: 0, identity: identity)
    case .link(let text):
      return FileStatus(
        kind: .symbolicLink, permissions: 0o777, size: UInt64(text.count), identity: identity)
    case .unreadable, .hardLink:
      return FileStatus(kind: .regular, permissions: 0, size: 0, identity: identity)
    }
  }

  package func linkText(of path: RootPath) throws(Errno) -> ByteString {
    guard case .link(let text) = try node(at: path) else { throw .invalidArgument }
    return text
  }

  package func open(_ path: RootPath) throws(Errno) -> OpenFile {
    switch try node(at: path) {
    case .file(let bytes, _): return OpenFile(bytes: bytes)
    case .hardLink(let target): return try open(target)
    case .directory: throw .isDirectory
    case .link: throw .tooManySymbolicLinkLevels
    case .unreadable: throw .permissionDenied
    }
  }

  package func names(in directory: RootPath) throws(Errno) -> [ByteString] {
    guard case .directory = try node(at: directory) else { throw .notDirectory }
    return nodes.keys.filter { !$0.isRoot && $0.parent == directory }.map(\.name).sorted()
  }

  private func node(at path: RootPath) throws(Errno) -> Node {
    guard let node = nodes[path] else { throw .noSuchFileOrDirectory }
    return node
  }
}
