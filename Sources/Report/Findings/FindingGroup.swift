internal import Check
internal import FileTree

/// Findings of one object that differ in nothing but a symbol or a version: they are told together.
struct FindingGroup {
  private(set) var findings: [SharedFinding]

  var first: SharedFinding { findings[0] }

  var severity: Severity { first.finding.severity }

  /// Puts a finding to others of its kind, or behind them.
  static func add(_ shared: SharedFinding, to groups: inout [FindingGroup]) {
    if let place = groups.firstIndex(where: { $0.takes(shared) }) {
      groups[place].findings.append(shared)
    } else {
      groups.append(FindingGroup(findings: [shared]))
    }
  }

  private func takes(_ shared: SharedFinding) -> Bool {
    guard let key = Self.key(of: shared.finding.problem), shared.programs == first.programs,
      shared.finding.severity == first.finding.severity
    else { return false }
    return key == Self.key(of: first.finding.problem)
  }

  /// What findings of one group have in common; nil for one that stands alone.
  private static func key(of problem: Problem) -> [ByteString?]? {
    switch problem {
    case .undefinedSymbol(_, _, let library, let missing): ["symbol", library, missing]
    case .missingVersion(_, let library, let isWeak):
      ["version", library, isWeak ? "weak" : "strong"]
    default: nil
    }
  }

  /// What is listed below the message.
  var symbols: [String] {
    if case .releaseFloor(let floor, _) = first.finding.problem {
      return floor.symbols.map { Problem.symbol($0, nil) }
    }
    guard findings.count > 1 else { return [] }
    return findings.compactMap { shared in
      switch shared.finding.problem {
      case .undefinedSymbol(let name, let version, _, _): Problem.symbol(name, version)
      case .missingVersion(let version, _, _): version.description
      default: nil
      }
    }
  }

  var message: String {
    guard findings.count > 1 else { return first.finding.problem.message }
    switch first.finding.problem {
    case .undefinedSymbol(_, _, let library, let missing):
      return "\(findings.count) symbols are undefined" + Problem.expectation(library, missing)
    case .missingVersion(_, let library, let isWeak):
      return "\(library) lacks \(findings.count) versions"
        + (isWeak ? ", which it can do without" : "")
    default: return first.finding.problem.message
    }
  }

  var remedy: String { first.finding.problem.remedy }
}
