internal import FileTree
internal import Glibc
internal import SystemPackage

/// A directory for the files of one run, for its owner alone; it goes away with its last user.
final class ScratchDirectory: Sendable {
  /// On the host: absolute.
  let path: FilePath

  /// - Parameter parent: where it is made, on the host.
  init(in parent: FilePath) throws(Diagnostic) {
    var template = ByteString(parent.appending("rootfs-pack.XXXXXX")).bytes.map {
      CChar(bitPattern: $0)
    }
    template.append(0)
    // Mode 0700 and a name of its own: mkdtemp(3).
    guard unsafe mkdtemp(&template) != nil, let resolved = unsafe realpath(template, nil) else {
      throw Diagnostic(
        "\(ByteString(parent)): no temporary directory can be made: "
          + Diagnostic.describe(Errno(rawValue: errno)),
        remedy: "name another place with the variable TMPDIR")
    }
    defer { unsafe free(resolved) }
    path = unsafe FilePath(platformString: resolved)
  }

  deinit {
    Self.remove(path)
  }

  /// The directory as a tree.
  var tree: DirectoryTree { DirectoryTree(root: path) }

  /// Makes a directory in this one.
  ///
  /// - Parameter path: in this directory.
  func makeDirectory(_ path: RootPath) throws(Errno) {
    guard unsafe hostPath(path).withCString({ unsafe mkdir($0, 0o700) }) == 0
    else { throw Errno(rawValue: errno) }
  }

  /// Copies a file in here.
  ///
  /// - Parameter path: in this directory.
  func copy(_ source: borrowing OpenFile, to path: RootPath) throws {
    let target = try FileDescriptor.open(
      FilePath(hostPath(path)), .writeOnly,
      options: [.create, .exclusiveCreate, .noFollow, .closeOnExec], permissions: .ownerReadWrite)
    try target.closeAfter { try target.append(source) }
  }

  func remove(_ path: RootPath) {
    _ = unsafe hostPath(path).withCString { unsafe unlink($0) }
  }

  func hostPath(_ path: RootPath) -> ByteString { tree.hostPath(path) }

  /// Removes a directory and what is in it; links aren't followed.
  private static func remove(_ directory: FilePath) {
    let tree = DirectoryTree(root: directory)
    for entry in (try? tree.entries(in: .root)) ?? [] {
      let path = tree.hostPath(RootPath.root.appending(entry.name))
      if entry.kind == .directory {
        remove(FilePath(path))
      } else {
        _ = unsafe path.withCString { unsafe unlink($0) }
      }
    }
    _ = unsafe directory.withPlatformString { unsafe rmdir($0) }
  }
}

extension FileDescriptor {
  /// Appends all that a file holds.
  func append(_ source: borrowing OpenFile) throws {
    var offset: UInt64 = 0
    while true {
      let piece = try source.read(at: offset, count: 1 << 20)
      guard !piece.isEmpty else { return }
      try writeAll(piece)
      offset += UInt64(piece.count)
    }
  }
}
