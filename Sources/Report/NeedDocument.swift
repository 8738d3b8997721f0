internal import Discovery
internal import FileTree

/// One need in a JSON document.
struct NeedDocument: Encodable {
  /// The preset that turns it on and off, or `dlopen` or `guess`.
  let topic: String
  /// `requested`, `noted`, `implied`, `registered` or `guessed`.
  let grade: String
  /// Of a `dlopen` note; null for anything else.
  @Nullable var priority: String?
  /// Whether the program fails without it.
  let essential: Bool
  let purpose: String
  let evidence: [Sighting]
  let wishes: [Request]
  /// `packed`, `present`, `hint`, `left-out` or `absent`.
  let outcome: String
  /// What brings it, or what left it out.
  @Nullable var flag: String?
  /// What was found for it.
  let found: [String]

  struct Sighting: Encodable {
    @Nullable var file: String?
    /// `symbol`, `soname`, `note`, `string`, `line`, `metadata` or `option`.
    let kind: String
    @Nullable var text: String?
    /// In bytes from the file's beginning.
    @Nullable var offset: UInt64?
    @Nullable var line: Int?
  }

  struct Request: Encodable {
    /// `library`, `path`, `directory` or `generated`.
    let kind: String
    /// The alternatives of a library, or one path.
    let names: [String]
    @Nullable var caller: String?
    @Nullable var destination: String?
    /// `UID:GID` of a directory that belongs to somebody.
    @Nullable var owner: String?
  }
}

extension NeedDocument {
  init(_ need: FoundNeed) {
    topic = need.topic.name
    if case .noted(let priority) = need.grade {
      grade = "noted"
      _priority = Nullable(wrappedValue: "\(priority)")
    } else {
      grade = need.grade.description
      _priority = Nullable()
    }
    essential = need.isEssential
    purpose = need.purpose
    evidence = need.evidence.map { Sighting($0) }
    wishes = need.wishes.map { Request($0) }
    found = need.found.map(\.description)
    switch need.outcome {
    case .packed: (outcome, _flag) = ("packed", Nullable())
    case .present: (outcome, _flag) = ("present", Nullable())
    case .hint(let flag): (outcome, _flag) = ("hint", Nullable(wrappedValue: flag))
    case .leftOut(let flag): (outcome, _flag) = ("left-out", Nullable(wrappedValue: flag))
    case .given: (outcome, _flag) = ("given", Nullable())
    case .absent: (outcome, _flag) = ("absent", Nullable())
    }
  }
}

extension NeedDocument.Sighting {
  init(_ evidence: Evidence) {
    _file = Nullable(wrappedValue: evidence.file?.description)
    var (text, offset, line): (String?, UInt64?, Int?) = (nil, nil, nil)
    switch evidence.mark {
    case .symbol(let name): (kind, text) = ("symbol", name.description)
    case .soname(let name): (kind, text) = ("soname", name.description)
    case .note(let place): (kind, offset) = ("note", place)
    case .string(let string, let place):
      (kind, text, offset) = ("string", string.description, place)
    case .text(let string): (kind, text) = ("string", string.description)
    case .line(let number): (kind, line) = ("line", number)
    case .metadata(let name): (kind, text) = ("metadata", name.description)
    case .package(let name): (kind, text) = ("package", name.description)
    case .option(let option): (kind, text) = ("option", option.description)
    }
    _text = Nullable(wrappedValue: text)
    _offset = Nullable(wrappedValue: offset)
    _line = Nullable(wrappedValue: line)
  }
}

extension NeedDocument.Request {
  init(_ wish: Wish) {
    _caller = Nullable()
    _destination = Nullable()
    _owner = Nullable()
    switch wish {
    case .library(let names, let caller):
      kind = "library"
      self.names = names.map(\.description)
      _caller = Nullable(wrappedValue: caller?.description)
    case .path(let source, let place):
      kind = "path"
      names = [source.description]
      _destination = Nullable(wrappedValue: place?.description)
    case .directory(let path, _, let owner):
      kind = "directory"
      names = [path.description]
      _owner = Nullable(wrappedValue: owner.map { "\($0.user):\($0.group)" })
    case .generated(let path, _), .lines(let path, _):
      kind = "generated"
      names = [path.description]
    }
  }
}
