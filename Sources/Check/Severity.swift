/// How bad a finding is, the worst first.
package enum Severity: String, CaseIterable, Comparable, Sendable {
  /// Something fails at run time: the start, or a call.
  case fails
  /// What the user demands isn't so.
  case gate
  /// It runs, and an attacker has it easier.
  case weakens
  /// It runs; somebody should know all the same.
  case notes

  /// The worse one comes first.
  package static func < (left: Severity, right: Severity) -> Bool {
    left.rank < right.rank
  }

  private var rank: Int {
    switch self {
    case .fails: 0
    case .gate: 1
    case .weakens: 2
    case .notes: 3
    }
  }

  /// Whether the check as a whole fails.
  package var isFatal: Bool { self == .fails || self == .gate }
}
