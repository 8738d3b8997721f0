internal import Rules
internal import Toml

extension Place {
  /// The places of a table, sorted by name.
  static func all(_ reader: TableReader, _ scope: Scope) throws(RuleFileError) -> [Place] {
    var reader = reader
    var places: [Place] = []
    for key in reader.keys {
      guard RuleFile.isName(key), key.utf8.contains(where: { $0 > UInt8(ascii: "9") }),
        !Scope.own.contains(key), !Scope.entry.contains(key)
      else {
        throw reader.error(
          "can't be a place's name: small letters, digits and hyphens, and none of "
            + (Scope.own + Scope.entry).joined(separator: ", "), at: key)
      }
      guard let finding = try Finding.one(key, of: &reader, scope) else { continue }
      places.append(Place(key, finding))
    }
    for place in places {
      var seen: Set<String> = []
      if leads(place.name, to: place.name, places, &seen) {
        throw reader.error("asks for itself, by way of others or at once", at: place.name)
      }
    }
    return places
  }

  private static func leads(
    _ name: String, to target: String, _ places: [Place], _ seen: inout Set<String>
  ) -> Bool {
    guard let place = places.first(where: { $0.name == name }) else { return false }
    for next in place.finding.names where next == target || seen.insert(next).inserted {
      if next == target || leads(next, to: target, places, &seen) { return true }
    }
    return false
  }
}

extension Finding {
  /// The names that templates in it ask for.
  fileprivate var names: [String] {
    func names(_ templates: [String]) -> [String] {
      templates.flatMap { (try? Template($0))?.names ?? [] }
    }
    let own: [String] =
      switch origin {
      case .path(let template): names([template])
      case .constant, .text, .after: []
      case .above(let template, let has): names([template] + has)
      case .entry(let files, _, _): files.flatMap(\.names)
      case .all(let findings), .first(let findings): findings.flatMap(\.names)
      }
    return own + names(filter.has + filter.same + filter.differs)
  }

  /// What stands at a key: a template, a table, or an array of them, all of which count.
  static func one(
    _ key: String, of reader: inout TableReader, _ scope: Scope
  ) throws(RuleFileError) -> Finding? {
    guard let node = reader.node(key) else { return nil }
    return try make(node, key, reader, scope)
  }

  /// The same as a list; an array stands for its elements.
  static func list(
    _ key: String, of reader: inout TableReader, _ scope: Scope
  ) throws(RuleFileError) -> [Finding] {
    guard let finding = try one(key, of: &reader, scope) else { return [] }
    if case .all(let findings) = finding.origin { return findings }
    return [finding]
  }

  private static func make(
    _ node: TomlNode, _ key: String, _ reader: TableReader, _ scope: Scope
  ) throws(RuleFileError) -> Finding {
    switch node.value {
    case .text(let text) where !text.isEmpty:
      try scope.check(text, reader, key)
      return Finding(.path(text))
    case .list(let elements) where !elements.isEmpty:
      return Finding(.all(try make(elements, key, reader, scope)))
    case .table:
      var table = try TableReader(file: reader.file, name: reader.path(key), node)
      let finding = Finding(try origin(&table, scope), try Filter(&table, scope))
      try table.finish()
      return finding
    default:
      throw reader.error(
        "must be a string, a table or an array of them, and not empty", at: key)
    }
  }

  private static func make(
    _ nodes: [TomlNode], _ key: String, _ reader: TableReader, _ scope: Scope
  ) throws(RuleFileError) -> [Finding] {
    var findings: [Finding] = []
    for node in nodes { findings.append(try make(node, key, reader, scope)) }
    return findings
  }

  private static func origin(
    _ table: inout TableReader, _ scope: Scope
  ) throws(RuleFileError) -> Origin {
    let kinds = ["path", "constant", "text", "after", "above", "entry", "first", "all"]
    let found = kinds.filter { table.has($0) }
    guard let kind = found.first, found.count == 1 else {
      throw table.error("must have one of \(kinds.joined(separator: ", "))")
    }
    switch kind {
    case "path": return .path(try table.template(kind, scope) ?? "")
    case "constant": return .constant(try table.texts(kind))
    case "text": return .text(try table.texts(kind))
    case "after": return .after(try table.texts(kind))
    case "above":
      let start = try table.template(kind, scope) ?? ""
      let has = try table.templates("has", scope)
      guard !has.isEmpty else { throw table.error("is missing beside \"above\"", at: "has") }
      return .above(start, has: has)
    case "entry":
      let files = try list(kind, of: &table, scope)
      guard let grammar = try table.word("grammar", Grammar.self) else {
        throw table.error("is missing beside \"entry\"", at: "grammar")
      }
      return .entry(files: files, grammar: grammar, try Selection(&table))
    default:
      let parts = try list(kind, of: &table, scope)
      return kind == "first" ? .first(parts) : .all(parts)
    }
  }
}

extension Finding.Filter {
  fileprivate init(_ table: inout TableReader, _ scope: Scope) throws(RuleFileError) {
    let isAbove = table.has("above")
    self.init(
      kind: try table.word("is", Finding.Kind.self),
      has: isAbove ? [] : try table.templates("has", scope), except: try table.texts("except"),
      same: try table.templates("same", scope), differs: try table.templates("differs", scope),
      named: try table.text("named"), namedBy: try Signs.optional("by", of: &table),
      hidesNames: try table.flag("hides"))
    if named == nil, namedBy != nil {
      throw table.error("is of use beside \"named\" only", at: "by")
    }
    if let named, named.filter({ $0 == "*" }).count != 1 {
      throw table.error("must have one star", at: "named")
    }
  }
}

extension Signs {
  fileprivate static func optional(
    _ key: String, of reader: inout TableReader
  ) throws(RuleFileError) -> Signs? {
    let signs = try Signs(key, of: &reader)
    return signs.isEmpty ? nil : signs
  }
}
