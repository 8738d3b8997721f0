internal import Rules
internal import Toml

/// A table of a rule's file, whose keys are taken one after the other.
struct TableReader {
  let file: String
  /// Of the table; empty for the file.
  let name: String
  let line: Int?
  private let nodes: [String: TomlNode]
  private var taken: Set<String> = []

  init(file: String, name: String, line: Int?, _ entries: [(key: String, node: TomlNode)]) {
    self.file = file
    self.name = name
    self.line = line
    nodes = Dictionary(entries.map { ($0.key, $0.node) }) { first, _ in first }
  }

  /// - Parameter name: what to call the table in errors.
  init(file: String, name: String, _ node: TomlNode) throws(RuleFileError) {
    guard case .table(let entries) = node.value else {
      throw RuleFileError(
        file: file, line: node.line, key: name,
        message: "must be a table, not \(node.value.description)")
    }
    self.init(file: file, name: name, line: node.line, entries)
  }

  var keys: [String] { nodes.keys.sorted() }
  func has(_ key: String) -> Bool { nodes[key] != nil }

  func error(_ message: String, at key: String? = nil) -> RuleFileError {
    let place = key.flatMap { nodes[$0]?.line } ?? line
    return RuleFileError(file: file, line: place, key: path(key), message: message)
  }

  func path(_ key: String?) -> String {
    guard let key else { return name }
    return name.isEmpty ? key : "\(name).\(key)"
  }

  /// To be called when everything was taken.
  func finish() throws(RuleFileError) {
    guard let other = keys.first(where: { !taken.contains($0) }) else { return }
    throw error("isn't known here; known are \(taken.sorted().joined(separator: ", "))", at: other)
  }

  // MARK: Values

  mutating func node(_ key: String) -> TomlNode? {
    taken.insert(key)
    return nodes[key]
  }

  mutating func text(_ key: String) throws(RuleFileError) -> String? {
    guard let node = node(key) else { return nil }
    guard case .text(let text) = node.value else {
      throw error("must be a string, not \(node.value.description)", at: key)
    }
    guard !text.isEmpty else { throw error("is empty", at: key) }
    return text
  }

  mutating func required(_ key: String) throws(RuleFileError) -> String {
    guard let text = try text(key) else { throw error("is missing in \(describe())", at: key) }
    return text
  }

  /// A string, or an array of strings.
  mutating func texts(_ key: String) throws(RuleFileError) -> [String] {
    guard let node = node(key) else { return [] }
    if case .text(let text) = node.value, !text.isEmpty { return [text] }
    guard case .list(let elements) = node.value, !elements.isEmpty else {
      throw error("must be a string or an array of strings, and not empty", at: key)
    }
    var texts: [String] = []
    for element in elements {
      guard case .text(let text) = element.value, !text.isEmpty else {
        throw error(
          "must have strings that aren't empty, not \(element.value.description)", at: key)
      }
      texts.append(text)
    }
    return texts
  }

  mutating func flag(_ key: String, or usual: Bool = false) throws(RuleFileError) -> Bool {
    guard let node = node(key) else { return usual }
    guard case .boolean(let flag) = node.value else {
      throw error("must be true or false, not \(node.value.description)", at: key)
    }
    return flag
  }

  /// One of a few words.
  mutating func word<Word: RawRepresentable & CaseIterable>(
    _ key: String, _: Word.Type
  ) throws(RuleFileError) -> Word? where Word.RawValue == String {
    guard let text = try text(key) else { return nil }
    guard let word = Word(rawValue: text) else {
      let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
      throw error("is \"\(text)\"; it can be \(known)", at: key)
    }
    return word
  }

  mutating func template(_ key: String, _ scope: Scope) throws(RuleFileError) -> String? {
    guard let text = try text(key) else { return nil }
    try scope.check(text, self, key)
    return text
  }

  mutating func templates(_ key: String, _ scope: Scope) throws(RuleFileError) -> [String] {
    let texts = try texts(key)
    for text in texts { try scope.check(text, self, key) }
    return texts
  }

  // MARK: Tables in it

  mutating func table(_ key: String) throws(RuleFileError) -> TableReader? {
    guard let node = node(key) else { return nil }
    return try TableReader(file: file, name: path(key), node)
  }

  /// The tables of an array of tables.
  mutating func tables(_ key: String) throws(RuleFileError) -> [TableReader] {
    guard let node = node(key) else { return [] }
    guard case .list(let elements) = node.value else {
      throw error("must be an array of tables, not \(node.value.description)", at: key)
    }
    var tables: [TableReader] = []
    for element in elements {
      tables.append(try TableReader(file: file, name: path(key), element))
    }
    return tables
  }

  private func describe() -> String { name.isEmpty ? "the file" : "this table" }
}

/// The names that templates can ask for where they stand.
struct Scope {
  /// Of the rule's own.
  let places: Set<String>
  /// Whether there is an entry of a file.
  var hasEntry = false

  static let own = Template.Own.allCases.map(\.rawValue)
  static let entry =
    Template.Entry.allCases.map(\.rawValue) + (1...Template.wordCount).map(String.init)

  /// The same where an entry of a file is at hand.
  var withEntry: Scope { Scope(places: places, hasEntry: true) }

  func check(_ text: String, _ reader: TableReader, _ key: String) throws(RuleFileError) {
    let template: Template
    do { template = try Template(text) } catch { throw reader.error(error.message, at: key) }
    for name in template.names where !places.contains(name) && !Self.own.contains(name) {
      guard Self.entry.contains(name) else {
        throw reader.error(
          "asks for {\(name)}, which is no place of this rule; known are "
            + (places.sorted() + Self.own).joined(separator: ", "), at: key)
      }
      guard hasEntry else {
        throw reader.error("asks for {\(name)}, which only entries of a [[read]] have", at: key)
      }
    }
  }
}
