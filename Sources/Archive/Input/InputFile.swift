internal import FileTree
internal import Glibc
internal import SystemPackage

/// A file of the host that is read: the input, or a file of a directory.
final class InputFile: Sendable {
  /// On the host.
  let path: FilePath
  private let descriptor: FileDescriptor
  private let status: FileStatus

  /// Opens what a user names: links are followed. A pipe waits for who writes when it is read first.
  init(path: FilePath) throws(ArchiveReadError) {
    self.path = path
    do {
      descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
    } catch {
      throw .input(path, error as? Errno ?? .ioError)
    }
    var status = stat()
    guard unsafe fstat(descriptor.rawValue, &status) == 0 else {
      let cause = Errno(rawValue: errno)
      try? descriptor.close()
      throw .input(path, cause)
    }
    self.status = FileStatus(status)
  }

  deinit {
    try? descriptor.close()
  }

  var kind: FileStatus.Kind { status.kind }

  /// In bytes, of a regular file when it was opened.
  var size: UInt64 { status.size }

  /// Whether the file is as it was when it was opened, as far as size and time tell.
  var isUnchanged: Bool {
    var now = stat()
    guard unsafe fstat(descriptor.rawValue, &now) == 0 else { return false }
    let current = FileStatus(now)
    return current.size == status.size && current.modificationTime == status.modificationTime
  }

  /// Waits for the next bytes of a pipe, a moment at most; whether there are some, or its end.
  func isReady() -> Bool {
    var wait = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&wait, 1, 100) > 0
  }

  /// - Parameter offset: nil for the next bytes of a pipe that is ready.
  /// - Returns: nothing only at the end.
  func read(at offset: UInt64?, count: Int) throws(ArchiveReadError) -> [UInt8] {
    var failure: Errno?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      let memory = UnsafeMutableRawBufferPointer(buffer)
      do {
        if let offset {
          filled = try unsafe descriptor.read(
            fromAbsoluteOffset: Int64(clamping: offset), into: memory)
        } else {
          filled = try unsafe descriptor.read(into: memory)
        }
      } catch {
        failure = error as? Errno ?? .ioError
      }
    }
    if let failure { throw .input(path, failure) }
    return bytes
  }
}

/// A part of a file, or what comes out of a pipe.
final class FileSource: ByteSource {
  private let file: InputFile
  /// Nil for a pipe.
  private var range: Range<UInt64>?
  /// Asked while a pipe is waited for.
  private let reading: Reading?

  private static let pieceSize = 1 << 18

  /// - Parameter reading: nil for what is no pipe.
  init(_ file: InputFile, reading: Reading? = nil) {
    self.file = file
    self.reading = reading
    range = file.kind == .regular ? 0..<file.size : nil
  }

  /// - Parameter range: within the file, in bytes.
  init(_ file: InputFile, range: Range<UInt64>) {
    self.file = file
    self.range = range
    reading = nil
  }

  func next() throws(ArchiveReadError) -> [UInt8] {
    guard let range else {
      while !file.isReady() { try reading?.spend(bytes: 0, at: ArchivePlace()) }
      return try file.read(at: nil, count: Self.pieceSize)
    }
    let count = min(UInt64(Self.pieceSize), UInt64(range.count))
    guard count > 0 else { return [] }
    let piece = try file.read(at: range.lowerBound, count: Int(count))
    guard !piece.isEmpty else { throw .changed(file.path) }
    self.range = (range.lowerBound + UInt64(piece.count))..<range.upperBound
    return piece
  }

  func skip(_ count: UInt64) -> Bool {
    guard let range, count <= UInt64(range.count) else { return false }
    self.range = (range.lowerBound + count)..<range.upperBound
    return true
  }
}
