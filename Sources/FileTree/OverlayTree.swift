package import SystemPackage

/// A root through which some places of another tree show: a sysroot with programs that lie outside
/// of it.
///
/// Below a window the other tree's files come first; elsewhere it can't be seen, so the host's
/// libraries don't leak into a sysroot.
package struct OverlayTree: FileTree {
  private let base: any FileTree
  private let overlay: any FileTree
  private let windows: [RootPath]

  package init(base: any FileTree, overlay: any FileTree, windows: [RootPath]) {
    self.base = base
    self.overlay = overlay
    self.windows = windows
  }

  package func status(of path: RootPath) throws(Errno) -> FileStatus {
    try tree(for: path).status(of: path)
  }

  package func hasCapabilities(_ path: RootPath) -> Bool {
    tree(for: path).hasCapabilities(path)
  }

  package func extendedAttributes(
    of path: RootPath, where isWanted: (ByteString) -> Bool
  ) throws(Errno) -> [ExtendedAttribute] {
    try tree(for: path).extendedAttributes(of: path, where: isWanted)
  }

  package func linkText(of path: RootPath) throws(Errno) -> ByteString {
    try tree(for: path).linkText(of: path)
  }

  package func open(_ path: RootPath) throws(Errno) -> OpenFile {
    try tree(for: path).open(path)
  }

  package func head(of path: RootPath, count: Int) throws(Errno) -> [UInt8] {
    try tree(for: path).head(of: path, count: count)
  }

  package func names(in directory: RootPath) throws(Errno) -> [ByteString] {
    try tree(for: directory).names(in: directory)
  }

  package func entries(in directory: RootPath) throws(Errno) -> [DirectoryEntry] {
    try tree(for: directory).entries(in: directory)
  }

  private func tree(for path: RootPath) -> any FileTree {
    if windows.contains(where: { path.isInside($0) }), (try? overlay.status(of: path)) != nil {
      return overlay
    }
    // The way down to a window may be missing in the root.
    if windows.contains(where: { $0.isInside(path) }), (try? base.status(of: path)) == nil {
      return overlay
    }
    return base
  }
}
