/// How `inspect` shows closures.
enum InspectFormat: String, CaseIterable {
  case tree, flat, paths, reverse, dot, mermaid, json
  case jsonLines = "json-lines"
}

extension InspectFormat {
  /// Whether it has a place for what is asked for at run time.
  var showsNeeds: Bool {
    switch self {
    case .tree, .flat, .json, .jsonLines: true
    case .paths, .reverse, .dot, .mermaid: false
    }
  }
}
