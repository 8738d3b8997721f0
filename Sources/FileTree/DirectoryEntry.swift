package import SystemPackage

/// A name in a directory and what stands there.
package struct DirectoryEntry: Hashable, Sendable {
  package let name: ByteString
  /// The kind of the file itself; a symbolic link isn't followed.
  package let kind: FileStatus.Kind

  package init(name: ByteString, kind: FileStatus.Kind) {
    self.name = name
    self.kind = kind
  }
}

extension FileTree {
  package func hasCapabilities(_ path: RootPath) -> Bool { false }

  package func extendedAttributes(
    of path: RootPath, where isWanted: (ByteString) -> Bool
  ) throws(Errno) -> [ExtendedAttribute] { [] }

  package func head(of path: RootPath, count: Int) throws(Errno) -> [UInt8] {
    try open(path).read(at: 0, count: count)
  }

  package func entries(in directory: RootPath) throws(Errno) -> [DirectoryEntry] {
    var entries: [DirectoryEntry] = []
    for name in try names(in: directory) {
      entries.append(
        DirectoryEntry(name: name, kind: try status(of: directory.appending(name)).kind))
    }
    return entries
  }
}
