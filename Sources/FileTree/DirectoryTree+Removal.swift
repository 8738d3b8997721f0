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
    let error = unsafe name.withPlatformString { unsafe clinux_remove_directory(directory, $0) }
    guard error == 0 else { throw Errno(rawValue: error) }
  }

  /// Removes one name in an open directory, with all that is below it; a link isn't followed.
  package static func remove(_ name: ByteString, in parent: Int32) throws(Errno) {
    let error = unsafe name.withCString { name in
      guard unsafe unlinkat(parent, name, 0) != 0 else { return Int32(0) }
      return errno == EISDIR ? unsafe clinux_remove_directory(parent, name) : errno
    }
    guard error == 0 else { throw Errno(rawValue: error) }
  }

  /// The same of a directory that was seen before; what has its name now stays if it is another one.
  package static func remove(
    directory name: ByteString, in parent: Int32, identity: FileStatus.Identity
  ) throws(Errno) {
    let error = unsafe name.withCString {
      unsafe clinux_remove_known_directory(
        parent, $0, UInt(identity.device), UInt(identity.inode))
    }
    guard error == 0 else { throw Errno(rawValue: error) }
  }
}
