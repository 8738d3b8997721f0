internal import Discovery
internal import ELF
internal import FileTree
internal import Loader

/// The JSON of `inspect`: a contract with whoever reads it.
///
/// Fields may be added; renaming or dropping one raises ``schemaVersion``. The document is written
/// piece by piece, so that its size doesn't count: opening, subjects, closing.
package struct InspectDocument {
  package static let schemaVersion = 1

  private let root: String
  private var isEmpty = true

  /// - Parameter root: the root's place on the host.
  package init(root: String) {
    self.root = root
  }

  package func opening() throws -> String {
    let root = try renderJSON(root).dropLast()
    return
      "{\n  \"root\" : \(root),\n  \"schemaVersion\" : \(Self.schemaVersion),\n  \"subjects\" : ["
  }

  /// - Parameter subject: what ``renderSubject(_:)`` gave.
  package mutating func next(_ subject: String) -> String {
    defer { isEmpty = false }
    return (isEmpty ? "\n" : ",\n") + subject
  }

  package func closing() -> String { "\n  ]\n}\n" }

  /// One subject, indented for its place in the document; may run beside others.
  package static func renderSubject(_ program: InspectedProgram) throws -> String {
    try renderJSON(InspectSubject(program)).split(separator: "\n")
      .map { "    " + $0 }.joined(separator: "\n")
  }

  /// One subject as a line of its own, which says what the document would.
  package static func renderLine(_ program: InspectedProgram, root: String) throws -> String {
    try renderJSON(
      InspectLine(root: root, subject: InspectSubject(program)), isPretty: false)
  }
}

/// A line of `--json-lines`: a subject's fields with the document's.
private struct InspectLine: Encodable {
  let root: String
  let subject: InspectSubject

  private enum Key: CodingKey {
    case schemaVersion, root
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(InspectDocument.schemaVersion, forKey: .schemaVersion)
    try container.encode(root, forKey: .root)
    try subject.encode(to: encoder)
  }
}

private struct InspectSubject: Encodable {
  let path: String
  let linkage: String
  let machine: String
  let `class`: Int
  let byteOrder: String
  let loader: String
  @Nullable var interpreter: String?
  @Nullable var buildID: String?
  /// Whether the loader ignores the environment, since the program has more rights than its caller.
  let secure: Bool
  /// The level that was assumed.
  let processor: String
  let complete: Bool
  let objects: [Object]
  let missing: [Missing]
  let passedOver: [Missing]
  /// What the run time brings, as the user says.
  let given: [Missing]
  let missingVersions: [MissingVersion]
  let beyondProcessor: [ProcessorNeed]
  /// What every processor of the machine loads; null where it is the same.
  @Nullable var baseline: Baseline?
  /// The programs that a script is started by, the last of which the other fields are about; null for
  /// an ELF file.
  @Nullable var interpreters: [Interpreter]?
  /// What `.note.package` says; null without one.
  @Nullable var package: PackageMetadata?
  /// What it asks for at run time, beyond what loads at its start.
  let needs: [NeedDocument]

  struct Interpreter: Encodable {
    let path: String
    @Nullable var argument: String?
    /// Whether `env` looks for it in PATH.
    let searched: Bool
  }

  struct Baseline: Encodable {
    let complete: Bool
    let objects: [Object]
    let missing: [Missing]
    let missingVersions: [MissingVersion]
  }

  struct Object: Encodable {
    let path: String
    let realPath: String
    @Nullable var soname: String?
    @Nullable var buildID: String?
    let size: UInt64
    let retainedSize: UInt64
    let namespace: String
    let requests: [Request]
  }

  struct Request: Encodable {
    let name: String
    let by: String
    let kind: String
    let rule: String
  }

  struct Missing: Encodable {
    let name: String
    let by: String
    let kind: String
    let tried: [Attempt]
  }

  struct Attempt: Encodable {
    let path: String
    let rule: String
    let outcome: String
  }

  struct MissingVersion: Encodable {
    let version: String
    let object: String
    let library: String
    let weak: Bool
  }

  struct ProcessorNeed: Encodable {
    let object: String
    let level: String
  }
}

/// Encodes nil as `null`, so that a key is always there.
@propertyWrapper
struct Nullable<Value: Encodable>: Encodable {
  var wrappedValue: Value?

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let wrappedValue {
      try container.encode(wrappedValue)
    } else {
      try container.encodeNil()
    }
  }
}

