extension Rule {
  /// The signs that are asked for beside the rule's own.
  package var conditions: [Signs] {
    let takings = takings + readings.flatMap(\.takings)
    let findings =
      places.map(\.finding) + readings.flatMap(\.files)
      + readings.flatMap(\.includes).flatMap(\.files)
      + takings.flatMap(\.wants).flatMap(\.findings)
    return takings.map(\.condition) + findings.flatMap(\.conditions)
  }
}

extension Finding {
  fileprivate var conditions: [Signs] {
    let inner: [Finding] =
      switch origin {
      case .path, .constant, .text, .after, .above: []
      case .entry(let files, _, _): files
      case .all(let findings), .first(let findings): findings
      }
    return (filter.namedBy.map { [$0] } ?? []) + inner.flatMap(\.conditions)
  }
}
