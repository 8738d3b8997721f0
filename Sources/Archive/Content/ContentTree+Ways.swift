internal import FileTree

/// How a path leads through what is there.
extension ContentTree {
  struct Directory {
    let node: Node
    /// Without links.
    let path: RootPath
  }

  /// What a path leads to; no link is followed.
  func find(_ path: RootPath) -> Name? {
    var name = Name(node: root, layer: 0)
    for part in path.names {
      guard let next = name.node.children[part] else { return nil }
      name = next
    }
    return name
  }

  /// The directory that a path lies in; nil if there is none.
  func directory(
    above path: RootPath, for place: ArchivePlace, _ layer: Int, _ rules: ReadingRules
  ) throws(ArchiveReadError) -> Directory? {
    var directory = Directory(node: root, path: .root)
    for name in path.parent.names {
      guard let next = try enter(name, of: directory, for: place, layer, rules) else {
        return nil
      }
      directory = next
    }
    return directory
  }

  /// The directory of a name in another; nil if nothing is there.
  ///
  /// A link is followed only where all engines do it: within one layer, whatever lies below it. bsdtar
  /// refuses that in an archive, and what engines make of a lower layer's link depends on how they keep layers.
  func enter(
    _ name: ByteString, of directory: Directory, for place: ArchivePlace, _ layer: Int,
    _ rules: ReadingRules
  ) throws(ArchiveReadError) -> Directory? {
    guard let found = directory.node.children[name] else { return nil }
    let path = directory.path.appending(name)
    if found.node.isDirectory { return Directory(node: found.node, path: path) }
    guard case .symbolicLink(let text) = found.node.content else {
      throw .refused(place, .belowFile(path))
    }
    var hops = 0
    guard rules == .layer, found.layer == layer,
      let target = follow(text, in: directory, layer, &hops)
    else { throw .refused(place, .belowLink(path)) }
    return target
  }

  /// Where a link of a layer leads in that layer alone; nil for anything else than a directory.
  private func follow(
    _ text: ByteString, in directory: Directory, _ layer: Int, _ hops: inout Int
  ) -> Directory? {
    hops += 1
    guard hops < PathResolver.linkLimit else { return nil }
    var place = text.hasPrefix("/") ? Directory(node: root, path: .root) : directory
    for part in text.bytes.split(separator: UInt8(ascii: "/")) {
      let part = ByteString(part)
      if part == "." { continue }
      if part == ".." {
        // The root is its own parent.
        guard let parent = find(place.path.parent)?.node else { return nil }
        place = Directory(node: parent, path: place.path.parent)
        continue
      }
      guard let next = place.node.children[part], next.layer == layer else { return nil }
      switch next.node.content {
      case .directory: place = Directory(node: next.node, path: place.path.appending(part))
      case .symbolicLink(let inner):
        guard let target = follow(inner, in: place, layer, &hops) else { return nil }
        place = target
      case .file, .special: return nil
      }
    }
    return place
  }
}
