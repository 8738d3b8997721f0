internal import Check
package import FileTree

/// Findings in the format by which code hosts show them.
///
/// Source: OASIS "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".
package struct SarifDocument: Encodable {
  private let schema = "https://json.schemastore.org/sarif-2.1.0.json"
  private let version = "2.1.0"
  private let runs: [Run]

  private enum CodingKeys: String, CodingKey {
    case schema = "$schema"
    case version, runs
  }

  /// - Parameters:
  ///   - reports: each becomes a run.
  ///   - toolVersion: of this program.
  package init(_ reports: [RootReport], toolVersion: String) {
    runs = reports.map { item in
      Run(
        tool: Tool(
          driver: Driver(
            name: "rootfs-pack", version: toolVersion,
            rules: Rule.allCases.map { Descriptor($0) })),
        results: item.report.findings.findings.map { Result($0, uri: item.uri) },
        invocations: [Invocation(item.faults)])
    }
  }

  private struct Run: Encodable {
    let tool: Tool
    let results: [Result]
    let invocations: [Invocation]
    let columnKind = "utf16CodeUnits"

    private enum CodingKeys: String, CodingKey { case tool, results, invocations, columnKind }
  }

  /// Section 3.20, "invocation object": what kept the check from being whole.
  private struct Invocation: Encodable {
    let executionSuccessful: Bool
    let toolExecutionNotifications: [Notification]

    struct Notification: Encodable {
      let level: String
      let message: Message
    }

    init(_ faults: [CheckFault]) {
      executionSuccessful = faults.isEmpty
      toolExecutionNotifications = faults.map {
        Notification(level: "error", message: Message(text: $0.label + ": " + $0.message))
      }
    }
  }

  private struct Tool: Encodable { let driver: Driver }

  private struct Driver: Encodable {
    let name: String
    let version: String
    let rules: [Descriptor]
  }

  private struct Message: Encodable { let text: String }

  /// `reportingDescriptor`.
  private struct Descriptor: Encodable {
    let id: String
    let shortDescription: Message
    let defaultConfiguration: Configuration

    struct Configuration: Encodable { let level: String }

    init(_ rule: Rule) {
      id = rule.rawValue
      shortDescription = Message(text: rule.summary)
      defaultConfiguration = Configuration(level: rule.severity.sarifLevel)
    }
  }

  private struct Result: Encodable {
    let ruleId: String
    let ruleIndex: Int
    let level: String
    let message: Message
    let locations: [Location]
    let partialFingerprints: [String: String]
    let properties: Properties

    struct Properties: Encodable {
      let severity: String
      let evidence: EvidenceDocument
      let chain: [String]
      let programs: [String]
    }

    init(_ shared: SharedFinding, uri: (RootPath) -> String) {
      let finding = shared.finding
      ruleId = finding.rule.rawValue
      ruleIndex = Rule.allCases.firstIndex(of: finding.rule) ?? 0
      level = finding.severity.sarifLevel
      let (object, problem) = (finding.object, finding.problem)
      message = Message(
        text: "\(object.path): \(problem.message). To mend it: \(problem.remedy).")
      let place = uri(object.real)
      locations = [Location(uri: place)]
      partialFingerprints = [
        "rootfsPackFinding/v1": SarifDocument.fingerprint([ruleId, place] + problem.identity)
      ]
      properties = Properties(
        severity: finding.severity.rawValue, evidence: EvidenceDocument(finding.problem),
        chain: finding.chain.map(\.description), programs: shared.programs.map(\.description))
    }
  }

  private struct Location: Encodable {
    let physicalLocation: Physical

    struct Physical: Encodable {
      let artifactLocation: Artifact
      let region = Region()

      private enum CodingKeys: String, CodingKey { case artifactLocation, region }
    }

    struct Artifact: Encodable { let uri: String }

    /// Code hosts want a line; a program has none.
    struct Region: Encodable {
      let startLine = 1

      private enum CodingKeys: String, CodingKey { case startLine }
    }

    init(uri: String) {
      physicalLocation = Physical(artifactLocation: Artifact(uri: uri))
    }
  }

  /// The same for the same words everywhere: FNV-1a, which has no secrets to keep.
  private static func fingerprint(_ words: [String]) -> String {
    let hash = words.joined(separator: "\n").utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01B3
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

extension Severity {
  /// SARIF 2.1.0, section 3.27.10, "level property".
  fileprivate var sarifLevel: String {
    switch self {
    case .fails, .gate: "error"
    case .weakens: "warning"
    case .notes: "note"
    }
  }
}

extension Problem {
  /// What tells findings of one rule and one object apart, wherever the tree lies.
  fileprivate var identity: [String] {
    switch self {
    case .missingLibrary(let name, _, _), .missingBaseline(let name, _, _, _),
      .unusedLibrary(let name), .shadowedLibrary(let name, _, _, _),
      .sameSoname(let name, _), .notInPath(let name, _), .unversionedLibrary(let name),
      .privateVersion(let name):
      [name.description]
    case .undefinedSymbol(let name, let version, _, _): [Problem.symbol(name, version)]
    case .missingVersion(let version, let library, _): [version.description, library.description]
    case .unsafeSearchPath(_, let element, _): [element.description]
    case .releaseFloor(let floor, _): [floor.version.description]
    default: []
    }
  }
}

extension ByteString {
  /// A path as a URI reference: every byte but letters, digits and some marks stands as `%NN`.
  ///
  /// Source: RFC 3986, section 2.1; a colon is left out since it may end a scheme.
  package var percentEncoded: String {
    bytes.map { byte in
      let scalar = Unicode.Scalar(byte)
      let isPlain =
        (scalar.properties.isAlphabetic || scalar.properties.numericType != nil) && byte < 0x80
        || "/-._~".unicodeScalars.contains(scalar)
      if isPlain { return String(Character(scalar)) }
      let digits = String(byte, radix: 16, uppercase: true)
      return "%" + (digits.count == 1 ? "0" : "") + digits
    }.joined()
  }
}
