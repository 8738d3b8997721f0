internal import SystemPackage

/// Writes bytes to an open file: small pieces are collected and large ones passed on.
final class FileSink: ByteSink {
  private let descriptor: FileDescriptor
  /// What the user calls the file.
  private let target: FilePath
  private let interruption: Interruption
  /// Nil for a file, which takes bytes as fast as they come.
  private let pipe: PipeWriter?
  private var buffer: [UInt8] = []
  private var digest: Sha256?
  /// Bytes appended so far.
  private(set) var count: UInt64 = 0

  private static let bufferSize = 1 << 18

  /// - Parameter digests: whether the bytes are digested on the way.
  init(
    descriptor: FileDescriptor, target: FilePath, digests: Bool = false,
    interruption: @escaping Interruption
  ) {
    self.descriptor = descriptor
    self.target = target
    self.interruption = interruption
    pipe = PipeWriter(descriptor)
    digest = digests ? Sha256() : nil
  }

  /// The digest of all that was appended.
  var blobDigest: BlobDigest? { digest?.finish() }

  func append(_ bytes: [UInt8]) throws(ArchiveError) {
    count += UInt64(bytes.count)
    digest?.update(bytes)
    if bytes.count >= Self.bufferSize {
      try flush()
      try write(bytes)
      return
    }
    buffer += bytes
    if buffer.count >= Self.bufferSize { try flush() }
  }

  func finish() throws(ArchiveError) {
    try flush()
  }

  private func flush() throws(ArchiveError) {
    try write(buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  private func write(_ bytes: [UInt8]) throws(ArchiveError) {
    if let pipe {
      try pipe.write(bytes, interruption)
      return
    }
    if let signal = interruption() { throw .interrupted(signal: signal) }
    do {
      try descriptor.writeAll(bytes)
    } catch {
      throw .target(target, error as? Errno ?? .ioError)
    }
  }
}
