internal import CLinux
internal import Glibc
package import SystemPackage

/// A new directory that only its owner can enter; it goes away, with all that is in it, with its last user or
/// with this process, however that ends.
package final class PrivateDirectory: Sendable {
  /// On the host: absolute, without links.
  package let path: FilePath
  private let kept: clinux_kept_directory

  /// - Parameter parent: where it is made, on the host.
  package init(in parent: FilePath) throws(Errno) {
    guard let resolved = unsafe parent.withPlatformString({ unsafe realpath($0, nil) })
    else { throw Errno(rawValue: errno) }
    defer { unsafe free(resolved) }
    var name = [CChar](repeating: 0, count: 32)
    var kept = clinux_kept_directory()
    let error = unsafe clinux_keep_directory(resolved, &name, &kept)
    guard error == 0 else { throw Errno(rawValue: error) }
    self.kept = kept
    path = unsafe FilePath(platformString: resolved)
      .appending(FilePath(platformString: name).components)
  }

  deinit {
    var kept = kept
    // What keeps it may have been killed before this.
    if unsafe clinux_drop_directory(&kept) == ECHILD { try? DirectoryTree.remove(path) }
  }

  /// The directory as a tree.
  package var tree: DirectoryTree { DirectoryTree(root: path) }
}
