internal import FileTree

/// One entry of an archive as it stands there: nothing of it has been judged but its own header.
struct Member {
  enum Kind: Hashable {
    case file
    case directory
    case symbolicLink(ByteString)
    /// With the name of an earlier member.
    case hardLink(ByteString)
  }

  let name: ByteString
  let kind: Kind
  /// In bytes of the content that follows; of a hard link only in cpio, where the file may have none yet.
  let size: UInt64
  let metadata: Metadata
  /// Of its header.
  let place: ArchivePlace
}

/// What an archive says of a file beside its content.
struct Metadata: Hashable {
  var permissions: UInt16 = 0o755
  var owner = FileStatus.Owner.root
  /// Seconds since 1970.
  var modificationTime: Int64 = 0
  var attributes: [ExtendedAttribute] = []
}

/// Takes an archive's entries apart, in their order.
protocol MemberReader: AnyObject {
  /// The next entry, whether or not the last one's content was read; nil when the whole archive was read.
  func next() throws(ArchiveReadError) -> Member?

  /// Hands over the content of the last entry, piece by piece.
  func readContent(_ body: (Span<UInt8>) throws(ArchiveReadError) -> Void) throws(ArchiveReadError)
}
