package import SystemPackage

/// A tree of files below one root: the host, a sysroot, a planned image, or a table in a test.
///
/// Paths are physical: every directory above the last name is a real directory. ``PathResolver``
/// turns any path text into a physical one.
package protocol FileTree: Sendable {
  /// The status of the file itself; a symbolic link isn't followed (`lstat`).
  func status(of path: RootPath) throws(Errno) -> FileStatus

  /// Whether the kernel gives a program of this file capabilities (`security.capability`).
  func hasCapabilities(_ path: RootPath) -> Bool

  /// The extended attributes of the file itself whose names are wanted, sorted by name; none where the
  /// file system has no such thing.
  func extendedAttributes(
    of path: RootPath, where isWanted: (ByteString) -> Bool
  ) throws(Errno) -> [ExtendedAttribute]

  /// The text of a symbolic link (`readlink`).
  func linkText(of path: RootPath) throws(Errno) -> ByteString

  /// Opens a regular file for reading; a link in the last place isn't followed.
  func open(_ path: RootPath) throws(Errno) -> OpenFile

  /// The first bytes of a regular file; fewer only where the file is shorter.
  func head(of path: RootPath, count: Int) throws(Errno) -> [UInt8]

  /// The names in a directory, without `.` and `..`, sorted bytewise.
  func names(in directory: RootPath) throws(Errno) -> [ByteString]

  /// What is in a directory, without `.` and `..`, in the order of ``names(in:)``.
  func entries(in directory: RootPath) throws(Errno) -> [DirectoryEntry]
}
