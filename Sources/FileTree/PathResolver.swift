package import SystemPackage

/// One symbolic link on the way to a file.
package struct SymbolicLink: Hashable, Sendable {
  /// Where the link itself lies: a physical path.
  package let path: RootPath
  package let text: ByteString

  package init(path: RootPath, text: ByteString) {
    self.path = path
    self.text = text
  }
}

/// The way from a path's text to the file that it names.
package struct ResolvedPath: Hashable, Sendable {
  /// The physical path: every link resolved.
  package let real: RootPath
  package let status: FileStatus
  /// Every link that was followed, in order.
  package let links: [SymbolicLink]
  /// Directories that must exist for the text to resolve, although `real` doesn't lie below them:
  /// those that a `..` leaves again.
  package let detours: [RootPath]
}

/// Resolves path texts inside one tree as the kernel would with that tree as its root directory.
///
/// A `..` at the root stays there and an absolute link begins at the root, so nothing leaves the
/// tree (`path_resolution(7)`). What was seen once is remembered: the tree is taken as constant.
package struct PathResolver {
  package let tree: any FileTree
  // Keyed by text throughout: the first dictionary of each kind of key costs the runtime a scan of all
  // conformances in the program, which is a good part of the start-up time.
  private var nodes: [ByteString: Answer<Node>] = [:]
  private var directories: [ByteString: Answer<ResolvedPath>] = [:]

  /// The kernel's limit on links in one look-up (`MAXSYMLINKS`, Linux `include/linux/namei.h`).
  package static let linkLimit = 40
  /// The kernel's limit on a path's text with its NUL (`PATH_MAX`). In bytes.
  package static let textLimit = 4096

  private enum Answer<Value: Sendable>: Sendable {
    case success(Value)
    case failure(Errno)

    func get() throws(Errno) -> Value {
      switch self {
      case .success(let value): return value
      case .failure(let error): throw error
      }
    }
  }

  private struct Node {
    let status: FileStatus
    let linkText: ByteString?
  }

  package init(tree: any FileTree) {
    self.tree = tree
  }

  /// Resolves `text`, absolute or relative to `directory`, to an existing file.
  package mutating func resolve(
    _ text: ByteString, from directory: RootPath = .root
  ) throws(Errno) -> ResolvedPath {
    guard !text.isEmpty else { throw .noSuchFileOrDirectory }
    guard text.count < Self.textLimit else { throw .fileNameTooLong }
    let slash = UInt8(ascii: "/")
    let absolute = text.bytes[0] == slash ? text : directory.text + "/" + text
    // Most look-ups differ in the last name alone: the directory's way is walked once.
    guard let split = absolute.bytes.lastIndex(of: slash), split > 0,
      split < absolute.bytes.count - 1
    else {
      return try walk(absolute, from: nil)
    }
    let parent = try resolveDirectory(ByteString(absolute.bytes[..<split]))
    return try walk(ByteString(absolute.bytes[(split + 1)...]), from: parent)
  }

  private mutating func resolveDirectory(_ text: ByteString) throws(Errno) -> ResolvedPath {
    if let known = directories[text] { return try known.get() }
    let result: Answer<ResolvedPath>
    do throws(Errno) {
      let resolved = try walk(text, from: nil)
      result =
        resolved.status.kind == .directory ? .success(resolved) : .failure(.notDirectory)
    } catch {
      result = .failure(error)
    }
    directories[text] = result
    return try result.get()
  }

  /// Walks the names of `text` one by one, beginning at `start` or the root.
  private mutating func walk(
    _ text: ByteString, from start: ResolvedPath?
  ) throws(Errno) -> ResolvedPath {
    var place = start?.real ?? .root
    var status: FileStatus
    if let start { status = start.status } else { status = try node(at: .root).status }
    var links = start?.links ?? []
    var detours = start?.detours ?? []
    var pending = Array(text.bytes.split(separator: UInt8(ascii: "/")).reversed())
    let endsInDirectory = text.bytes.last == UInt8(ascii: "/")

    while let name = pending.popLast() {
      guard status.kind == .directory else { throw .notDirectory }
      if name.elementsEqual(".".utf8) { continue }
      if name.elementsEqual("..".utf8) {
        detours.append(place)
        place = place.parent
        status = try node(at: place).status
        continue
      }
      guard name.count <= 255 else { throw .fileNameTooLong }
      let next = place.appending(ByteString(name))
      let node = try node(at: next)
      guard let linkText = node.linkText else {
        place = next
        status = node.status
        continue
      }
      links.append(SymbolicLink(path: next, text: linkText))
      guard links.count <= Self.linkLimit else { throw .tooManySymbolicLinkLevels }
      guard !linkText.isEmpty else { throw .noSuchFileOrDirectory }
      if linkText.bytes[0] == UInt8(ascii: "/") {
        place = .root
        status = try self.node(at: .root).status
      }
      pending.append(contentsOf: linkText.bytes.split(separator: UInt8(ascii: "/")).reversed())
    }
    guard !endsInDirectory || status.kind == .directory else { throw .notDirectory }
    return ResolvedPath(
      real: place, status: status, links: links,
      detours: detours.filter { !place.isInside($0) })
  }

  private mutating func node(at path: RootPath) throws(Errno) -> Node {
    if let known = nodes[path.text] { return try known.get() }
    let result: Answer<Node>
    do throws(Errno) {
      let status = try tree.status(of: path)
      let text = status.kind == .symbolicLink ? try tree.linkText(of: path) : nil
      result = .success(Node(status: status, linkText: text))
    } catch {
      result = .failure(error)
    }
    nodes[path.text] = result
    return try result.get()
  }
}
