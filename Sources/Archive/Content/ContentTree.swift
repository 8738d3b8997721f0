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
      case special(FileStatus.Kind, DeviceNumber?)
    }

    var metadata: Metadata
    var content: Content
    /// Of a directory.
    var children: [ByteString: Name] = [:]
    /// How many names lead to it.
    var nameCount = 1
    /// Of a directory: the last layer that hides something in or below it.
    var lastWhiteout: Int?

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

    /// Whether the disk has it.
    var isUnpacked: Bool {
      if case .special = content { false } else { true }
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
  let reading: Reading
  /// Directories without an entry, of the archive that is read.
  private var implied: [RootPath] = []
  /// What the layer that is read hides, by the path.
  var whiteouts: [RootPath: Whiteout] = [:]
  /// The last layer with an entry for the root.
  private var rootLayer: Int?

  init(reading: Reading) {
    self.reading = reading
  }

  /// Puts a member in its place.
  ///
  /// - Parameter layer: members of lower layers may be replaced; of the same, so far as the rules say.
  func place(
    _ member: Member, at path: RootPath, layer: Int, by rules: ReadingRules
  ) throws(ArchiveReadError) -> Placement {
    try count(member)
    guard !path.isRoot else { return try placeRoot(member, layer, rules) }
    var parents: [RootPath] = []
    let parent = try makeDirectory(above: path, for: member, layer, rules, making: &parents)
    let path = parent.path.appending(path.name)
    let (node, target) = try node(for: member, at: path, layer, rules)
    var placement = Placement(path: path, node: node, parents: parents, target: target)
    if let existing = parent.node.children[path.name] {
      if existing.node.isDirectory, member.kind == .directory {
        try merge(member, into: existing, at: path, of: parent.node, layer, rules)
        return Placement(path: path, node: existing.node, isNew: false)
      }
      if existing.layer < layer {
        report(replacing: existing.node, by: node, at: member.place)
      } else {
        try replace(existing.node, by: member, rules)
      }
      placement.isReplacement = existing.node.isUnpacked
    } else if node.isDirectory, whiteouts[path] == .content {
      reading.report(.renewedDirectory, at: member.place)
    }
    parent.node.children[path.name] = Name(node: node, layer: layer)
    return placement
  }

  private func placeRoot(
    _ member: Member, _ layer: Int, _ rules: ReadingRules
  ) throws(ArchiveReadError) -> Placement {
    guard member.kind == .directory else { throw .refused(member.place, .root) }
    guard rules != .layer || rootLayer != layer else { throw .refused(member.place, .duplicate) }
    rootLayer = layer
    root.metadata = member.metadata
    return Placement(path: .root, node: root, isNew: false)
  }

  /// Everything of an archive has been placed.
  ///
  /// - Returns: a violation for each directory that it has no entry for.
  func finishArchive() -> [Violation] {
    defer { (implied, whiteouts) = ([], [:]) }
    return implied.compactMap { path in
      guard let place = find(path)?.implied else { return nil }
      return Violation(
        .missingParent,
        at: ArchivePlace(file: place.file, offset: place.offset, name: path.text))
    }
  }

  // MARK: Placing

  /// What stays in memory of a member.
  func count(_ member: Member) throws(ArchiveReadError) {
    try reading.spend(.entryCount, 1, at: member.place)
    var size = member.name.count
    if case .symbolicLink(let text) = member.kind { size += text.count }
    for attribute in member.metadata.attributes {
      size += attribute.name.count + attribute.value.count
    }
    try reading.spend(.metadataSize, size, at: member.place)
  }

  /// The directory that a path lies in; those that no entry has described are made, as engines do it.
  private func makeDirectory(
    above path: RootPath, for member: Member, _ layer: Int, _ rules: ReadingRules,
    making made: inout [RootPath]
  ) throws(ArchiveReadError) -> Directory {
    var directory = Directory(node: root, path: .root)
    for ancestor in path.ancestors {
      if let next = try enter(ancestor.name, of: directory, for: member.place, layer, rules) {
        directory = next
        continue
      }
      let path = directory.path.appending(ancestor.name)
      try reading.spend(.entryCount, 1, at: member.place)
      if whiteouts[path] != nil { reading.report(.belowWhiteout, at: member.place) }
      let node = Node(.directory, Metadata())
      directory.node.children[ancestor.name] = Name(
        node: node, layer: layer, implied: member.place)
      made.append(path)
      implied.append(path)
      directory = Directory(node: node, path: path)
    }
    return directory
  }

  private func node(
    for member: Member, at path: RootPath, _ layer: Int, _ rules: ReadingRules
  ) throws(ArchiveReadError) -> (Node, target: RootPath?) {
    switch member.kind {
    case .file: return (Node(.file(nil), member.metadata), nil)
    case .directory: return (Node(.directory, member.metadata), nil)
    case .special(let kind, let device):
      reading.report(.special(kind), at: member.place)
      return (Node(.special(kind, device), member.metadata), nil)
    case .symbolicLink(let text):
      // PATH_MAX bounds what symlink(2) accepts.
      guard !text.isEmpty, !text.contains(0), text.count < PathResolver.textLimit else {
        throw .refused(member.place, .linkText)
      }
      var metadata = member.metadata
      metadata.permissions = 0o777
      return (Node(.symbolicLink(text), metadata), nil)
    case .hardLink(let name):
      return try linkedNode(named: name, for: member, at: path, layer, rules)
    }
  }

  private func linkedNode(
    named name: ByteString, for member: Member, at path: RootPath, _ layer: Int,
    _ rules: ReadingRules
  ) throws(ArchiveReadError) -> (Node, target: RootPath) {
    let refusal = ArchiveReadError.refused(member.place, .hardLinkTarget(name))
    let wanted = try Member.path(of: name, at: member.place, for: reading)
    guard !wanted.isRoot,
      let directory = try? directory(above: wanted, for: member.place, layer, rules)
    else { throw refusal }
    let target = directory.path.appending(wanted.name)
    // What the entry itself replaces can't be linked to.
    guard !target.isInside(path), let found = directory.node.children[wanted.name],
      !found.node.isDirectory, found.node.isUnpacked
    else { throw refusal }
    if found.layer < layer { reading.report(.hardLinkToLowerLayer, at: member.place) }
    var metadata = member.metadata
    if found.node.isLink { metadata.permissions = 0o777 }
    // Attributes are told once.
    metadata.attributes = found.node.metadata.attributes
    // GNU tar leaves the file as it is, docker and containerd change its permissions.
    if metadata != found.node.metadata { reading.report(.hardLinkMetadata, at: member.place) }
    found.node.nameCount += 1
    return (found.node, target)
  }

  /// Tells of what goes with what is replaced (OCI image-spec, layer.md, "Changeset over existing files"):
  /// lower libraries, if a directory comes over a root link.
  private func report(replacing existing: Node, by node: Node, at place: ArchivePlace) {
    if existing.isLink, node.isDirectory { reading.report(.replacesLink, at: place) }
    if existing.isDirectory { reading.report(.replacesDirectory, at: place) }
  }

  /// A path that comes twice in one archive. GNU tar, bsdtar and Python's tarfile take the last one alike,
  /// but where they would go through a link or write to another name of a file.
  private func replace(
    _ existing: Node, by member: Member, _ rules: ReadingRules
  ) throws(ArchiveReadError) {
    let isAlike =
      switch (existing.content, member.kind) {
      case (.file, .file): existing.nameCount == 1
      case (.file, .symbolicLink), (.file, .hardLink), (.symbolicLink, .symbolicLink): true
      default: false
      }
    guard rules == .archive, isAlike else { throw .refused(member.place, .duplicate) }
    existing.nameCount -= 1
    reading.report(.repeatedEntry, at: member.place)
  }

  /// A directory that is there already takes what the entry says.
  private func merge(
    _ member: Member, into existing: Name, at path: RootPath, of parent: Node, _ layer: Int,
    _ rules: ReadingRules
  ) throws(ArchiveReadError) {
    if existing.layer == layer {
      if existing.implied != nil {
        reading.report(.parentAfterContent, at: member.place)
      } else {
        let isSame = existing.node.metadata == member.metadata
        guard rules == .archive || rules == .initramfs && isSame else {
          throw .refused(member.place, .duplicate)
        }
        reading.report(isSame ? .repeatedDirectory : .repeatedEntry, at: member.place)
      }
    }
    existing.node.metadata = member.metadata
    parent.children[path.name] = Name(node: existing.node, layer: layer)
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
      case .special(let kind, let device): node = .special(kind, device)
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
