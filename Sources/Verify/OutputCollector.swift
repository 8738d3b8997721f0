internal import FileTree
internal import Glibc
internal import Synchronization
internal import SystemPackage

/// Keeps what a program says, however much that is: the beginning and the end of it.
final class OutputCollector: Sendable {
  /// Where the program writes to.
  let input: FileDescriptor
  private let output: FileDescriptor
  private let state = Mutex<(head: [UInt8], tail: [UInt8], isDone: Bool)>(([], [], false))

  /// In bytes, of each part.
  private static let limit = 1 << 20

  init() throws(Errno) {
    do {
      (output, input) = try FileDescriptor.pipe()
    } catch {
      throw error as? Errno ?? .ioError
    }
    for end in [input, output] { _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC) }
    let context = unsafe Unmanaged.passRetained(self)
    var thread = pthread_t()
    let result = unsafe pthread_create(
      &thread, nil,
      { context in
        guard let context = unsafe context else { return nil }
        unsafe Unmanaged<OutputCollector>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context.toOpaque())
    guard result == 0 else {
      unsafe context.release()
      throw Errno(rawValue: result)
    }
    pthread_detach(thread)
  }

  private func run() {
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while let count = try? unsafe piece.withUnsafeMutableBytes({ try unsafe output.read(into: $0) }
    ),
      count > 0
    {
      state.withLock { state in
        let room = max(0, Self.limit - state.head.count)
        state.head += piece[..<min(room, count)]
        state.tail += piece[min(room, count)..<count]
        if state.tail.count > 2 * Self.limit {
          state.tail.removeFirst(state.tail.count - Self.limit)
        }
      }
    }
    state.withLock { $0.isDone = true }
    try? output.close()
  }

  /// All that was kept; nothing more comes once every process that could write has ended.
  func text() -> ByteString {
    for _ in 0..<200 {
      if state.withLock({ $0.isDone }) { break }
      usleep(1000)
    }
    return state.withLock { ByteString($0.head + $0.tail) }
  }
}
