internal import CLinux
internal import FileTree
internal import Glibc
internal import SystemPackage

/// A directory that appears under its name whole or not at all.
final class AtomicDirectory: OutputPlace {
  /// Open for as long as this value lives; nobody else can enter the directory until it is published.
  let descriptor: FileDescriptor
  private let identity: FileStatus.Identity
  private let target: FilePath
  /// The name that has to go if the directory isn't published.
  private var temporary: FilePath?
  /// Lets a later run remove the directory if this one is killed; nil where that can't be proved.
  private var claim: PartialClaim?

  /// - Parameter target: a host path where nothing is, or an empty directory.
  init(target: FilePath) throws(ArchiveError) {
    self.target = target
    PartialClaim.clear(target.directory)
    claim = PartialClaim(beside: target)
    let path = claim?.directory ?? target.temporarySibling()
    guard unsafe path.withPlatformString({ unsafe mkdir($0, 0o700) }) == 0 else {
      throw .target(target, Errno(rawValue: errno))
    }
    do {
      descriptor = try FileDescriptor.open(
        path, .readOnly, options: [.directory, .noFollow, .closeOnExec])
    } catch {
      _ = unsafe path.withPlatformString { unsafe rmdir($0) }
      throw .target(target, error as? Errno ?? .ioError)
    }
    guard let status = Self.status(of: descriptor), status.owner.user == geteuid() else {
      // Somebody has put a directory of his own in its place.
      try? descriptor.close()
      throw .targetIsSwapped(target)
    }
    identity = status.identity
    temporary = path
    claim?.names(status.identity)
  }

  deinit {
    try? descriptor.close()
    if let temporary, Self.identity(at: temporary) == identity {
      try? DirectoryTree.remove(temporary)
    }
    // Only then: until here it is what proves whose the directory is.
    claim = nil
  }

  func complete() throws(ArchiveError) {
    guard clinux_sync_filesystem(descriptor.rawValue) == 0 else {
      throw .target(target, Errno(rawValue: errno))
    }
  }

  /// An empty directory is replaced, anything else isn't (rename(2)).
  func publish() throws(ArchiveError) {
    guard let path = temporary else { return }
    // Not before: until here nobody else can enter it.
    guard fchmod(descriptor.rawValue, 0o755) == 0 else {
      throw .target(target, Errno(rawValue: errno))
    }
    // Whoever may write in the directory above may rename what is in there.
    guard Self.identity(at: path) == identity else { throw .targetIsSwapped(target) }
    let renamed = unsafe path.withPlatformString { from in
      unsafe target.withPlatformString { to in unsafe rename(from, to) }
    }
    guard renamed == 0 else { throw .target(target, Errno(rawValue: errno)) }
    guard Self.identity(at: target) == identity else { throw .targetIsSwapped(target) }
    temporary = nil
    claim = nil
    target.syncDirectory()
  }

  private static func status(of descriptor: FileDescriptor) -> FileStatus? {
    var status = stat()
    return unsafe fstat(descriptor.rawValue, &status) == 0 ? FileStatus(status) : nil
  }

  private static func identity(at path: FilePath) -> FileStatus.Identity? {
    var status = stat()
    guard unsafe path.withPlatformString({ unsafe lstat($0, &status) }) == 0 else { return nil }
    return FileStatus(status).identity
  }
}
