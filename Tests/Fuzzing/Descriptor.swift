import FileTree
import Glibc
import SystemPackage

/// One file in memory that takes the bytes of every run, since a new one for each would be slow.
struct Descriptor: Sendable {
  static let shared = Descriptor()

  private let descriptor: FileDescriptor

  private init() {
    var path = Array("/dev/shm/rootfs-pack-fuzz-XXXXXX".utf8CString)
    descriptor = FileDescriptor(rawValue: mkstemp(&path))
    precondition(descriptor.rawValue >= 0, "can't make a file: \(errno)")
    unlink(path)
  }

  /// The bytes as a file that has a path.
  func path(_ bytes: [UInt8]) -> FilePath {
    write(bytes)
    return FilePath("/proc/self/fd/\(descriptor.rawValue)")
  }

  /// The bytes behind a descriptor.
  func file(_ bytes: [UInt8]) -> OpenFile {
    write(bytes)
    var status = stat()
    fstat(descriptor.rawValue, &status)
    // An open file closes its descriptor.
    return OpenFile(
      descriptor: FileDescriptor(rawValue: dup(descriptor.rawValue)), status: FileStatus(status))
  }

  /// The same, with a file that has lost its second half since it was opened.
  func shrunkFile(_ bytes: [UInt8]) -> OpenFile {
    let file = file(bytes)
    resize(bytes.count / 2)
    return file
  }

  private func write(_ bytes: [UInt8]) {
    resize(bytes.count)
    let written = pwrite(descriptor.rawValue, bytes, bytes.count, 0)
    precondition(written == bytes.count, "can't write: \(errno)")
  }

  private func resize(_ size: Int) {
    precondition(ftruncate(descriptor.rawValue, size) == 0, "can't resize: \(errno)")
  }
}
