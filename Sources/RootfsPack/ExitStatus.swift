internal import ArgumentParser

/// What the command's end says to its caller.
enum ExitStatus: Hashable {
  case done
  /// Findings that break the program, such as a missing library.
  case findings
  case usage
  /// An input that can't be read, or an error of the system.
  case failure
  /// Ended by a signal; the number that a shell would show.
  case interrupted(Int32)

  var rawValue: Int32 {
    switch self {
    case .done: 0
    case .findings: 1
    case .usage: 2
    case .failure: 3
    case .interrupted(let signal): 128 + signal
    }
  }

  var code: ExitCode { ExitCode(rawValue) }
}

extension ExitStatus: Comparable {
  /// What weighs more comes later: of several, the last is the end's.
  static func < (left: ExitStatus, right: ExitStatus) -> Bool { left.rawValue < right.rawValue }
}
