/// How bad a finding is.
package enum Severity: String, CaseIterable, Hashable, Sendable {
  /// Something fails at run time: the start, or a call.
  case fails
  /// What the user demands isn't so.
  case gate
  /// It runs, and an attacker has it easier.
  case weakens
  /// It runs; somebody should know all the same.
  case notes

  /// Whether the check as a whole fails.
  package var isFatal: Bool { self == .fails || self == .gate }
}
