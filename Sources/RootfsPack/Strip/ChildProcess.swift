internal import FileTree
internal import Glibc
internal import SystemPackage

/// A program of the host that is run and waited for, without a shell: arguments are passed as they are.
struct ChildProcess {
  enum Ending: Equatable {
    case exited(Int32)
    case killed(signal: Int32)
  }

  /// The program's host path: absolute.
  let program: ByteString
  /// Without the program's own name.
  let arguments: [ByteString]
  /// `NAME=value`: all that the program gets.
  let environment: [ByteString]

  /// Runs the program with nothing to read; what it says on both streams goes to a file.
  ///
  /// - Parameter output: a host path; a file there is replaced.
  func run(output: ByteString) throws(Errno) -> Ending {
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
    try check(unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK)))

    var child = pid_t()
    let result = unsafe Self.withCStrings([program] + arguments) { arguments in
      unsafe Self.withCStrings(environment) { environment in
        unsafe program.withCString { program in
          unsafe posix_spawn(&child, program, &actions, &attributes, arguments, environment)
        }
      }
    }
    try check(result)
    return try Self.wait(for: child)
  }

  private static func wait(for child: pid_t) throws(Errno) -> Ending {
    var status: Int32 = 0
    while unsafe waitpid(child, &status, 0) < 0 {
      guard errno == EINTR else { throw Errno(rawValue: errno) }
    }
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
