internal import Synchronization

/// Contexts of a C library, each used by one thread at a time and freed at the end.
final class ContextPool: Sendable {
  /// A context that its maker frees.
  @safe struct Context: @unchecked Sendable {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
      unsafe self.pointer = pointer
    }
  }

  private let free = Mutex<[Context]>([])
  private let make: @Sendable () -> Context
  private let dispose: @Sendable (Context) -> Void

  init(
    make: @escaping @Sendable () -> Context, dispose: @escaping @Sendable (Context) -> Void
  ) {
    self.make = make
    self.dispose = dispose
  }

  deinit {
    free.withLock { contexts in contexts.forEach(dispose) }
  }

  func use<T>(_ body: (Context) -> T) -> T {
    let context = free.withLock { $0.popLast() } ?? make()
    defer { free.withLock { $0.append(context) } }
    return body(context)
  }
}
