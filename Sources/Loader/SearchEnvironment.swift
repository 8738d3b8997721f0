package import FileTree

/// What the loader takes from its surroundings rather than from files.
package struct SearchEnvironment: Sendable {
  /// Directories that are searched as those of LD_LIBRARY_PATH are.
  package var libraryPath: [ByteString]
  /// The glibc-hwcaps subdirectories that the CPU can use, best first; empty for the baseline.
  package var hwcaps: [ByteString]
  /// The current directory, for relative names.
  package var workingDirectory: RootPath

  package init(
    libraryPath: [ByteString] = [], hwcaps: [ByteString] = [], workingDirectory: RootPath = .root
  ) {
    self.libraryPath = libraryPath
    self.hwcaps = hwcaps
    self.workingDirectory = workingDirectory
  }
}
