internal import Glibc
internal import SystemPackage

/// Writes to a pipe without waiting longer than it takes to notice a signal: the signals that ask for
/// the end are held back, so they interrupt no system call.
struct PipeWriter {
  private let descriptor: FileDescriptor

  /// Nil for what isn't a pipe.
  init?(_ descriptor: FileDescriptor) {
    var status = stat()
    guard unsafe fstat(descriptor.rawValue, &status) == 0,
      status.st_mode & S_IFMT == S_IFIFO
    else { return nil }
    self.descriptor = descriptor
  }

  func write(_ bytes: [UInt8], _ interruption: Interruption) throws(ArchiveError) {
    var offset = 0
    while offset < bytes.count {
      if let signal = interruption() { throw .interrupted(signal: signal) }
      var request = pollfd(fd: descriptor.rawValue, events: Int16(POLLOUT), revents: 0)
      guard unsafe poll(&request, 1, 100) > 0 else { continue }
      // So much goes in at once where anything does (pipe(7), PIPE_BUF).
      let count = min(Int(PIPE_BUF), bytes.count - offset)
      let written = unsafe bytes.withUnsafeBytes { bytes in
        unsafe Glibc.write(
          descriptor.rawValue, bytes.baseAddress.map { unsafe $0 + offset }, count)
      }
      guard written >= 0 else { throw .target("standard output", Errno(rawValue: errno)) }
      offset += written
    }
  }
}
