/// How `inspect` shows closures.
enum InspectFormat: String, CaseIterable {
  case tree, flat, paths, reverse, dot, mermaid, json
  case jsonLines = "json-lines"
}
