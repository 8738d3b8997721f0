package import Rules
internal import Toml

/// A file that says what is known of one family of programs, with what shows that it is right.
package struct RuleFile: Equatable, Sendable {
  package let rule: Rule
  package let tests: [RuleTest]

  /// In bytes; no family takes more.
  package static let sizeLimit = 1 << 16

  /// - Parameters:
  ///   - bytes: TOML.
  ///   - file: what to call the file in errors; its name without `.toml` is the rule's.
  package init(_ bytes: [UInt8], file: String) throws(RuleFileError) {
    let entries: [(key: String, node: TomlNode)]
    do {
      entries = try TomlDocument.read(bytes)
    } catch {
      throw RuleFileError(file: file, line: error.line, key: "", message: error.message)
    }
    var reader = TableReader(file: file, name: "", line: nil, entries)
    rule = try Self.rule(&reader)
    var tests: [RuleTest] = []
    for table in try reader.tables("test") { tests.append(try RuleTest(table)) }
    self.tests = tests
    try reader.finish()
  }

  private static func rule(_ reader: inout TableReader) throws(RuleFileError) -> Rule {
    let name = try name(of: reader)
    let sources = try reader.texts("source")
    guard !sources.isEmpty else {
      throw reader.error("is missing: where can the rule be looked up?", at: "source")
    }
    let signs = try signs(&reader)
    let table = try reader.table("places")
    let scope = Scope(places: Set(table?.keys ?? []))
    var places: [Place] = []
    if let table { places = try Place.all(table, scope) }
    let rule = Rule(
      name: name, topic: try reader.text("topic") ?? name, summary: try reader.text("summary"),
      sources: sources, signs: signs, places: places, readings: try Reading.all(&reader, scope),
      takings: try Taking.all(&reader, scope))
    guard !rule.takings.isEmpty || !rule.readings.isEmpty else {
      throw reader.error("has neither [[take]] nor [[read]]: nothing would come of it")
    }
    return rule
  }

  /// What every object is looked at for.
  private static func signs(_ reader: inout TableReader) throws(RuleFileError) -> Signs {
    guard var when = try reader.table("when") else {
      throw reader.error("is missing in the file", at: "when")
    }
    let signs = try Signs(&when)
    try when.finish()
    guard signs.texts.isEmpty else {
      throw when.error(
        "isn't looked for by itself; name a constant, a soname or a symbol", at: "text")
    }
    guard !signs.isEmpty else { throw when.error("says nothing") }
    for glob in signs.constants where ConstantSign.anchor(of: glob) == nil {
      throw when.error(
        "is \"\(glob)\", which has no slash with \(ConstantSign.letterCount) plain letters behind it",
        at: "constant")
    }
    return signs
  }

  private static func name(of reader: TableReader) throws(RuleFileError) -> String {
    let last = reader.file.split(separator: "/").last.map(String.init) ?? ""
    guard last.hasSuffix(".toml") else { throw reader.error("must have a name that ends in .toml") }
    let name = String(last.dropLast(".toml".count))
    guard isName(name) else {
      throw reader.error(
        "must have a name of small letters, digits and hyphens before .toml")
    }
    return name
  }

  /// Whether a text can name a rule or a place.
  static func isName(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
          UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }
}
