package import FileTree
package import SystemPackage

/// A tree in which some places fail, whoever asks, have extended attributes or belong to others: root may
/// read everything, so permissions on a disk show nothing to tests that run as root.
package struct AlteredTree: FileTree {
  private let base: any FileTree
  private let failures: [RootPath: Errno]
  private let capable: Set<RootPath>
  private let owners: [RootPath: FileStatus.Owner]
  private let attributes: [RootPath: [ExtendedAttribute]]

  /// - Parameter failures: a directory fails with all that is below it.
  package init(
    _ base: any FileTree, failing failures: [RootPath: Errno] = [:],
    capable: Set<RootPath> = [], owners: [RootPath: FileStatus.Owner] = [:],
    attributes: [RootPath: [ExtendedAttribute]] = [:]
  ) {
    self.base = base
    self.failures = failures
    self.capable = capable
    self.owners = owners
    self.attributes = attributes
  }

  package func hasCapabilities(_ path: RootPath) -> Bool {
    capable.contains(path)
      || attributes[path]?.contains { $0.name == ExtendedAttribute.capabilities } == true
  }

  package func extendedAttributes(
    of path: RootPath, where isWanted: (ByteString) -> Bool
  ) throws(Errno) -> [ExtendedAttribute] {
    try check(path)
    return (attributes[path] ?? []).filter { isWanted($0.name) }.sorted { $0.name < $1.name }
  }

  package func status(of path: RootPath) throws(Errno) -> FileStatus {
    // The status of a directory is its parent's to tell.
    if !path.isRoot { try check(path.parent) }
    var status = try base.status(of: path)
    if let owner = owners[path] { status.owner = owner }
    return status
  }

  package func linkText(of path: RootPath) throws(Errno) -> ByteString {
    if !path.isRoot { try check(path.parent) }
    return try base.linkText(of: path)
  }

  package func open(_ path: RootPath) throws(Errno) -> OpenFile {
    try check(path)
    return try base.open(path)
  }

  package func names(in directory: RootPath) throws(Errno) -> [ByteString] {
    try check(directory)
    return try base.names(in: directory)
  }

  private func check(_ path: RootPath) throws(Errno) {
    for (place, error) in failures where path.isInside(place) { throw error }
  }
}
