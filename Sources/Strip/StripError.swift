package import FileTree
package import SystemPackage

/// Why a plan can't be stripped.
package enum StripError: Error, Hashable, Sendable {
  /// No program that strips is on the search path.
  case noTool
  /// No directory for temporary files can be made in this one: a host path.
  case temporaryDirectory(FilePath, Errno)
  /// The copies of a file, by its path in the bundle, can't be kept in the temporary directory.
  case scratch(RootPath, Errno)
  /// A file that is packed, by its path in the bundle.
  case source(RootPath, Errno)
  /// A file that isn't what the plan was proved with.
  case sourceChanged(RootPath)
  /// A file, and the tool that can't be started for it.
  case tool(RootPath, name: String, Errno)
  /// The directory for debugging data, a host path: found before anything is written.
  case debugDirectory(FilePath, Errno)
  /// A file of debugging data, a host path: found when the outputs are written.
  case debugFile(FilePath, Errno)
  case interrupted(signal: Int32)
}
