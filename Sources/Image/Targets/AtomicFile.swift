internal import CLinux
internal import FileTree
internal import Glibc
package import SystemPackage

/// A file that appears under its name whole or not at all.
///
/// It has no name while it is written (`O_TMPFILE`), so even a killed process leaves nothing behind;
/// where the file system can't do that, it has a name of its own beside the target.
package final class AtomicFile: OutputPlace {
  package let descriptor: FileDescriptor
  private let target: FilePath
  /// The name that has to go if the file isn't published.
  private var temporary: FilePath?
  private let isNameless: Bool

  /// - Parameter target: a host path; ``OutputTarget`` has followed a link there.
  package init(target: FilePath) throws(ArchiveError) {
    self.target = target
    let directory = target.directory
    // Giving it a name later goes through /proc, which a bare chroot lacks.
    let canBeNamed = unsafe access("/proc/self/fd", X_OK) == 0
    let nameless =
      canBeNamed
      ? unsafe directory.withPlatformString { unsafe clinux_open_nameless($0, 0o666) } : -1
    if nameless >= 0 {
      descriptor = FileDescriptor(rawValue: nameless)
      isNameless = true
      temporary = nil
      return
    }
    let path = target.temporarySibling()
    do {
      descriptor = try FileDescriptor.open(
        path, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec],
        permissions: [.ownerReadWrite, .groupReadWrite, .otherReadWrite])
    } catch {
      throw .target(target, error as? Errno ?? .ioError)
    }
    isNameless = false
    temporary = path
  }

  deinit {
    try? descriptor.close()
    if let temporary { _ = unsafe temporary.withPlatformString { unsafe unlink($0) } }
  }

  package func complete() throws(ArchiveError) {
    keepOwnership()
    guard fsync(descriptor.rawValue) == 0 else { throw .target(target, Errno(rawValue: errno)) }
  }

  package func publish() throws(ArchiveError) {
    let path = temporary ?? target.temporarySibling()
    if isNameless {
      let source = FilePath("/proc/self/fd/\(descriptor.rawValue)")
      let linked = unsafe source.withPlatformString { from in
        unsafe path.withPlatformString { to in
          unsafe linkat(AT_FDCWD, from, AT_FDCWD, to, AT_SYMLINK_FOLLOW)
        }
      }
      guard linked == 0 else { throw .target(target, Errno(rawValue: errno)) }
      temporary = path
    }
    let renamed = unsafe path.withPlatformString { from in
      unsafe target.withPlatformString { to in unsafe rename(from, to) }
    }
    guard renamed == 0 else { throw .target(target, Errno(rawValue: errno)) }
    temporary = nil
    target.syncDirectory()
  }

  /// A file that is replaced keeps its mode, and its owner where that is allowed.
  private func keepOwnership() {
    var status = stat()
    guard unsafe target.withPlatformString({ unsafe stat($0, &status) }) == 0 else { return }
    _ = fchown(descriptor.rawValue, status.st_uid, status.st_gid)
    _ = fchmod(descriptor.rawValue, status.st_mode & 0o777)
  }
}
