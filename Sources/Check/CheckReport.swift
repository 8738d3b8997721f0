package import FileTree

/// What checking many programs of one root came to.
package struct CheckReport: Sendable {
  /// One file that was checked.
  package struct Program: Sendable {
    /// In-root, as it was named.
    package let path: ByteString
    /// What raises the floor of each package most.
    package let floors: [FloorRaise]
    /// Whether something of it fails.
    package let isFatal: Bool
  }

  package private(set) var findings = FindingList()
  /// In the order in which they were checked.
  package private(set) var programs: [Program] = []
  /// The highest floors of all.
  package private(set) var floors: [FloorRaise] = []

  package init() {}

  package mutating func add(_ checked: CheckedProgram, at path: ByteString) {
    add(checked.findings, of: path)
    programs.append(
      Program(
        path: path, floors: checked.floors,
        isFatal: checked.findings.contains { $0.severity.isFatal }))
    for raise in checked.floors {
      if let known = floors.firstIndex(where: { $0.floor.package == raise.floor.package }) {
        if floors[known].floor.release < raise.floor.release { floors[known] = raise }
      } else {
        floors.append(raise)
      }
    }
  }

  /// Findings that no single program makes.
  package mutating func add(_ more: [Finding], of path: ByteString) {
    findings.add(more, of: path)
  }
}
