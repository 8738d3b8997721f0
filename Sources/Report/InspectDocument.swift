internal import ELF
internal import FileTree
package import Loader

/// The JSON of `inspect`: a contract. Fields may be added; a renamed or dropped one raises
/// ``schemaVersion``.
///
/// Paths are in-root. Text is UTF-8; a byte that isn't stands as `\xNN`.
package struct InspectDocument: Encodable {
  package static let currentSchemaVersion = 1

  let schemaVersion: Int
  /// The root's place on the host.
  let root: String
  let subjects: [Subject]

  package init(root: String, graphs: [ClosureGraph]) {
    schemaVersion = Self.currentSchemaVersion
    self.root = root
    subjects = graphs.map { Subject($0) }
  }

  struct Subject: Encodable {
    let path: String
    let linkage: String
    let machine: String
    let `class`: Int
    let byteOrder: String
    let loader: String
    @Nullable var interpreter: String?
    let complete: Bool
    let objects: [Object]
    let missing: [Missing]
  }

  struct Object: Encodable {
    let path: String
    let realPath: String
    @Nullable var soname: String?
    let size: UInt64
    let requests: [Request]
  }

  struct Request: Encodable {
    let name: String
    let by: String
    let rule: String
  }

  struct Missing: Encodable {
    let name: String
    let by: String
    let tried: [Attempt]
  }

  struct Attempt: Encodable {
    let path: String
    let rule: String
    let outcome: String
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

extension InspectDocument.Subject {
  init(_ graph: ClosureGraph) {
    let subject = graph.subject
    let header = subject.image.header
    path = subject.openedPath.description
    linkage = subject.image.linkage.rawValue
    machine = header.machine.description
    `class` = header.elfClass.bits
    byteOrder = header.dataEncoding == .littleEndian ? "little" : "big"
    loader = graph.libc?.rawValue ?? "none"
    _interpreter = Nullable(wrappedValue: subject.image.interpreter?.description)
    complete = graph.isComplete
    let requests = Dictionary(grouping: graph.requests) { $0.object }
    objects = graph.objects.indices.dropFirst().map { index in
      InspectDocument.Object(graph, index, requests: requests[index] ?? [])
    }
    missing = graph.missing.map { InspectDocument.Missing(graph, $0) }
  }
}

extension InspectDocument.Object {
  init(_ graph: ClosureGraph, _ index: Int, requests: [LibraryRequest]) {
    let object = graph.objects[index]
    path = object.openedPath.description
    realPath = object.file.real.description
    _soname = Nullable(wrappedValue: object.image.dynamic?.soname?.description)
    size = object.file.status.size
    self.requests = requests.map { request in
      InspectDocument.Request(
        name: request.name.description,
        by: graph.objects[request.requester].openedPath.description,
        rule: request.rule?.rawValue ?? "")
    }
  }
}

extension InspectDocument.Missing {
  init(_ graph: ClosureGraph, _ request: LibraryRequest) {
    name = request.name.description
    by = graph.objects[request.requester].openedPath.description
    tried = request.attempts.map {
      InspectDocument.Attempt(
        path: $0.path.description, rule: $0.rule.rawValue, outcome: $0.outcome.description)
    }
  }
}
