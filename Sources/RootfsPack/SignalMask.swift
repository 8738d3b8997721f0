internal import Glibc

/// Signals that ask the process to end.
enum SignalMask {
  /// Runs `body` while SIGINT, SIGTERM and SIGHUP wait, so that it can end in order when one comes.
  static func blockingEndSignals<T, E: Error>(_ body: () throws(E) -> T) throws(E) -> T {
    var blocked = sigset_t()
    var previous = sigset_t()
    unsafe sigemptyset(&blocked)
    for signal in [SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&blocked, signal) }
    unsafe sigprocmask(SIG_BLOCK, &blocked, &previous)
    let result = Result { () throws(E) in try body() }
    // After a failure the signal that caused it stays blocked: the exit code tells of it.
    if case .success = result { unsafe sigprocmask(SIG_SETMASK, &previous, nil) }
    return try result.get()
  }
}
