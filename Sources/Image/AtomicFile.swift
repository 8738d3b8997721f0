internal import CLinux
internal import FileTree
internal import Glibc
internal import SystemPackage

/// A file that appears under its name whole or not at all.
///
/// It has no name while it is written (`O_TMPFILE`), so even a killed process leaves nothing behind;
/// where the file system can't do that, it has a name of its own beside the target.
struct AtomicFile: ~Copyable {
  let descriptor: FileDescriptor
  private let target: FilePath
  /// The name that has to go if the file isn't committed.
  private var temporary: FilePath?
  private let isNameless: Bool

  /// - Parameter target: a host path; ``OutputTarget`` has followed a link there.
  init(target: FilePath) throws(ArchiveError) {
    self.target = target
    let directory = Self.directory(of: target)
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
    let path = Self.temporaryName(for: target)
    do {
      descriptor = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
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

  /// Syncs the content and puts it under the target's name.
  mutating func commit() throws(ArchiveError) {
    keepOwnership()
    guard fsync(descriptor.rawValue) == 0 else { throw .target(target, Errno(rawValue: errno)) }
    let path = temporary ?? Self.temporaryName(for: target)
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
    syncDirectory()
  }

  /// Makes the new name last through a power failure, where the file system can do that.
  private func syncDirectory() {
    let directory = try? FileDescriptor.open(
      Self.directory(of: target), .readOnly, options: [.directory, .closeOnExec])
    guard let directory else { return }
    _ = fsync(directory.rawValue)
    try? directory.close()
  }

  /// A file that is replaced keeps its mode, and its owner where that is allowed.
  private func keepOwnership() {
    var status = stat()
    guard unsafe target.withPlatformString({ unsafe stat($0, &status) }) == 0 else { return }
    _ = fchown(descriptor.rawValue, status.st_uid, status.st_gid)
    _ = fchmod(descriptor.rawValue, status.st_mode & 0o777)
  }

  private static func directory(of target: FilePath) -> FilePath {
    let directory = target.removingLastComponent()
    return directory.isEmpty ? "." : directory
  }

  /// Hidden, and unique to this process.
  private static func temporaryName(for target: FilePath) -> FilePath {
    directory(of: target).appending(".rootfs-pack.\(getpid()).partial")
  }
}
