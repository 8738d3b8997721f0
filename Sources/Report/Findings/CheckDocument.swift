package import Check
internal import FileTree

/// The JSON of `check`; same rules as for ``InspectDocument``.
package struct CheckDocument: Encodable {
  let schemaVersion: Int
  let root: String
  let programs: [Program]
  /// The highest of all programs.
  let floors: [Floor]
  let findings: [Entry]

  struct Program: Encodable {
    let path: String
    /// Whether something of it fails, or isn't as it was demanded.
    let fails: Bool
    let floors: [Floor]
  }

  struct Floor: Encodable {
    let package: String
    let release: String
    let version: String
    let library: String
    let symbols: [String]
    let object: String
    /// From the program to the object.
    let chain: [String]

    init(_ raise: FloorRaise) {
      package = raise.floor.package.rawValue
      release = raise.floor.release.description
      version = raise.floor.version.description
      library = raise.floor.library.description
      symbols = raise.floor.symbols.map(\.description)
      object = raise.object.path.description
      chain = raise.chain.map(\.description)
    }
  }

  struct Entry: Encodable {
    let rule: String
    let severity: String
    let object: String
    let realPath: String
    let message: String
    let evidence: EvidenceDocument
    /// From the first of the programs to the object.
    let chain: [String]
    let remedy: String
    let programs: [String]

    init(_ shared: SharedFinding) {
      let finding = shared.finding
      rule = finding.rule.rawValue
      severity = finding.severity.rawValue
      object = finding.object.path.description
      realPath = finding.object.real.description
      message = finding.problem.message
      evidence = EvidenceDocument(finding.problem)
      chain = finding.chain.map(\.description)
      remedy = finding.problem.remedy
      programs = shared.programs.map(\.description)
    }
  }

  /// - Parameter root: the root's place on the host.
  package init(_ report: CheckReport, root: String) {
    schemaVersion = InspectDocument.schemaVersion
    self.root = root
    programs = report.programs.map { program in
      Program(
        path: program.path.description, fails: program.isFatal,
        floors: program.floors.map { Floor($0) })
    }
    floors = report.floors.map { Floor($0) }
    findings = report.findings.findings.map { Entry($0) }
  }
}
