internal import CLinux
internal import FileTree
internal import Glibc
internal import Synchronization

/// Answers each system call that names a file, and keeps those files that aren't there.
///
/// A thread of its own: the program waits for every answer.
final class FileWatch: Sendable {
  private let paths = Mutex<(order: [ByteString], seen: Set<ByteString>, size: Int)>(([], [], 0))
  private let descriptor: Int32
  private let thread: Mutex<pthread_t?>
  private let isStopped = Mutex(false)

  /// In bytes of all paths; a program that tries more tries all sorts of names.
  private static let limit = 1 << 20

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
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

  var missed: [ByteString] { paths.withLock { $0.order } }

  private func run() {
    let size = 8192
    var text = [CChar](repeating: 0, count: size)
    while true {
      switch unsafe clinux_next_missed(descriptor, &text, UInt(size)) {
      case 1:
        let path = ByteString(text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) })
        paths.withLock { paths in
          guard paths.size + path.count <= Self.limit, paths.seen.insert(path).inserted else {
            return
          }
          paths.order.append(path)
          paths.size += path.count
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
