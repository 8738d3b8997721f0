internal import SystemPackage

/// Collects small pieces and passes large ones on.
struct BufferedOutput: ~Copyable {
  private let descriptor: FileDescriptor
  private let target: FilePath
  private let interruption: () -> Int32?
  private var buffer: [UInt8] = []
  /// Bytes appended so far.
  private(set) var count: UInt64 = 0

  private static let bufferSize = 1 << 18

  init(
    descriptor: FileDescriptor, target: FilePath, interruption: @escaping () -> Int32?
  ) {
    self.descriptor = descriptor
    self.target = target
    self.interruption = interruption
  }

  mutating func append(_ bytes: [UInt8]) throws(ArchiveError) {
    count += UInt64(bytes.count)
    if bytes.count >= Self.bufferSize {
      try flush()
      try write(bytes)
      return
    }
    buffer += bytes
    if buffer.count >= Self.bufferSize { try flush() }
  }

  mutating func flush() throws(ArchiveError) {
    try write(buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  private func write(_ bytes: [UInt8]) throws(ArchiveError) {
    if let signal = interruption() { throw .interrupted(signal: signal) }
    do {
      try descriptor.writeAll(bytes)
    } catch {
      throw .target(target, error as? Errno ?? .ioError)
    }
  }
}
