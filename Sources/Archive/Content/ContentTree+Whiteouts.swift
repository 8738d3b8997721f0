internal import FileTree

/// What a layer hides of those below it (OCI image-spec, layer.md, "Whiteouts").
extension ContentTree {
  /// What a layer hides under a name.
  enum Whiteout: Hashable {
    /// A directory with something in it.
    case content
    case other
  }

  /// Hides what lower layers have under a name.
  ///
  /// - Parameter mark: the path of what says so, in the same directory.
  /// - Returns: the paths that are gone from the disk, each with all that was below it.
  func hide(
    _ name: ByteString, beside mark: RootPath, below layer: Int, for place: ArchivePlace
  ) throws(ArchiveReadError) -> [RootPath] {
    guard name != ".", name != "..", !name.isEmpty else { throw .refused(place, .name) }
    guard let directory = try directory(above: mark, for: place, layer, .layer) else {
      reading.report(.whiteoutOfNothing, at: place)
      return []
    }
    let path = directory.path.appending(name)
    guard whiteouts[path] == nil else { throw .refused(place, .duplicate) }
    let existing = directory.node.children[name]
    let hadContent = existing.map { !$0.node.children.isEmpty } ?? false
    var gone: [RootPath] = []
    hide(name, in: directory.node, at: path, below: layer, &gone)
    // The layer has the path already: for itself, for what lies below it, or for what it hides there.
    if directory.node.children[name] != nil || existing?.node.lastWhiteout == layer {
      reading.report(.whiteoutBehind, at: place)
    } else if existing == nil {
      reading.report(.whiteoutOfNothing, at: place)
    }
    whiteouts[path] = hadContent ? .content : .other
    markWhiteout(in: directory.path, of: layer)
    return gone
  }

  /// Engines that keep layers apart make the directories that a whiteout lies in.
  private func markWhiteout(in path: RootPath, of layer: Int) {
    var node = root
    for name in path.names {
      guard let next = node.children[name]?.node else { return }
      next.lastWhiteout = layer
      node = next
    }
  }

  /// Hides what lower layers have in a directory, but not the directory.
  ///
  /// - Parameter mark: the path of what says so, in the directory.
  func hideContent(
    beside mark: RootPath, below layer: Int, for place: ArchivePlace
  ) throws(ArchiveReadError) -> [RootPath] {
    guard let directory = try directory(above: mark, for: place, layer, .layer) else {
      reading.report(.whiteoutOfNothing, at: place)
      return []
    }
    let mark = directory.path.appending(mark.name)
    guard whiteouts.updateValue(.other, forKey: mark) == nil else {
      throw .refused(place, .duplicate)
    }
    var gone: [RootPath] = []
    for name in directory.node.children.keys.sorted() {
      hide(name, in: directory.node, at: directory.path.appending(name), below: layer, &gone)
    }
    if directory.path.isRoot, !gone.isEmpty { reading.report(.opaqueRoot, at: place) }
    return gone
  }

  private func hide(
    _ name: ByteString, in parent: Node, at path: RootPath, below layer: Int,
    _ gone: inout [RootPath]
  ) {
    guard let entry = parent.children[name] else { return }
    var inner: [RootPath] = []
    for child in entry.node.children.keys.sorted() {
      hide(child, in: entry.node, at: path.appending(child), below: layer, &inner)
    }
    // A directory stays for what the layer itself has put there, before its whiteout or behind.
    guard entry.layer < layer, entry.node.children.isEmpty else {
      gone += inner
      return
    }
    parent.children[name] = nil
    if entry.node.isUnpacked { gone.append(path) }
  }
}
