internal import CLinux
internal import Glibc

/// Signals that ask the process to end, held back so that a run can answer them in order.
struct SignalMask: Sendable {
  private let signals: [Int32]

  /// A signal that is ignored from the start, as under `nohup`, stays ignored.
  init() {
    signals = [SIGINT, SIGTERM, SIGHUP].filter { clinux_is_ignored($0) == 0 }
  }

  /// Runs `body` while the signals wait; ``pending`` tells of one that came.
  func holding<T, E: Error>(_ body: () throws(E) -> T) throws(E) -> T {
    var blocked = sigset_t()
    var previous = sigset_t()
    unsafe sigemptyset(&blocked)
    for signal in signals { unsafe sigaddset(&blocked, signal) }
    unsafe sigprocmask(SIG_BLOCK, &blocked, &previous)
    let result = Result { () throws(E) in try body() }
    // After a failure the signal that caused it stays blocked: the exit code tells of it.
    if case .success = result {
      // One that came when everything was done has nothing to end.
      var nothing = timespec()
      while pending != nil, unsafe sigtimedwait(&blocked, nil, &nothing) > 0 {}
      unsafe sigprocmask(SIG_SETMASK, &previous, nil)
    }
    return try result.get()
  }

  /// The signal that waits, if there is one.
  var pending: Int32? {
    var waiting = sigset_t()
    guard unsafe sigpending(&waiting) == 0 else { return nil }
    return signals.first { unsafe sigismember(&waiting, $0) == 1 }
  }
}
