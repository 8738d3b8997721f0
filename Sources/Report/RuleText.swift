package import Discovery

/// The JSON of `presets --explain`; same rules as for ``InspectDocument``.
package struct ExplanationDocument: Encodable {
  let schemaVersion: Int
  let preset: String
  let summary: String?
  let rules: [Entry]

  struct Entry: Encodable {
    let name: String
    let statements: [Statement]
    let sources: [String]
  }

  struct Statement: Encodable {
    let heading: String
    let text: String
  }

  package init(_ name: String, _ preset: Preset?, _ explanations: [RuleExplanation]) {
    schemaVersion = InspectDocument.schemaVersion
    self.preset = name
    summary = preset?.summary
    rules = explanations.map { explanation in
      Entry(
        name: explanation.name,
        statements: explanation.lines.map { Statement(heading: $0.heading, text: $0.text) },
        sources: explanation.sources)
    }
  }
}

/// Renders what is known of a preset: its rules, each with its sources.
package func renderExplanation(
  _ name: String, _ preset: Preset?, _ explanations: [RuleExplanation], _ style: TextStyle
) -> String {
  var text = style.paint(name, .strong) + (preset.map { "  " + $0.summary } ?? "") + "\n"
  for explanation in explanations {
    text += "\n" + style.paint(explanation.name, .strong) + "\n"
    var table = TextTable()
    for line in explanation.lines {
      table.rows.append([.init("  " + line.heading, .faint), .init(line.text)])
    }
    for source in explanation.sources {
      table.rows.append([.init("  source", .faint), .init(source)])
    }
    text += table.render(style)
  }
  if explanations.isEmpty {
    text += style.paint("no rule: the tool finds it by code of its own\n", .faint)
  }
  return text
}
