internal import Glibc
package import SystemPackage

/// A regular file that is open for reading; closed when it goes out of scope.
package struct OpenFile: ~Copyable {
  package enum Content {
    /// A descriptor that belongs to this value.
    case descriptor(FileDescriptor)
    case bytes([UInt8])
  }

  package let content: Content
  /// In bytes, at the time of opening.
  package let size: UInt64

  /// At the time of opening; nil for bytes in memory.
  private let status: FileStatus?

  /// Nil for bytes in memory.
  package var identity: FileStatus.Identity? { status?.identity }

  /// - Parameter status: that of the open file.
  package init(descriptor: FileDescriptor, status: FileStatus) {
    content = .descriptor(descriptor)
    size = status.size
    self.status = status
  }

  package init(bytes: [UInt8]) {
    content = .bytes(bytes)
    size = UInt64(bytes.count)
    status = nil
  }

  deinit {
    if case .descriptor(let descriptor) = content { try? descriptor.close() }
  }

  /// Whether the file is what it was at another time: the same file with the same content, as far as
  /// size and time tell. Bytes in memory never change.
  package func isUnchanged(since earlier: FileStatus) -> Bool {
    guard case .descriptor(let descriptor) = content, let status else {
      return size == earlier.size
    }
    var now = stat()
    guard status.identity == earlier.identity,
      unsafe fstat(descriptor.rawValue, &now) == 0
    else { return false }
    let current = FileStatus(now)
    return current.size == earlier.size && current.modificationTime == earlier.modificationTime
  }

  /// Reads up to `count` bytes at `offset`; fewer only where the file ends.
  ///
  /// The file is read, never mapped: one that shrinks meanwhile gives a short read, not a SIGBUS.
  package func read(at offset: UInt64, count: Int) throws(Errno) -> [UInt8] {
    try content.read(at: offset, count: count)
  }

  /// Reads the whole file, of at most `limit` bytes; nil if it is longer.
  package func readAll(limit: Int) throws(Errno) -> [UInt8]? {
    guard size <= UInt64(limit) else { return nil }
    return try read(at: 0, count: Int(size))
  }
}

extension OpenFile.Content {
  /// The same as ``OpenFile/read(at:count:)``, for who can't hold the file itself.
  package func read(at offset: UInt64, count: Int) throws(Errno) -> [UInt8] {
    switch self {
    case .bytes(let bytes):
      let start = Int(min(offset, UInt64(bytes.count)))
      return Array(bytes[start...].prefix(count))
    case .descriptor(let descriptor):
      guard offset <= UInt64(Int64.max) else { return [] }
      var failure: Errno?
      let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        filled = 0
        while filled < count {
          let whole = UnsafeMutableRawBufferPointer(buffer)
          let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: whole[filled...])
          do {
            let got = try unsafe descriptor.read(
              fromAbsoluteOffset: Int64(offset) + Int64(filled), into: rest)
            if got == 0 { return }
            filled += got
          } catch {
            failure = error as? Errno ?? .ioError
            return
          }
        }
      }
      if let failure { throw failure }
      return bytes
    }
  }
}
