internal import Dispatch
internal import Glibc
internal import Synchronization

/// Compresses on all processors what is appended, and passes it on in order.
final class CompressedSink: ByteSink {
  private var codec: any BlockCodec
  private let next: any ByteSink
  private var block: [UInt8] = []
  /// Blocks on the way, oldest first.
  private var jobs: [Job] = []
  private let limit = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) + 1
  private static let queue = DispatchQueue(label: "compression", attributes: .concurrent)

  private final class Job: Sendable {
    private let result = Mutex<[UInt8]>([])
    private let isDone = DispatchSemaphore(value: 0)

    func finish(_ bytes: [UInt8]) {
      result.withLock { $0 = bytes }
      isDone.signal()
    }

    func wait() -> [UInt8] {
      isDone.wait()
      return result.withLock { $0 }
    }
  }

  init(codec: any BlockCodec, next: any ByteSink) throws(ArchiveError) {
    self.codec = codec
    self.next = next
    try next.append(codec.head)
  }

  func append(_ bytes: [UInt8]) throws(ArchiveError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      if block.isEmpty { block.reserveCapacity(codec.blockSize) }
      let part = rest.prefix(codec.blockSize - block.count)
      block += part
      rest = rest.dropFirst(part.count)
      if block.count == codec.blockSize { try submit() }
    }
  }

  func finish() throws(ArchiveError) {
    if !block.isEmpty { try submit() }
    while !jobs.isEmpty { try passOn() }
    try next.append(codec.tail)
    try next.finish()
  }

  private func submit() throws(ArchiveError) {
    if jobs.count == limit { try passOn() }
    codec.observe(block)
    let job = Job()
    jobs.append(job)
    Self.queue.async { [codec, block] in job.finish(codec.compress(block)) }
    block = []
  }

  private func passOn() throws(ArchiveError) {
    try next.append(jobs.removeFirst().wait())
  }
}
