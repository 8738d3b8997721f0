internal import FileTree
internal import SystemPackage

/// Stripped files as a tree; their directory lasts as long as anyone who holds it.
///
/// Each has the identity of the file that it stands for: what asks whether an output would overwrite an
/// input, or whether two places hold the same file, gets the answer that holds for the original.
struct StrippedFiles: FileTree {
  let directory: ScratchDirectory
  let identities: [RootPath: FileStatus.Identity]

  func status(of path: RootPath) throws(Errno) -> FileStatus {
    var status = try directory.tree.status(of: path)
    if let identity = identities[path] { status.identity = identity }
    return status
  }

  func linkText(of path: RootPath) throws(Errno) -> ByteString {
    try directory.tree.linkText(of: path)
  }

  func open(_ path: RootPath) throws(Errno) -> OpenFile {
    let status = try status(of: path)
    guard status.kind == .regular else { throw .invalidArgument }
    do {
      let descriptor = try FileDescriptor.open(
        FilePath(directory.hostPath(path)), .readOnly, options: [.noFollow, .closeOnExec])
      return OpenFile(descriptor: descriptor, status: status)
    } catch {
      throw error as? Errno ?? .ioError
    }
  }

  func names(in directory: RootPath) throws(Errno) -> [ByteString] {
    try self.directory.tree.names(in: directory)
  }
}
