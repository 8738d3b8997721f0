package import FileTree

/// A finding with all programs that it was made in.
package struct SharedFinding: Sendable {
  package let finding: Finding
  /// As they were named, in the order in which they were checked.
  package internal(set) var programs: [ByteString]
}

/// The findings of many programs, each once: what is wrong with a library is wrong in all that load it.
package struct FindingList: Sendable {
  /// In the order in which they were first made.
  package private(set) var findings: [SharedFinding] = []
  private var places: [Key: Int] = [:]

  /// The way to the object is one of many.
  private struct Key: Hashable {
    let problem: Problem
    let severity: Severity
    let real: RootPath
  }

  package init() {}

  package mutating func add(_ found: [Finding], of program: ByteString) {
    for finding in found {
      let key = Key(
        problem: finding.problem, severity: finding.severity, real: finding.object.real)
      if let place = places[key] {
        if findings[place].programs.last != program { findings[place].programs.append(program) }
      } else {
        places[key] = findings.count
        findings.append(SharedFinding(finding: finding, programs: [program]))
      }
    }
  }

  package var isFatal: Bool { findings.contains { $0.finding.severity.isFatal } }

  package func count(of severity: Severity) -> Int {
    findings.count { $0.finding.severity == severity }
  }
}
