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
        case .directory(let path, _), .generated(let path, _), .lines(let path, _):
          path.text == word
        }
      }
  }

  /// What it asks for, in the words of a report.
  var subject: String {
    // Several alternatives are one thing.
    let things = wishes.map { wish in
      switch wish {
      case .library(let names, _): names.map(\.description).joined(separator: " or ")
      case .path(let source, let place):
        place.map { "\(source) as \($0)" } ?? source.description
      case .directory(let path, _): "\(path)/"
      case .generated(let path, _), .lines(let path, _): path.description
      }
    }
    guard things.count > 3 else { return things.joined(separator: ", ") }
    return things.prefix(2).joined(separator: ", ") + " and \(things.count - 2) more"
  }

  var verdict: (text: String, tone: TextStyle.Tone) {
    switch outcome {
    case .packed: ("packed", .good)
    case .present: ("already there", .good)
    case .hint(let flag): ("not packed: \(flag)", .faint)
    case .leftOut(let flag): ("left out by \(flag)", .faint)
    case .absent: ("not in this root", isEssential ? .bad : .faint)
    }
  }
}

/// Renders needs: what, how sure, what became of it, and below it where it was seen and what for.
package func renderNeeds(_ needs: [FoundNeed], _ style: TextStyle) -> String {
  var table = TextTable()
  for need in needs {
    let (verdict, tone) = need.verdict
    let isLibrary = need.topic == .notes || need.topic == .guesses
    let subject = need.subject
    table.rows.append([
      .init("  " + (isLibrary ? subject : need.topic.name), .strong),
      .init(need.grade.description, .faint),
      .init(need.evidenceText, nil),
      .init(verdict, tone),
    ])
  }
  return table.render(style)
}

extension FoundNeed {
  /// The first sighting, and how many others there are.
  package var evidenceText: String {
    let first = evidence.first.map(\.description) ?? ""
    return evidence.count > 1 ? "\(first) (+\(evidence.count - 1))" : first
  }
}
