/// What the user demands, and what is told.
package struct CheckPolicy: Sendable {
  /// The newest glibc that an object may need.
  package var maximumGlibc: Release?
  /// The newest release of GCC whose libraries an object may need.
  package var maximumGCC: Release?
  /// The highest level of x86-64 that an object may need: 1 for the baseline.
  package var maximumLevel: Int?
  package var required: Set<HardeningProperty> = []
  /// Whether every lack of hardening is told, demanded or not.
  package var tellsHardening = false
  /// Rules whose findings aren't told.
  package var ignored: Set<Rule> = []

  package init() {}

  /// How bad it is to lack a property; nil if that isn't told.
  func severity(without property: HardeningProperty) -> Severity? {
    if required.contains(property) { return .gate }
    return tellsHardening || property.isAlwaysTold ? property.rule.severity : nil
  }
}
