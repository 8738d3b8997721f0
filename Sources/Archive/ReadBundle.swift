package import FileTree
package import SystemPackage

/// What an archive, an image or a directory holds, read by code that shares nothing with the code that
/// writes them.
package struct ReadBundle: Sendable {
  package let format: ArchiveFormat
  /// Sorted by path.
  package let entries: [ArchiveEntry]
  /// The content, with what the archive says of each file. What was unpacked lives as long as the bundle
  /// or the tree.
  package let tree: any FileTree
  /// Where the content lies on the host: the directory that was read, or one that only this process's user
  /// can enter.
  package let directory: FilePath
  /// Nil for what is no image.
  package let image: ReadImage?
  /// How its program is started; nil if it doesn't say.
  package let configuration: RunConfiguration?
  /// Everything that is wrong with the input, in the order of reading.
  package let violations: [Violation]
  /// Nil for a directory that was read where it is.
  private let owner: PrivateDirectory?

  /// Whether the directory is this process's own: nothing that happens in it reaches the input.
  package var isUnpacked: Bool { owner != nil }

  init(
    format: ArchiveFormat, entries: [ArchiveEntry], tree: any FileTree, directory: FilePath,
    image: ReadImage? = nil, configuration: RunConfiguration? = nil, violations: [Violation],
    owner: PrivateDirectory? = nil
  ) {
    self.format = format
    self.entries = entries
    self.tree = tree
    self.directory = directory
    self.image = image
    self.configuration = image?.configuration ?? configuration
    self.violations = violations
    self.owner = owner
  }
}
