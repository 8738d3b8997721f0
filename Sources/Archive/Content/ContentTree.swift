internal import FileTree

/// The files of a bundle, held as a file system holds them: names that lead to nodes, several of them to
/// one where a file has several.
///
/// Everything is judged here before anything is unpacked: what isn't in this tree isn't on the disk.
final class ContentTree {
  /// What a name leads to; an inode.
  final class Node {
    enum Content {
      /// Not before its content was read.
      case file(ArchiveEntry.Content?)
      case directory
      case symbolicLink(ByteString)
    }

    var metadata: Metadata
    var content: Content
    /// Of a directory.
    var children: [ByteString: Name] = [:]

    init(_ content: Content, _ metadata: Metadata) {
      self.content = content
      self.metadata = metadata
    }

    var isDirectory: Bool {
      if case .directory = content { true } else { false }
    }

    var isLink: Bool {
      if case .symbolicLink = content { true } else { false }
    }
  }

  struct Name {
    let node: Node
    /// The layer that has it.
    var layer: Int
    /// Where the first entry below a directory stands that has no entry of its own.
    var implied: ArchivePlace?
  }

  /// What has to be done on the disk for one member.
  struct Placement {
    let path: RootPath
    let node: Node
    /// Directories to make before it, the upper ones first.
    var parents: [RootPath] = []
    /// Whether something lies there that has to go.
    var isReplacement = false
    /// Whether there is something to make: not for a directory that is there.
    var isNew = true
    /// The file that it is a further name of.
    var target: RootPath?
  }

  let root = Node(.directory, Metadata())
  private let reading: Reading
  /// Directories without an entry, of the archive that is read.
  private var implied: [RootPath] = []

