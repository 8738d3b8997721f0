internal import FileTree
internal import Glibc
internal import SystemPackage

/// A program of the host that is run and waited for, without a shell: arguments are passed as they are.
struct ChildProcess {
  enum Ending: Equatable {
    case exited(Int32)
    case killed(signal: Int32)
    /// It was stopped here, for a signal that asks this process for the end.
    case interrupted(signal: Int32)
  }

  /// The program's host path: absolute.
  let program: ByteString
  /// Without the program's own name.
  let arguments: [ByteString]
  /// `NAME=value`: all that the program gets.
  let environment: [ByteString]

  /// Runs the program with nothing to read; what it says on both streams goes to a file.
  ///
  /// - Parameters:
  ///   - output: a host path; a file there is replaced.
  ///   - interruption: asked again and again: the signal that asks for the end, if one came. Then the
  ///     program is killed, with all that it has started and that didn't leave its process group.
  func run(output: ByteString, interruption: () -> Int32?) throws(Errno) -> Ending {
    var actions = unsafe posix_spawn_file_actions_t()
    try check(unsafe posix_spawn_file_actions_init(&actions))
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    try check(unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0))
    try check(
      unsafe output.withCString {
        unsafe posix_spawn_file_actions_addopen(
          &actions, 1, $0, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
      })
    try check(unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2))

    var attributes = posix_spawnattr_t()
    try check(unsafe posix_spawnattr_init(&attributes))
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    // A signal that waits in this process ends the child as ever.
    var noSignals = sigset_t()
    unsafe sigemptyset(&noSignals)
    try check(unsafe posix_spawnattr_setsigmask(&attributes, &noSignals))
    // This process ignores broken pipes to answer them itself; no other program expects that.
    var pipeSignal = sigset_t()
    unsafe sigemptyset(&pipeSignal)
    unsafe sigaddset(&pipeSignal, SIGPIPE)
    try check(unsafe posix_spawnattr_setsigdefault(&attributes, &pipeSignal))
    // A process group of its own: what it starts can be killed along with it.
    try check(unsafe posix_spawnattr_setpgroup(&attributes, 0))
    let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
    try check(unsafe posix_spawnattr_setflags(&attributes, Int16(flags)))

    var child = pid_t()
    let result = unsafe Self.withCStrings([program] + arguments) { arguments in
      unsafe Self.withCStrings(environment) { environment in
        unsafe program.withCString { program in
          unsafe posix_spawn(&child, program, &actions, &attributes, arguments, environment)
        }
      }
    }
    try check(result)
    return try Self.wait(for: child, interruption)
  }

  private static func wait(
    for child: pid_t, _ interruption: () -> Int32?
  ) throws(Errno) -> Ending {
    var status: Int32 = 0
    // In microseconds: most runs are short, and a long one isn't asked after too often.
    var pause: useconds_t = 250
    while true {
      switch unsafe waitpid(child, &status, WNOHANG) {
      case 0:
        if let signal = interruption() {
          kill(-child, SIGKILL)
          while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
          return .interrupted(signal: signal)
        }
        usleep(pause)
        pause = min(2 * pause, 20_000)
      case child: return ending(status)
      default:
        guard errno == EINTR else { throw Errno(rawValue: errno) }
      }
    }
  }

  private static func ending(_ status: Int32) -> Ending {
    // wait(2): the macros WIFEXITED, WEXITSTATUS and WTERMSIG.
    let signal = status & 0x7F
    return signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal: signal)
  }

  /// These functions return the error instead of setting `errno`.
  private func check(_ result: Int32) throws(Errno) {
    guard result == 0 else { throw Errno(rawValue: result) }
  }

  private static func withCStrings<R>(
    _ strings: [ByteString], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R
  ) -> R {
    var pointers = unsafe strings.map { unsafe $0.withCString { unsafe strdup($0) } } + [nil]
    defer { while let pointer = unsafe pointers.popLast() { unsafe free(pointer) } }
    return unsafe body(&pointers)
  }
}
