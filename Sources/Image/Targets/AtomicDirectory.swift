internal import CLinux
internal import FileTree
internal import Glibc
internal import SystemPackage

/// A directory that appears under its name whole or not at all.
final class AtomicDirectory: OutputPlace {
  /// Open for as long as this value lives; nobody else can enter the directory until it is published.
  let descriptor: FileDescriptor
  private let target: FilePath
  /// The name that has to go if the directory isn't published.
  private var temporary: FilePath?

  /// - Parameter target: a host path where nothing is, or an empty directory.
  init(target: FilePath) throws(ArchiveError) {
    self.target = target
    let path = target.temporarySibling()
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
    temporary = path
  }

  deinit {
    try? descriptor.close()
    if let temporary { Self.remove(temporary) }
  }

  func complete() throws(ArchiveError) {
    guard clinux_sync_filesystem(descriptor.rawValue) == 0
    else {
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
    let renamed = unsafe path.withPlatformString { from in
      unsafe target.withPlatformString { to in unsafe rename(from, to) }
    }
    guard renamed == 0 else { throw .target(target, Errno(rawValue: errno)) }
    temporary = nil
    target.syncDirectory()
  }

  /// Removes a tree of this process's own making; links are removed, not followed.
  private static func remove(_ path: FilePath) {
    let tree = DirectoryTree(root: path)
    // A directory may have been made without the permission to empty it.
    _ = unsafe path.withPlatformString { unsafe chmod($0, 0o700) }
    for entry in (try? tree.entries(in: .root)) ?? [] {
      let child = FilePath(tree.hostPath(.root.appending(entry.name)))
      if entry.kind == .directory {
        remove(child)
      } else {
        _ = unsafe child.withPlatformString { unsafe unlink($0) }
      }
    }
    _ = unsafe path.withPlatformString { unsafe rmdir($0) }
  }
}
