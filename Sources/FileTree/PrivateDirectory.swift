internal import Glibc
package import SystemPackage

/// A new directory that only its owner can enter; it goes away, with all that is in it, with its last
/// user.
package final class PrivateDirectory: Sendable {
  /// On the host: absolute, without links.
  package let path: FilePath

  /// - Parameter parent: where it is made, on the host.
  package init(in parent: FilePath) throws(Errno) {
    var template = ByteString(parent.appending("rootfs-pack.XXXXXX")).bytes.map {
      CChar(bitPattern: $0)
    }
    template.append(0)
    // Mode 0700 and a name of its own: mkdtemp(3).
    guard unsafe mkdtemp(&template) != nil, let resolved = unsafe realpath(template, nil) else {
      throw Errno(rawValue: errno)
    }
    defer { unsafe free(resolved) }
    path = unsafe FilePath(platformString: resolved)
  }

  deinit {
    try? DirectoryTree.remove(path)
  }

  /// The directory as a tree.
  package var tree: DirectoryTree { DirectoryTree(root: path) }
}
