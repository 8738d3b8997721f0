internal import Rules

/// A value as an expression of Swift, which makes the same value.
protocol SwiftSource {
  var source: String { get }
}

extension String: SwiftSource {
  /// A literal; all but printable ASCII is escaped.
  var source: String {
    var literal = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"", "\\": literal += "\\\(scalar)"
      case " "..."~": literal.unicodeScalars.append(scalar)
      default: literal += "\\u{\(String(scalar.value, radix: 16))}"
      }
    }
    return literal + "\""
  }
}

extension Bool: SwiftSource {
  var source: String { self ? "true" : "false" }
}

extension Array: SwiftSource where Element: SwiftSource {
  var source: String { "[" + map(\.source).joined(separator: ", ") + "]" }
}

extension Optional: SwiftSource where Wrapped: SwiftSource {
  var source: String { map(\.source) ?? "nil" }
}

/// A call with labels, without the arguments that have their usual value.
private func call(_ name: String, _ arguments: [(label: String, value: String)]) -> String {
  let usual: Set<String> = ["nil", "[]", "false", "Signs()", "Selection()", "Filter()"]
  let words = arguments.filter { $0.label.isEmpty || !usual.contains($0.value) }.map {
    $0.label.isEmpty ? $0.value : "\($0.label): \($0.value)"
  }
  return "\(name)(\(words.joined(separator: ", ")))"
}

extension Rule: SwiftSource {
  var source: String {
    """
    Rule(
        name: \(name.source), topic: \(topic.source), summary: \(summary.source),
        sources: \(sources.source),
        signs: \(signs.source),
        places: \(places.source),
        readings: \(readings.source),
        takings: \(takings.source))
    """
  }
}

extension Signs: SwiftSource {
  var source: String {
    call(
      "Signs",
      [
        ("sonames", sonames.source), ("imports", imports.source),
        ("definitions", definitions.source), ("constants", constants.source),
        ("texts", texts.source), ("interpreters", interpreters.source),
        ("ofPrograms", ofPrograms.source),
      ])
  }
}

extension Place: SwiftSource {
  var source: String { "Place(\(name.source), \(finding.source))" }
}

extension Finding: SwiftSource {
  var source: String {
    filter == Filter()
      ? "Finding(\(origin.source))" : "Finding(\(origin.source), \(filter.source))"
  }
}

extension Finding.Origin: SwiftSource {
  var source: String {
    switch self {
    case .path(let template): ".path(\(template.source))"
    case .constant(let globs): ".constant(\(globs.source))"
    case .text(let globs): ".text(\(globs.source))"
    case .after(let texts): ".after(\(texts.source))"
    case .above(let template, let has): ".above(\(template.source), has: \(has.source))"
    case .entry(let files, let grammar, let selection):
      ".entry(files: \(files.source), grammar: .\(grammar), \(selection.source))"
    case .all(let findings): ".all(\(findings.source))"
    case .first(let findings): ".first(\(findings.source))"
    }
  }
}

extension Finding.Filter: SwiftSource {
  var source: String {
    call(
      "Finding.Filter",
      [
        ("kind", kind.map { ".\($0)" } ?? "nil"), ("has", has.source), ("except", except.source),
        ("same", same.source), ("differs", differs.source), ("named", named.source),
        ("namedBy", namedBy.source), ("hidesNames", hidesNames.source),
      ])
  }
}

extension Reading: SwiftSource {
  var source: String {
    call(
      "Reading",
      [
        ("files", files.source), ("grammar", ".\(grammar)"), ("", "purpose: \(purpose.source)"),
        ("isHint", isHint.source), ("", "isPacked: \(isPacked.source)"),
        ("includes", includes.source),
        ("definitions", definitions.source), ("takings", takings.source),
      ])
  }
}

extension Reading.Include: SwiftSource {
  var source: String { "Reading.Include(\(selection.source), \(files.source))" }
}

extension Reading.Definition: SwiftSource {
  var source: String {
    "Reading.Definition(\(selection.source), \(target.source), value: \(value.source))"
  }
}

extension Reading.Definition.Target: SwiftSource {
  var source: String {
    switch self {
    case .variable(let name): ".variable(\(name.source))"
    case .place(let name): ".place(\(name.source))"
    }
  }
}

extension Selection: SwiftSource {
  var source: String {
    call(
      "Selection",
      [
        ("keys", keys.source), ("values", values.source), ("sections", sections.source),
        ("having", having.source), ("separator", separator.source), ("after", after.source),
      ])
  }
}

extension Selection.Pair: SwiftSource {
  var source: String { "Selection.Pair(\(key.source), \(value.source))" }
}

extension Taking: SwiftSource {
  var source: String {
    call(
      "Taking",
      [
        ("", wants.source), ("selection", selection.source), ("except", except.source),
        ("condition", condition.source), ("unless", unless.source), ("isHint", isHint.source),
        ("isExpected", isExpected.source), ("isAsked", isAsked.source), ("topic", topic.source),
        ("purpose", purpose.source),
      ])
  }
}

extension Taking.Want: SwiftSource {
  var source: String { "Taking.Want(.\(kind), \(findings.source))" }
}
