internal import FileTree
internal import SystemPackage

/// Unpacks archives, one layer over the other, and digests every file on the way.
final class Unpacker {
  private let reading: Reading
  private let content: ContentTree
  private let root: UnpackedRoot

  private static let whiteout: ByteString = ".wh."
  private static let opaque: ByteString = ".wh..wh..opq"
  /// What a union file system of old left at the top of layers; it means nothing, as docker takes it
  /// (moby pkg/archive, `UnpackLayer`).
  private static let reserved: ByteString = ".wh..wh."

  init(reading: Reading, root: UnpackedRoot) {
    self.reading = reading
    self.root = root
    content = ContentTree(reading: reading)
  }

  /// - Parameter layer: the lowest is 0; nil for an archive that is no layer, in which whiteouts are files.
  /// - Returns: the first entry that isn't in order and the directories that aren't there, for the caller to
  ///   tell: an archive of an image needn't have these, and has an order of another kind.
  func unpack(
    _ members: any MemberReader, layer: Int? = nil
  ) throws(ArchiveReadError) -> [Violation] {
    var unsorted: Violation?
    var last: ByteString = ""
    while let member = try members.next() {
      let path = try member.path(for: reading)
      let key = member.sortKey(at: path)
      if key < last, unsorted == nil {
        unsorted = Violation(.unsorted(after: last), at: member.place)
      }
      last = key
      if let layer, Self.isReserved(path) || path.name.hasPrefix(Self.whiteout) {
        try apply(member, at: path, layer)
      } else {
        try unpack(member, at: path, from: members, layer ?? 0)
      }
    }
    return (unsorted.map { [$0] } ?? []) + content.finishArchive()
  }

  /// Gives directories their permissions; nothing can be unpacked from now on.
  ///
  /// - Parameter isLayered: whether entries tell their layer.
  func finish(isLayered: Bool) throws(ArchiveReadError) -> [ArchiveEntry] {
    try content.forEachName { path, name throws(ArchiveReadError) in
      guard name.node.isDirectory else { return }
      try root.finishDirectory(path, name.node.metadata)
    }
    try root.finishDirectory(.root, content.root.metadata)
    return content.entries(isLayered: isLayered)
  }

  // MARK: What was unpacked

  /// On the host.
  var path: FilePath { root.path }

  /// The content lasts as long as this.
  var directory: PrivateDirectory { root.directory }

  func tree(_ entries: [ArchiveEntry]) -> UnpackedTree {
    UnpackedTree(entries, root: content.root.metadata, at: path, owner: directory)
  }

  /// The image that the files make up, if they do.
  func imageLayout()
    throws(ArchiveReadError) -> (kind: ArchiveFormat.Kind, files: LayoutDirectory)?
  {
    let tree = DirectoryTree(root: path)
    guard
      let kind = try LayoutDirectory(tree, paths: [], owner: directory)
        .imageKind(reading: reading)
    else { return nil }
    var paths: [RootPath] = []
    content.forEachName { path, name in
      if !name.node.isDirectory { paths.append(path) }
    }
    return (kind, LayoutDirectory(tree, paths: paths, owner: directory))
  }

  // MARK: Members

  private func unpack(
    _ member: Member, at path: RootPath, from members: any MemberReader, _ layer: Int
  ) throws(ArchiveReadError) {
    // Before the disk is asked whether it has room for a size that lies.
    try reading.check(.contentSize, member.size, at: member.place)
    let placement = try content.place(member, at: path, layer: layer, by: members.rules)
    let path = placement.path
    for parent in placement.parents { try root.makeDirectory(parent) }
    if placement.isReplacement { try root.remove(path) }
    guard placement.isNew else { return }
    if let target = placement.target {
      try link(member, placement, to: target, from: members)
      return
    }
    switch placement.node.content {
    case .directory: try root.makeDirectory(path)
    case .symbolicLink(let text):
      try root.makeSymbolicLink(path, text: text)
      try root.finishLink(path, member.metadata)
    case .file:
      try fill(
        try root.makeFile(path, size: members.storedSize), of: placement.node, at: path, member,
        from: members)
    case .special: break
    }
  }

  private func link(
    _ member: Member, _ placement: ContentTree.Placement, to target: RootPath,
    from members: any MemberReader
  ) throws(ArchiveReadError) {
    try root.makeHardLink(placement.path, to: target)
    guard member.size > 0 else { return }
    // In cpio the content may stand with any name, but with one only.
    guard case .file(let content) = placement.node.content, content?.size == 0 else {
      throw .refused(member.place, .contentTwice)
    }
    try fill(
      try root.openFile(placement.path, size: member.size), of: placement.node,
      at: placement.path, member, from: members)
  }

  private func fill(
    _ file: FileDescriptor, of node: ContentTree.Node, at path: RootPath, _ member: Member,
    from members: any MemberReader
  ) throws(ArchiveReadError) {
    defer { try? file.close() }
    var digester = Digester()
    try members.readContent { piece throws(ArchiveReadError) in
      switch piece {
      case .bytes(let bytes):
        digester.append(bytes)
        try root.write(bytes, to: file, path)
      case .hole(let size):
        try digester.append(zeros: size) { count throws(ArchiveReadError) in
          try reading.spend(hole: count, at: member.place)
        }
        try root.leaveHole(size, in: file, path)
      }
    }
    node.content = .file(ArchiveEntry.Content(size: member.size, digest: digester.digest))
    try root.finish(file, node.metadata, path)
  }

  private static func isReserved(_ path: RootPath) -> Bool {
    path.names.first.map { $0.hasPrefix(reserved) && $0 != opaque } ?? false
  }

  /// Hides what lower layers have (OCI image-spec, layer.md, "Whiteouts").
  private func apply(
    _ member: Member, at path: RootPath, _ layer: Int
  ) throws(ArchiveReadError) {
    try content.count(member)
    let gone: [RootPath]
    if path.name == Self.opaque {
      gone = try content.hideContent(beside: path, below: layer, for: member.place)
    } else if Self.isReserved(path) {
      return
    } else {
      gone = try content.hide(
        ByteString(path.name.bytes.dropFirst(Self.whiteout.count)), beside: path, below: layer,
        for: member.place)
    }
    for path in gone { try root.remove(path) }
  }
}
