internal import ArgumentParser

/// What the command's end says to its caller.
enum ExitStatus: Int32 {
  case done = 0
  /// Findings that break the program, such as a missing library.
  case findings = 1
  case usage = 2
  /// An input that can't be read, or an error of the system.
  case failure = 3

  var code: ExitCode { ExitCode(rawValue) }
}
