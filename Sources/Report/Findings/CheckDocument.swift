internal import Check
internal import FileTree

/// The JSON of `check`; same rules as for ``InspectDocument``.
package struct CheckDocument: Encodable {
  let schemaVersion: Int
  /// Where files were looked for that no bundle holds.
  let root: String
  private(set) var programs: [Program] = []
  /// The highest of all programs, of each bundle.
  private(set) var floors: [Floor] = []
  private(set) var findings: [Entry] = []
  /// Why the exit code tells of an error, beside what fails among the findings.
  private(set) var faults: [CheckFault] = []

  struct Program: Encodable {
    /// The archive or image that it is in, and what the image is called by; null for one that was named by
    /// itself.
    @Nullable var bundle: String?
    @Nullable var image: String?
    let path: String
    /// Whether something of it fails, or isn't as it was demanded.
    let fails: Bool
    let floors: [Floor]
  }

  struct Floor: Encodable {
    @Nullable var bundle: String?
    @Nullable var image: String?
    let package: String
    let release: String
    let version: String
    let library: String
    let symbols: [String]
    let object: String
    /// From the program to the object.
    let chain: [String]

    init(_ raise: FloorRaise, of report: RootReport) {
      _bundle = Nullable(wrappedValue: report.bundle)
      _image = Nullable(wrappedValue: report.image)
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
    @Nullable var bundle: String?
    @Nullable var image: String?
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

    init(_ shared: SharedFinding, of report: RootReport) {
      _bundle = Nullable(wrappedValue: report.bundle)
      _image = Nullable(wrappedValue: report.image)
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

  /// - Parameters:
  ///   - reports: one for each root.
  ///   - root: the place on the host of the one that is no bundle.
  package init(_ reports: [RootReport], root: String) {
    schemaVersion = InspectDocument.schemaVersion
    self.root = root
    for item in reports {
      programs += item.report.programs.map { program in
        Program(
          bundle: Nullable(wrappedValue: item.bundle), image: Nullable(wrappedValue: item.image),
          path: program.path.description, fails: program.isFatal,
          floors: program.floors.map { Floor($0, of: item) })
      }
      floors += item.report.floors.map { Floor($0, of: item) }
      findings += item.report.findings.findings.map { Entry($0, of: item) }
      faults += item.faults
    }
  }
}
