package import FileTree
package import SystemPackage

/// Why an archive can't be written.
package enum ArchiveError: Error, Hashable, Sendable {
  /// The target, a host path.
  case target(FilePath, Errno)
  /// An entry of a directory that is written.
  case targetEntry(FilePath, RootPath, Errno)
  /// Where an image's layers are kept until they are complete.
  case temporaryDirectory(FilePath, Errno)
  case targetIsDirectory(FilePath)
  /// A directory is to be written where something else is.
  case targetIsNoDirectory(FilePath, FileStatus.Kind)
  /// A directory is written only where none is, or an empty one.
  case targetIsNotEmpty(FilePath)
  /// A directory that nothing can take the place of, and why.
  case targetIsIrreplaceable(FilePath, String)
  /// While it was written, somebody put something else in a directory's place.
  case targetIsSwapped(FilePath)
  /// One output lies inside of another.
  case targetInsideTarget(FilePath, FilePath)
  case targetIsDanglingLink(FilePath)
  /// The target is a device, FIFO or socket, which a rename would replace.
  case targetIsSpecial(FilePath, FileStatus.Kind)
  /// Two outputs have the same target.
  case targetTwice(FilePath)
  /// The target is one of the files that are packed: in-root path of the file.
  case targetIsInput(FilePath, RootPath)
  /// A file that is packed, by its path in the bundle.
  case source(RootPath, Errno)
  /// A file that became shorter or was replaced while it was read.
  case sourceChanged(RootPath)
  /// A path in the bundle that a format can't hold, and why.
  case unrepresentable(RootPath, String)
  /// A path in a directory output that can't be given to another owner.
  case ownership(FilePath, RootPath, Errno)
  /// An extended attribute that the directory's file system doesn't take.
  case attribute(RootPath, name: ByteString, Errno)
  /// The image specification has no word for the program's machine.
  case unknownPlatform
  case interrupted(signal: Int32)
}
