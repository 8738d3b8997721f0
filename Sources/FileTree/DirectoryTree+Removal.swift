internal import CLinux
internal import Glibc
package import SystemPackage

extension DirectoryTree {
  /// Removes a directory of this process's own making, with all that is in it.
  ///
  /// Every name is looked up in a directory that is open already, and no link is followed: whoever may
  /// write in the tree can't lead the removal out of it by putting a link in a directory's place.
  /// Directories that were closed are opened first. What can't be removed doesn't keep the rest.
  ///
  /// - Parameter path: on the host; its last name is no link.
  /// - Throws: the first failure.
  package static func remove(_ path: FilePath) throws(Errno) {
    let parent = path.removingLastComponent()
    guard let name = path.lastComponent else { throw .invalidArgument }
    let directory = unsafe (parent.isEmpty ? "." : parent).withPlatformString {
      unsafe Glibc.open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }
    guard directory >= 0 else { throw Errno(rawValue: errno) }
    defer { close(directory) }
    try remove(
      directory: unsafe name.withPlatformString { unsafe ByteString(cString: $0) }, in: directory)
  }

  private static func remove(directory name: ByteString, in parent: Int32) throws(Errno) {
    let descriptor = try open(directory: name, in: parent)
    guard let stream = unsafe fdopendir(descriptor) else {
      let cause = Errno(rawValue: errno)
      close(descriptor)
      throw cause
    }
    defer { unsafe closedir(stream) }
    // Names can't be taken out of a directory that is closed to writing or searching.
    var status = stat()
    if unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IRWXU != S_IRWXU {
      _ = fchmod(descriptor, S_IRWXU)
    }
    var failure: Errno?
    for child in try unsafe read(stream, { name, _ in name }) {
      do {
        try remove(child, in: descriptor)
      } catch {
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
    try unlink(name, in: parent, AT_REMOVEDIR)
  }

  /// Removes one name in an open directory, with all that is below it; a link isn't followed.
  package static func remove(_ name: ByteString, in parent: Int32) throws(Errno) {
    do {
      try unlink(name, in: parent, 0)
    } catch .isDirectory {
      try remove(directory: name, in: parent)
    }
  }

  private static func open(directory name: ByteString, in parent: Int32) throws(Errno) -> Int32 {
    let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
    let descriptor = unsafe name.withCString { name in
      let descriptor = unsafe clinux_open_in(parent, name, flags, 0)
      guard descriptor < 0, errno == EACCES,
        unsafe fchmodat(parent, name, S_IRWXU, AT_SYMLINK_NOFOLLOW) == 0
      else { return descriptor }
      return unsafe clinux_open_in(parent, name, flags, 0)
    }
    guard descriptor >= 0 else { throw Errno(rawValue: errno) }
    return descriptor
  }

  private static func unlink(
    _ name: ByteString, in parent: Int32, _ flags: Int32
  ) throws(Errno) {
    guard unsafe name.withCString({ unsafe unlinkat(parent, $0, flags) }) == 0 else {
      throw Errno(rawValue: errno)
    }
  }
}
