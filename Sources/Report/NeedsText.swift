package import Discovery
package import FileTree

extension FoundNeed {
  /// Whether a user's word is its preset, a name that it asks for, or a path that it brings.
  package func answers(to word: ByteString) -> Bool {
    ByteString(topic.name) == word || found.contains(word)
      || wishes.contains { wish in
        switch wish {
        case .library(let names, _): names.contains(word)
        case .path(let source, let place): source == word || place?.text == word
        case .directory(let path, _, _), .generated(let path, _), .lines(let path, _):
          path.text == word
        }
      }
  }

  /// What it asks for, in the words of a report.
  var subject: String {
    // Several alternatives are one thing.
    let things = wishes.map(\.description)
    guard things.count > 3 else { return things.joined(separator: ", ") }
    return things.prefix(2).joined(separator: ", ") + " and \(things.count - 2) more"
  }

  var verdict: (text: String, tone: TextStyle.Tone) {
    switch outcome {
    case .packed: ("packed", .good)
    case .present: ("already there", .good)
    case .hint(let flag): ("not packed: \(flag)", .faint)
    case .leftOut(let flag) where flag.hasPrefix("--allow-"): ("kept out: \(flag)", .faint)
    case .leftOut(let flag): ("left out by \(flag)", .faint)
    case .given: ("brought by the run time: --given", .faint)
    case .absent: ("not in this root", isEssential ? .bad : .faint)
    }
  }
}

/// Renders needs, one preset and verdict a line: what, how sure, what becomes of it, where it was seen.
///
/// - Parameter subject: the program that the report is about; what was seen in itself needs no path.
package func renderNeeds(
  _ needs: [FoundNeed], of subject: ByteString? = nil, _ style: TextStyle
) -> String {
  var lines: [(name: String, verdict: String, needs: [FoundNeed])] = []
  for need in needs {
    let isLibrary = need.topic == .notes || need.topic == .guesses
    let name = isLibrary ? need.subject : need.topic.name
    let verdict = need.verdict.text
    if let index = lines.firstIndex(where: { $0.name == name && $0.verdict == verdict }) {
      lines[index].needs.append(need)
    } else {
      lines.append((name, verdict, [need]))
    }
  }
  var table = TextTable()
  for line in lines {
    let first = line.needs[0]
    let sightings = line.needs.reduce(0) { $0 + $1.evidence.count }
    table.rows.append([
      .init("  " + line.name, .strong),
      .init(first.grade.description, .faint),
      .init(line.verdict, first.verdict.tone),
      .init(
        (first.evidence.first?.text(beside: subject) ?? "")
          + (sightings > 1 ? " (+\(sightings - 1))" : "")),
    ])
  }
  return table.render(style)
}