extension InspectSubject {
  fileprivate init(_ program: InspectedProgram) {
    let closures = program.closures
    let graph = closures.graph
    let subject = graph.subject
    let header = subject.image.header
    path = program.path.description
    linkage =
      program.script.map { $0.kind == .script ? "script" : "assembly" }
      ?? subject.image.linkage.rawValue
    _interpreters = Nullable(
      wrappedValue: program.script.map { script in
        script.steps.map { step in
          Interpreter(
            path: step.path.description,
            argument: Nullable(wrappedValue: step.argument?.description),
            searched: step.isSearched)
        }
      })
    _package = Nullable(wrappedValue: program.package)
    needs = program.needs.map { NeedDocument($0) }
    machine = header.machine.description
    `class` = header.elfClass.bits
    byteOrder = header.dataEncoding == .littleEndian ? "little" : "big"
    loader = graph.libc?.rawValue ?? graph.foreignLoader?.rawValue ?? "none"
    _interpreter = Nullable(wrappedValue: subject.image.interpreter?.description)
    _buildID = Nullable(wrappedValue: subject.image.buildID.map(hexadecimal))
    secure = graph.isSecure
    processor = graph.level?.description ?? "baseline"
    complete = graph.isComplete && program.missingOpenings.isEmpty
    objects = Object.all(of: graph)
    missing =
      graph.missing.map { Missing(graph, $0) }
      + program.missingOpenings.map { Missing(program.opened ?? graph, $0) }
    passedOver = graph.passedOver.map { Missing(graph, $0) }
    given = graph.given.map { Missing(graph, $0) }
    missingVersions = graph.unmetVersions.map { MissingVersion(graph, $0) }
    beyondProcessor = graph.objectsBeyondProcessor.map { index in
      ProcessorNeed(
        object: graph.objects[index].openedPath.description,
        level: renderISALevel(graph.objects[index].image.neededISALevels))
    }
    _baseline = Nullable(
      wrappedValue: closures.baseline.map { baseline in
        Baseline(
          complete: baseline.isComplete, objects: Object.all(of: baseline),
          missing: baseline.missing.map { Missing(baseline, $0) },
          missingVersions: baseline.unmetVersions.map { MissingVersion(baseline, $0) })
      })
  }
}

extension InspectSubject.Object {
  /// In the order in which symbols are searched, the subject left out.
  fileprivate static func all(of graph: ClosureGraph) -> [InspectSubject.Object] {
    let requests = Dictionary(grouping: graph.requests) { $0.object }
    let retained = graph.retainedSizes()
    return graph.order.filter { $0 != 0 }.map { index in
      InspectSubject.Object(
        graph, index, requests: requests[index] ?? [], retainedSize: retained[index])
    }
  }

  private init(
    _ graph: ClosureGraph, _ index: Int, requests: [LibraryRequest], retainedSize: UInt64
  ) {
    let object = graph.objects[index]
    path = object.openedPath.description
    realPath = object.file.real.description
    _soname = Nullable(wrappedValue: object.image.dynamic?.soname?.description)
    _buildID = Nullable(wrappedValue: object.image.buildID.map(hexadecimal))
    size = object.file.status.size
    self.retainedSize = retainedSize
    namespace = object.residence == .audit ? "audit" : "program"
    self.requests = requests.map { request in
      InspectSubject.Request(
        name: request.name.description,
        by: graph.objects[request.requester].openedPath.description,
        kind: request.kind.rawValue, rule: request.rule?.rawValue ?? "")
    }
  }
}

extension InspectSubject.Missing {
  fileprivate init(_ graph: ClosureGraph, _ request: LibraryRequest) {
    name = request.name.description
    by = graph.objects[request.requester].openedPath.description
    kind = request.kind.rawValue
    tried = request.attempts.map {
      InspectSubject.Attempt(
        path: $0.path.description, rule: $0.rule.rawValue, outcome: $0.outcome.description)
    }
  }
}

extension InspectSubject.MissingVersion {
  fileprivate init(_ graph: ClosureGraph, _ unmet: UnmetVersion) {
    version = unmet.version.description
    object = graph.objects[unmet.requester].openedPath.description
    library = graph.objects[unmet.provider].openedPath.description
    weak = unmet.isWeak
  }
}

/// Bytes as lower-case hexadecimal digits, as build ids are written.
private func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
