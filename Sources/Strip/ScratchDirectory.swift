internal import FileTree
internal import Glibc
internal import SystemPackage

/// A directory for the files of one run, for its owner alone; it goes away with its last user.
final class ScratchDirectory: Sendable {
  private let directory: PrivateDirectory

  /// - Parameter parent: where it is made, on the host.
  init(in parent: FilePath) throws(StripError) {
    do {
      directory = try PrivateDirectory(in: parent)
    } catch {
      throw .temporaryDirectory(parent, error)
    }
  }

  /// On the host: absolute.
  var path: FilePath { directory.path }

  /// The directory as a tree.
  var tree: DirectoryTree { directory.tree }

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
  func copy(_ source: borrowing OpenFile, to path: RootPath) throws(CopyError) {
    let target: FileDescriptor
    do {
      target = try FileDescriptor.open(
        FilePath(hostPath(path)), .writeOnly,
        options: [.create, .exclusiveCreate, .noFollow, .closeOnExec], permissions: .ownerReadWrite)
    } catch {
      throw .writing(error as? Errno ?? .ioError)
    }
    defer { try? target.close() }
    try target.append(source)
  }

  func remove(_ path: RootPath) {
    _ = unsafe hostPath(path).withCString { unsafe unlink($0) }
  }

  /// Removes a directory in this one with all that is in it, if it is there.
  func removeDirectory(_ path: RootPath) {
    try? DirectoryTree.remove(FilePath(hostPath(path)))
  }

  func hostPath(_ path: RootPath) -> ByteString { tree.hostPath(path) }
}

/// Which side of a copy failed.
enum CopyError: Error {
  case reading(Errno)
  case writing(Errno)
}

extension FileDescriptor {
  /// Appends all that a file holds.
  func append(_ source: borrowing OpenFile) throws(CopyError) {
    var offset: UInt64 = 0
    while true {
      let piece: [UInt8]
      do { piece = try source.read(at: offset, count: 1 << 20) } catch { throw .reading(error) }
      guard !piece.isEmpty else { return }
      do { try writeAll(piece) } catch { throw .writing(error as? Errno ?? .ioError) }
      offset += UInt64(piece.count)
    }
  }
}
