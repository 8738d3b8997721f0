internal import FileTree

extension Member {
  /// Where the member belongs in the bundle.
  ///
  /// A name that begins with `/` is one in the root, as GNU tar, bsdtar, docker, containerd and the kernel
  /// take it. One with `..` is refused wherever it leads: some of them follow it, some drop the entry.
  func path(for reading: Reading) throws(ArchiveReadError) -> RootPath {
    if name.hasPrefix("/") { reading.report(.absoluteName, at: place) }
    return try Self.path(of: name, at: place, for: reading)
  }

  /// - Parameter name: of the member or, of a hard link, that of its target.
  static func path(
    of name: ByteString, at place: ArchivePlace, for reading: Reading
  ) throws(ArchiveReadError) -> RootPath {
    guard !name.isEmpty, !name.contains(0) else { throw .refused(place, .name) }
    try reading.check(.nameLength, UInt64(name.count), at: place)
    var depth = 0
    for part in name.bytes.split(separator: UInt8(ascii: "/")) {
      guard !part.elementsEqual("..".utf8) else { throw .refused(place, .traversal) }
      // NAME_MAX of every file system of Linux.
      guard part.count <= 255 else { throw .refused(place, .name) }
      depth += 1
    }
    try reading.check(.depth, UInt64(depth), at: place)
    return RootPath(normalising: name)
  }

  /// What an archive that is sorted as this project's is sorted by.
  func sortKey(at path: RootPath) -> ByteString {
    kind == .directory && !path.isRoot ? path.text + "/" : path.text
  }
}