  init(reading: Reading) {
    self.reading = reading
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

  /// Puts a member in its place.
  ///
  /// - Parameter layer: members of lower layers may be replaced, those of the same may not.
  func place(
    _ member: Member, at path: RootPath, layer: Int
  ) throws(ArchiveReadError) -> Placement {
    try count(member)
    guard !path.isRoot else {
      guard member.kind == .directory else { throw .refused(member.place, .root) }
      root.metadata = member.metadata
      return Placement(path: path, node: root, isNew: false)
    }
    var parents: [RootPath] = []
    let parent = try parent(of: path, for: member, layer, making: &parents)
    let (node, target) = try node(for: member, at: path, layer)
    var placement = Placement(path: path, node: node, parents: parents, target: target)
    if let existing = parent.children[path.name] {
      if existing.node.isDirectory, member.kind == .directory {
        try merge(member, into: existing, at: path, of: parent, layer)
        return Placement(path: path, node: existing.node, isNew: false)
      }
      guard existing.layer < layer else { throw .refused(member.place, .duplicate) }
      // The engines remove it with all that is in it (OCI image-spec, layer.md, "Changeset over existing
      // files"): lower libraries, if a root link comes over a directory.
      if existing.node.isLink, node.isDirectory { reading.report(.replacesLink, at: member.place) }
      if existing.node.isDirectory { reading.report(.replacesDirectory, at: member.place) }
      placement.isReplacement = true
    }
    parent.children[path.name] = Name(node: node, layer: layer)
    return placement
  }

  /// Everything of an archive has been placed.
  ///
  /// - Returns: a violation for each directory that it has no entry for.
  func finishArchive() -> [Violation] {
    defer { implied = [] }
    return implied.compactMap { path in
      guard let place = find(path)?.implied else { return nil }
      return Violation(
        .missingParent,
        at: ArchivePlace(file: place.file, offset: place.offset, name: path.text))
    }
  }

  // MARK: Placing

  /// What stays in memory of a member.
  private func count(_ member: Member) throws(ArchiveReadError) {
    try reading.spend(.entryCount, 1, at: member.place)
    var size = member.name.count
    if case .symbolicLink(let text) = member.kind { size += text.count }
    for attribute in member.metadata.attributes {
      size += attribute.name.count + attribute.value.count
    }
    try reading.spend(.metadataSize, size, at: member.place)
  }

  /// The directory that a path lies in; those that no entry has described are made, as engines do it.
  private func parent(
    of path: RootPath, for member: Member, _ layer: Int, making made: inout [RootPath]
  ) throws(ArchiveReadError) -> Node {
    var node = root
    for ancestor in path.ancestors {
      if let next = node.children[ancestor.name]?.node {
        guard next.isDirectory else {
          throw .refused(
            member.place, next.isLink ? .belowLink(ancestor) : .belowFile(ancestor))
        }
        node = next
        continue
      }
      try reading.spend(.entryCount, 1, at: member.place)
      let directory = Node(.directory, Metadata())
      node.children[ancestor.name] = Name(node: directory, layer: layer, implied: member.place)
      made.append(ancestor)
      implied.append(ancestor)
      node = directory
    }
    return node
  }

  private func node(
    for member: Member, at path: RootPath, _ layer: Int
  ) throws(ArchiveReadError) -> (Node, target: RootPath?) {
    switch member.kind {
    case .file: return (Node(.file(nil), member.metadata), nil)
    case .directory: return (Node(.directory, member.metadata), nil)
    case .symbolicLink(let text):
      // PATH_MAX bounds what symlink(2) accepts.
      guard !text.isEmpty, !text.contains(0), text.count < PathResolver.textLimit else {
        throw .refused(member.place, .linkText)
      }
      var metadata = member.metadata
      metadata.permissions = 0o777
      return (Node(.symbolicLink(text), metadata), nil)
    case .hardLink(let name):
      let target = try Member.path(of: name, at: member.place, for: reading)
      // What the entry itself replaces can't be linked to.
      guard !target.isInside(path), let found = find(target), !found.node.isDirectory else {
        throw .refused(member.place, .hardLinkTarget(name))
      }
      if found.layer < layer { reading.report(.hardLinkToLowerLayer, at: member.place) }
      var metadata = member.metadata
      if found.node.isLink { metadata.permissions = 0o777 }
      // Attributes are told once.
      metadata.attributes = found.node.metadata.attributes
      // GNU tar leaves the file as it is, docker and containerd change its permissions.
      if metadata != found.node.metadata { reading.report(.hardLinkMetadata, at: member.place) }
      return (found.node, target)
    }
  }

  /// A directory that is there already takes what the entry says.
  private func merge(
    _ member: Member, into existing: Name, at path: RootPath, of parent: Node, _ layer: Int
  ) throws(ArchiveReadError) {
    if existing.layer == layer {
      if existing.implied != nil {
        reading.report(.parentAfterContent, at: member.place)
      } else {
        guard existing.node.metadata == member.metadata else {
          throw .refused(member.place, .duplicate)
        }
        reading.report(.repeatedDirectory, at: member.place)
      }
    }
    existing.node.metadata = member.metadata
    parent.children[path.name] = Name(node: existing.node, layer: layer)
  }

  // MARK: Whiteouts

  /// Hides what lower layers have under a name.
  ///
  /// - Returns: the paths that are gone, each with all that was below it.
  func hide(_ path: RootPath, below layer: Int) -> [RootPath] {
    guard let parent = find(path.parent)?.node else { return [] }
    var gone: [RootPath] = []
    hide(path.name, in: parent, at: path, below: layer, &gone)
    return gone
  }

  /// Hides what lower layers have in a directory, but not the directory.
  func hideContent(of path: RootPath, below layer: Int) -> [RootPath] {
    guard let directory = find(path)?.node else { return [] }
    var gone: [RootPath] = []
    for name in directory.children.keys.sorted() {
      hide(name, in: directory, at: path.appending(name), below: layer, &gone)
    }
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
    gone.append(path)
  }

  // MARK: Entries

  /// Calls `body` with every name but the root's, in the order of paths.
  func forEachName<E: Error>(
    _ body: (RootPath, Name) throws(E) -> Void
  ) throws(E) {
    var names: [(path: RootPath, name: Name)] = []
    collect(root, at: .root, into: &names)
    names.sort { $0.path < $1.path }
    for (path, name) in names { try body(path, name) }
  }

  private func collect(
    _ node: Node, at path: RootPath, into names: inout [(path: RootPath, name: Name)]
  ) {
    for (key, name) in node.children {
      let path = path.appending(key)
      names.append((path, name))
      if name.node.isDirectory { collect(name.node, at: path, into: &names) }
    }
  }

  /// - Parameter isLayered: whether entries tell their layer.
  func entries(isLayered: Bool) -> [ArchiveEntry] {
    var entries: [ArchiveEntry] = []
    var firstNames: [ObjectIdentifier: RootPath] = [:]
    forEachName { path, name in
      let node: ArchiveEntry.Node
      switch name.node.content {
      case .directory: node = .directory
      case .symbolicLink(let text): node = .symbolicLink(text)
      case .file(let content):
        let content = content ?? ArchiveEntry.Content(size: 0, digest: ContentDigest(of: []))
        let identity = ObjectIdentifier(name.node)
        if let first = firstNames[identity] {
          node = .hardLink(of: first, content)
        } else {
          firstNames[identity] = path
          node = .file(content)
        }
      }
      let metadata = name.node.metadata
      entries.append(
        ArchiveEntry(
          path: path, node: node, permissions: metadata.permissions, owner: metadata.owner,
          modificationTime: metadata.modificationTime,
          attributes: metadata.attributes.filter { ArchiveEntry.keeps(attribute: $0.name) },
          layer: isLayered ? name.layer : nil))
    }
    return entries
  }
}
