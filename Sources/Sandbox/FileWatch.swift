internal import CLinux
internal import FileTree
internal import Glibc
internal import Synchronization

/// Answers each system call that names a file, and keeps those files that aren't there.
///
/// A thread of its own: the program waits for every answer.
final class FileWatch: Sendable {
  private let looks = Mutex<(order: [MissedLook], seen: Set<MissedLook>, size: Int)>(([], [], 0))
  private let descriptor: Int32
  private let sockets: Int32
  private let thread: Mutex<pthread_t?>
  private let isStopped = Mutex(false)

  /// In bytes of all paths; a program that tries more tries all sorts of names.
  private static let limit = 1 << 20

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

  var missed: [MissedLook] { looks.withLock { $0.order } }

  private func run() {
    let size = 8192
    var text = [CChar](repeating: 0, count: size)
    var missed = clinux_missed()
    while true {
      switch unsafe clinux_next_missed(descriptor, sockets, &missed, &text, UInt(size)) {
      case 1:
        let path = ByteString(text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) })
        let look = MissedLook(
          path: path, purpose: MissedLook.Purpose(missed.look), isOfLoader: missed.is_of_loader != 0
        )
        looks.withLock { looks in
          guard looks.size + path.count <= Self.limit, looks.seen.insert(look).inserted else {
            return
          }
          looks.order.append(look)
          looks.size += path.count
        }
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

extension MissedLook.Purpose {
  fileprivate init(_ look: clinux_look) {
    self =
      switch look {
      case CLINUX_OPENS: .opening
      case CLINUX_MAKES: .making
      case CLINUX_STARTS: .starting
      default: .looking
      }
  }
}
