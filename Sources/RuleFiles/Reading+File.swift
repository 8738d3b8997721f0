internal import Rules
internal import Toml

extension Reading {
  /// The tables `[[read]]`.
  static func all(
    _ reader: inout TableReader, _ scope: Scope
  ) throws(RuleFileError) -> [Reading] {
    var readings: [Reading] = []
    for table in try reader.tables("read") { readings.append(try Reading(table, scope)) }
    return readings
  }

  private init(_ table: TableReader, _ scope: Scope) throws(RuleFileError) {
    var table = table
    let files = try Finding.list("file", of: &table, scope)
    guard !files.isEmpty else { throw table.error("is missing", at: "file") }
    guard let grammar = try table.word("grammar", Grammar.self) else {
      throw table.error("is missing", at: "grammar")
    }
    var includes: [Include] = []
    for inner in try table.tables("include") { includes.append(try Include(inner, scope)) }
    var definitions: [Definition] = []
    for inner in try table.tables("define") { definitions.append(try Definition(inner, scope)) }
    self.init(
      files: files, grammar: grammar, purpose: try table.text("purpose"),
      isHint: try table.flag("hint"), isPacked: try table.flag("packed", or: true),
      includes: includes, definitions: definitions,
      takings: try Taking.all(&table, scope.withEntry))
    guard purpose != nil || !takings.isEmpty || !definitions.isEmpty else {
      throw table.error("has neither a purpose nor [[read.take]]: nothing would come of it")
    }
    try table.finish()
  }
}

extension Reading.Include {
  fileprivate init(_ table: TableReader, _ scope: Scope) throws(RuleFileError) {
    var table = table
    self.init(try Selection(&table), try Finding.list("file", of: &table, scope.withEntry))
    guard !files.isEmpty else { throw table.error("is missing", at: "file") }
    guard selection != Selection() else { throw table.error("is missing", at: "key") }
    try table.finish()
  }
}

extension Reading.Definition {
  fileprivate init(_ table: TableReader, _ scope: Scope) throws(RuleFileError) {
    var table = table
    let scope = scope.withEntry
    let place = try table.text("place")
    if let place, !scope.places.contains(place) {
      throw table.error("is \"\(place)\", which is no place of this rule", at: "place")
    }
    let name = try table.template("name", scope) ?? "{key}"
    self.init(
      try Selection(&table), place.map { .place($0) } ?? .variable(name),
      value: try table.template("is", scope) ?? "{value}")
    try table.finish()
  }
}

extension Selection {
  init(_ table: inout TableReader) throws(RuleFileError) {
    var pairs: [Pair] = []
    if var having = try table.table("having") {
      for key in having.keys { pairs.append(Pair(key, try having.required(key))) }
    }
    self.init(
      keys: try table.texts("key"), values: try table.texts("value"),
      sections: try table.texts("section"), having: pairs, separator: try table.text("split"),
      after: try table.texts("after"))
  }
}
