internal import FileTree
internal import Rules

/// What a rule says, in lines for people: each a heading and a text.
package struct RuleExplanation: Sendable {
  package struct Line: Hashable, Sendable {
    package let heading: String
    package let text: String
  }

  /// The rule's name; that of a row of the table of symbols is what is seen.
  package let name: String
  package let lines: [Line]
  package let sources: [String]

  /// All that leads to a preset, or the rule of a name; none if only code knows of it.
  package static func all(named name: String, by rules: RuleSet) -> [RuleExplanation] {
    let rows = NeedsTable.rows.filter { $0.topic.name == name }.map { RuleExplanation($0) }
    return rows + rules.all.filter { $0.topic == name || $0.name == name }.map { .init($0) }
  }

  private init(_ row: NeedsRow) {
    name = "\(row.trigger.rawValue) \(row.words.map(\.description).joined(separator: " "))"
    lines = [
      Line(heading: row.isEssential ? "needs" : "may need", text: row.topic.name),
      Line(heading: "for", text: row.purpose),
    ]
    sources = [row.source]
  }

  private init(_ rule: Rule) {
    name = rule.name
    var lines = rule.signs.words.map { Line(heading: "when", text: $0) }
    lines += rule.places.map { Line(heading: "{\($0.name)}", text: $0.finding.words) }
    for reading in rule.readings { lines += Self.lines(of: reading) }
    lines += rule.takings.map { Line(heading: Self.heading(of: $0), text: $0.words) }
    self.lines = lines
    sources = rule.sources
  }

  private static func lines(of reading: Reading) -> [Line] {
    let files = reading.files.map(\.words).joined(separator: ", ")
    let purpose = reading.purpose.map { ": " + $0 } ?? ""
    return [Line(heading: "reads", text: "\(files) (\(reading.grammar.rawValue))\(purpose)")]
      + reading.includes.map { include in
        let files = include.files.map(\.words).joined(separator: ", ")
        return Line(heading: "", text: "\(include.selection.words) includes \(files)")
      }
      + reading.definitions.map { Line(heading: "", text: $0.words) }
      + reading.takings.map {
        Line(heading: "", text: "\($0.selection.words) \(heading(of: $0)) \($0.words)")
      }
  }

  private static func heading(of taking: Taking) -> String { taking.isHint ? "hints at" : "takes" }
}

extension Signs {
  /// One line for each kind.
  fileprivate var words: [String] {
    [
      ("a soname that begins with", sonames), ("it imports", imports),
      ("it defines", definitions), ("a constant like", constants), ("a text like", texts),
      ("a script that is read by", interpreters),
    ].filter { !$0.1.isEmpty }.map { "\($0.0) \($0.1.joined(separator: ", "))" }
  }
}

extension Finding {
  fileprivate var words: String { origin.words + filter.words }
}

extension Finding.Origin {
  fileprivate var words: String {
    switch self {
    case .path(let template): template
    case .constant(let globs): "constants like \(globs.joined(separator: ", "))"
    case .text(let globs): "texts like \(globs.joined(separator: ", "))"
    case .after(let texts):
      "what follows \(texts.map { "'\($0)'" }.joined(separator: ", ")) in a constant"
    case .above(let template, let has):
      "the nearest directory above \(template) that has \(has.joined(separator: " or "))"
    case .entry(let files, let grammar, let selection):
      "\(selection.words) of \(files.map(\.words).joined(separator: ", ")) (\(grammar.rawValue))"
    case .all(let findings): findings.map(\.words).joined(separator: ", ")
    case .first(let findings): "the first of: " + findings.map(\.words).joined(separator: "; ")
    }
  }
}

extension Finding.Filter {
  fileprivate var words: String {
    var words: [String] = []
    if let kind { words.append("as \(kind.rawValue)") }
    if !has.isEmpty { words.append("with \(has.joined(separator: " or ")) in it") }
    if !except.isEmpty { words.append("but \(except.joined(separator: ", "))") }
    if !same.isEmpty { words.append("the same as \(same.joined(separator: ", "))") }
    if !differs.isEmpty { words.append("other than \(differs.joined(separator: ", "))") }
    if let named {
      let signs = namedBy.map { " where " + $0.words.joined(separator: " or ") } ?? ""
      words.append("named \(named) by a text\(signs)")
    }
    if hidesNames { words.append("the first of each name") }
    return words.isEmpty ? "" : " (" + words.joined(separator: ", ") + ")"
  }
}

extension Selection {
  fileprivate var words: String {
    var words = keys.isEmpty ? "every entry" : keys.joined(separator: ", ")
    if !values.isEmpty { words += " = \(values.joined(separator: ", "))" }
    if !sections.isEmpty { words += " in [\(sections.joined(separator: ", "))]" }
    for pair in having { words += " with \(pair.key) = \(pair.value)" }
    if let separator { words += ", divided at '\(separator)'," }
    if !after.isEmpty { words += " behind \(after.map { "'\($0)'" }.joined(separator: ", "))" }
    return words
  }
}

extension Reading.Definition {
  fileprivate var words: String {
    switch target {
    case .variable(let name): "\(selection.words) defines $\(name) as \(value)"
    case .place(let name): "\(selection.words) sets {\(name)} to \(value)"
    }
  }
}

extension Taking {
  fileprivate var words: String {
    var words = wants.map { want in
      "\(want.kind.rawValue) \(want.findings.map(\.words).joined(separator: ", "))"
    }.joined(separator: ", ")
    if !except.isEmpty { words += " without \(except.joined(separator: ", "))" }
    if isAsked { words += ", of packages that the program's own asks for" }
    if !condition.isEmpty { words += ", if \(condition.words.joined(separator: " or "))" }
    if !unless.isEmpty { words += ", unless \(unless.joined(separator: ", ")) is there" }
    return words + ": " + purpose
  }
}
