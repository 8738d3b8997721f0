package import FileTree

/// One thing that is wrong with one object.
package struct Finding: Hashable, Sendable {
  package let problem: Problem
  package let severity: Severity
  package let object: FoundObject
  /// Objects by whose requests it is loaded: the program first, itself last. Paths as the loader opens
  /// them.
  package let chain: [ByteString]

  package var rule: Rule { problem.rule }

  package init(
    _ problem: Problem, severity: Severity? = nil, object: FoundObject, chain: [ByteString]
  ) {
    self.problem = problem
    self.severity = severity ?? problem.rule.severity
    self.object = object
    self.chain = chain
  }
}

/// The object that a finding is about.
package struct FoundObject: Hashable, Sendable {
  /// As the loader opens it: links unresolved.
  package let path: ByteString
  /// In-root, links resolved.
  package let real: RootPath

  package init(path: ByteString, real: RootPath) {
    self.path = path
    self.real = real
  }
}

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
