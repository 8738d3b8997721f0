internal import FileTree

/// One entry of an archive as it stands there: nothing of it has been judged but its own header.
struct Member {
  enum Kind: Hashable {
    case file
    case directory
    case symbolicLink(ByteString)
    /// With the name of an earlier member.
    case hardLink(ByteString)
    /// With its numbers, if it is a device.
    case special(FileStatus.Kind, DeviceNumber?)
  }

  let name: ByteString
  let kind: Kind
  /// In bytes of the content, holes among them; of a hard link only in cpio, where the file may have none
  /// yet.
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
  /// How its entries are taken.
  var rules: ReadingRules { get }

  /// What the archive has of the last entry's content, without holes. In bytes.
  var storedSize: UInt64 { get }

  /// The next entry, whether or not the last one's content was read; nil when the whole archive was read.
  func next() throws(ArchiveReadError) -> Member?

  /// Hands over the content of the last entry, piece by piece.
  func readContent(_ body: (ContentPiece) throws(ArchiveReadError) -> Void) throws(ArchiveReadError)
}

/// A part of a file's content.
enum ContentPiece: ~Escapable {
  case bytes(Span<UInt8>)
  /// So many zeros that no archive holds.
  case hole(UInt64)
}
