package import FileTree
package import SystemPackage

/// Why an input isn't read.
package enum ArchiveReadError: Error, Hashable, Sendable {
  /// The input or a file of a directory, a host path.
  case input(FilePath, Errno)
  /// The input isn't a regular file, a pipe or a directory.
  case inputKind(FilePath, FileStatus.Kind)
  /// Neither an archive nor an image; what it is, where its beginning tells.
  case unknownFormat(FilePath, ForeignFormat?)
  /// The input became another while it was read.
  case changed(FilePath)
  /// Where the directory for the content is to be made.
  case temporaryDirectory(FilePath, Errno)
  /// A path of the bundle, while it was unpacked.
  case unpacking(RootPath, Errno)
  /// The directory that it is unpacked in hasn't that many bytes free.
  case noSpace(FilePath, needed: UInt64)
  /// The input is broken.
  case damaged(ArchivePlace, Damage)
  /// The input asks for something that no bundle needs, or that readers would take differently.
  case refused(ArchivePlace, Refusal)
  case beyondLimit(ArchivePlace, ReadLimits.Kind, UInt64)
  /// No image for the platform, and those that there are.
  case noPlatform(ImagePlatform, available: [ImagePlatform])
  /// No image of this name, tag, digest or id, and what those that there are are called by; none in what
  /// is no image.
  case noImage(String, available: [String])
  case interrupted(signal: Int32)

  /// Whether it is the input's own fault, wherever it is read.
  package var isOfInput: Bool {
    switch self {
    case .damaged, .refused, .beyondLimit: true
    case .input, .inputKind, .unknownFormat, .changed, .temporaryDirectory, .unpacking, .noSpace,
      .noPlatform, .noImage, .interrupted:
      false
    }
  }

  package enum Damage: Hashable, Sendable {
    /// It ends within a header, a content or a compressed stream.
    case truncated
    /// A compressed stream, in the library's words.
    case compression(ArchiveCompression, String)
    /// A header's sum isn't that of its bytes.
    case checksum
    /// A field of a header that isn't a number, or none that can be.
    case number(field: String)
    /// A PAX record.
    case record
    /// Something in a header that can't be.
    case header
    /// A document that isn't JSON, or whose field isn't what it has to be.
    case document(field: String?)
    /// A digest that isn't one of SHA-256.
    case digest(String)
    /// A file of an image that isn't there.
    case missing
    /// A blob that is longer or shorter than its descriptor says.
    case size(stated: UInt64, actual: UInt64)
    /// An image that has no configuration and layers of a file system.
    case noImage
  }

  package enum Refusal: Hashable, Sendable {
    /// A name with `..` in it.
    case traversal
    /// A name that no file can have.
    case name
    /// A name below something that is no directory.
    case belowFile(RootPath)
    case belowLink(RootPath)
    /// A hard link to what isn't a file of the archive, or isn't yet.
    case hardLinkTarget(ByteString)
    /// A device of the numbers by which overlay file systems tell that something is hidden.
    case whiteoutDevice
    /// A path that comes twice, where readers differ in what there is then.
    case duplicate
    /// A file whose name ends as a directory's, which some readers make of it.
    case trailingSlash
    /// A prefix of the name where GNU tar has times.
    case prefix
    /// The root isn't a directory.
    case root
    /// A directory or link with a content, so that the next header may be taken to be elsewhere.
    case strayContent(UInt64)
    /// A file of several names with the content more than once.
    case contentTwice
    /// A file with holes that readers fill differently.
    case sparse
    /// A single block of zeros within a layer.
    case loneZeroBlock
    /// A kind of header by its type flag.
    case unknownType(UInt8)
    /// One entry with names in the manners of PAX and of GNU tar, or two headers of a kind before it.
    case twoHeaders
    /// A PAX record for all entries, of a kind that only some readers heed.
    case globalRecord(keyword: ByteString)
    /// A link without a text, or with one that no link can have.
    case linkText
  }
}

/// The compression of a stream.
package enum ArchiveCompression: String, Hashable, Sendable {
  case gzip, zstd
}
