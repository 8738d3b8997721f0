internal import FileTree
internal import SystemPackage

/// An unpacked bundle as a tree: what an archive says of each file, whatever could be given to the files on
/// the disk, with their content.
struct UnpackedTree: FileTree {
  private let files: DirectoryTree
  private let root: Metadata
  private let entries: [RootPath: ArchiveEntry]
  /// The directory lives as long as the tree.
  private let owner: PrivateDirectory

  /// - Parameter root: what the archive says of the root.
  init(
    _ entries: [ArchiveEntry], root: Metadata, at path: FilePath, owner: PrivateDirectory
  ) {
    files = DirectoryTree(root: path)
    self.root = root
    self.owner = owner
    self.entries = Dictionary(entries.map { ($0.path, $0) }) { first, _ in first }
  }

  func status(of path: RootPath) throws(Errno) -> FileStatus {
    var status = try files.status(of: path)
    let entry = entries[path]
    status.permissions = entry?.permissions ?? root.permissions
    status.owner = entry?.owner ?? root.owner
    let seconds = entry?.modificationTime ?? root.modificationTime
    // Overflow is no matter: it is only compared.
    status.modificationTime = seconds &* 1_000_000_000
    return status
  }

  func hasCapabilities(_ path: RootPath) -> Bool {
    entries[path]?.attributes.contains { $0.name == ExtendedAttribute.capabilities } ?? false
  }

  func extendedAttributes(
    of path: RootPath, where isWanted: (ByteString) -> Bool
  ) throws(Errno) -> [ExtendedAttribute] {
    (entries[path]?.attributes ?? []).filter { isWanted($0.name) }
  }

  func linkText(of path: RootPath) throws(Errno) -> ByteString {
    try files.linkText(of: path)
  }

  func open(_ path: RootPath) throws(Errno) -> OpenFile {
    try files.open(path)
  }

  func head(of path: RootPath, count: Int) throws(Errno) -> [UInt8] {
    try files.head(of: path, count: count)
  }

  func names(in directory: RootPath) throws(Errno) -> [ByteString] {
    try files.names(in: directory)
  }

  func entries(in directory: RootPath) throws(Errno) -> [DirectoryEntry] {
    try files.entries(in: directory)
  }
}
