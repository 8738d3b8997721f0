package import FileTree

/// Where in an input something stands.
package struct ArchivePlace: Hashable, Sendable {
  /// The file of an image that it is in, such as `/blobs/sha256/…`; nil for the input itself.
  package var file: RootPath?
  /// In bytes from the beginning: of the archive without its compression, or of the compressed bytes where
  /// these are what is wrong.
  package var offset: UInt64?
  /// What it is about: a member's name as it stands in the archive, or a path in the bundle.
  package var name: ByteString?

  package init(file: RootPath? = nil, offset: UInt64? = nil, name: ByteString? = nil) {
    self.file = file
    self.offset = offset
    self.name = name
  }

  /// The same place with what it is about.
  func naming(_ name: ByteString) -> ArchivePlace {
    ArchivePlace(file: file, offset: offset, name: name)
  }
}
