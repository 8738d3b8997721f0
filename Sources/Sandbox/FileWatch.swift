internal import CLinux
internal import FileTree
internal import Glibc
internal import Synchronization

/// Answers each system call that names a file, and keeps what a verification may want to know.
///
/// A thread of its own: the program waits for every answer.
final class FileWatch: Sendable {
  private let watched = Mutex(WatchedRun())
  private let descriptor: Int32
  private let sockets: Int32
  private let thread: Mutex<pthread_t?>
  private let isStopped = Mutex(false)

  /// - Parameters:
  ///   - descriptor: where calls are told; it is closed in the end.
  ///   - sockets: where the sandbox's guard makes sockets.
  init(_ descriptor: Int32, sockets: Int32) {
    self.descriptor = descriptor
    self.sockets = sockets
    thread = Mutex(nil)
    var identifier = pthread_t()
    let context = unsafe Unmanaged.passRetained(self)
    let result = unsafe pthread_create(
      &identifier, nil,
      { context in
        guard let context = unsafe context else { return nil }
        let watch = unsafe Unmanaged<FileWatch>.fromOpaque(context).takeRetainedValue()
        watch.run()
        return nil
      }, context.toOpaque())
    if result == 0 {
      thread.withLock { $0 = identifier }
    } else {
      unsafe context.release()
    }
  }

  var seen: WatchedRun { watched.withLock { $0 } }

  private func run() {
    let size = 8192
    var text = [CChar](repeating: 0, count: size)
    var missed = clinux_missed()
    while true {
      switch unsafe clinux_next_missed(descriptor, sockets, &missed, &text, UInt(size)) {
      case 1:
        let path = ByteString(text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) })
        watched.withLock { $0.add(missed, path) }
      case 0: break
      default: return
      }
      // Whoever still asks then outlives what was to be watched.
      if isStopped.withLock({ $0 }) { return }
    }
  }

  /// Waits for the thread, once no program is left that could ask, and closes the descriptor.
  func stop() {
    isStopped.withLock { $0 = true }
    if let identifier = thread.withLock({ $0 }) { _ = pthread_join(identifier, nil) }
    close(descriptor)
  }
}

extension WatchedRun {
  fileprivate mutating func add(_ seen: clinux_missed, _ text: ByteString) {
    func look(_ purpose: MissedLook.Purpose) -> MissedLook {
      MissedLook(path: text, purpose: purpose, isOfLoader: seen.is_of_loader != 0)
    }
    switch seen.look {
    case CLINUX_OPENS: add(look(.opening))
    case CLINUX_MAKES: add(look(.making))
    case CLINUX_STARTS: add(look(.starting))
    case CLINUX_MADE: add(made: text)
    case CLINUX_READS_USERS: add(text, to: \.userWords)
    case CLINUX_READS_GROUPS: add(text, to: \.groupWords)
    case CLINUX_ENDS: add(Failure(program: text, code: seen.code, process: seen.process))
    default: add(look(.looking))
    }
  }
}
