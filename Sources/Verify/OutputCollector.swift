internal import FileTree
internal import Glibc
internal import Synchronization
internal import SystemPackage

/// Keeps what a program says, however much that is: the beginning and the end of it.
final class OutputCollector: Sendable {
  /// Where the program writes to.
  let input: FileDescriptor
  private let output: FileDescriptor
  private let isOpen = Atomic(true)
  private let state = Mutex(State())

  private struct State {
    var head: [UInt8] = []
    var tail: [UInt8] = []
    /// Whether something between them was left out.
    var isCut = false
    /// Whether nobody can write any more.
    var isDone = false
  }

  /// In bytes, of each part.
  private static let limit = 1 << 20

  init() throws(Errno) {
    (output, input) = try FileDescriptor.pipe(options: .closeOnExec)
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

  /// Closes this process's own end of the input, once the program has it.
  func end() {
    if isOpen.exchange(false, ordering: .relaxed) { try? input.close() }
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
          state.isCut = true
        }
      }
    }
    state.withLock { $0.isDone = true }
    try? output.close()
  }

  /// All that was kept so far, with an empty line where something was left out.
  func text() -> ByteString {
    // What is in the pipe already comes in a moment.
    for _ in 0..<20 {
      usleep(1000)
      if isIdle { break }
    }
    return state.withLock { state in
      ByteString(state.head + (state.isCut ? [0x0A, 0x0A] : []) + state.tail)
    }
  }

  /// Whether nobody can write any more, or nothing is waiting to be read.
  private var isIdle: Bool {
    if state.withLock({ $0.isDone }) { return true }
    var wait = pollfd(fd: output.rawValue, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&wait, 1, 0) == 0
  }
}
