package import SystemPackage

/// A tree of which some files are hidden, directories with all that is below them.
package struct FilteredTree: FileTree {
  private let base: any FileTree
  private let isHidden: @Sendable (RootPath) -> Bool

  /// - Parameter isHidden: asked of every name on the way to a file.
  package init(_ base: any FileTree, hiding isHidden: @escaping @Sendable (RootPath) -> Bool) {
    self.base = base
    self.isHidden = isHidden
  }

  package func status(of path: RootPath) throws(Errno) -> FileStatus {
    try check(path)
    return try base.status(of: path)
  }

  package func hasCapabilities(_ path: RootPath) -> Bool { base.hasCapabilities(path) }

  package func extendedAttributes(
    of path: RootPath, where isWanted: (ByteString) -> Bool
  ) throws(Errno) -> [ExtendedAttribute] {
    try base.extendedAttributes(of: path, where: isWanted)
  }

  package func linkText(of path: RootPath) throws(Errno) -> ByteString {
    try check(path)
    return try base.linkText(of: path)
  }

  package func open(_ path: RootPath) throws(Errno) -> OpenFile {
    try check(path)
    return try base.open(path)
  }

  package func head(of path: RootPath, count: Int) throws(Errno) -> [UInt8] {
    try check(path)
    return try base.head(of: path, count: count)
  }

  package func names(in directory: RootPath) throws(Errno) -> [ByteString] {
    try check(directory)
    return try base.names(in: directory).filter { !isHidden(directory.appending($0)) }
  }

  package func entries(in directory: RootPath) throws(Errno) -> [DirectoryEntry] {
    try check(directory)
    return try base.entries(in: directory).filter { !isHidden(directory.appending($0.name)) }
  }

  private func check(_ path: RootPath) throws(Errno) {
    guard !isHidden(path), !path.ancestors.contains(where: isHidden) else {
      throw .noSuchFileOrDirectory
    }
  }
}
