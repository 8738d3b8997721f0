internal import ELF
internal import FileTree
package import Loader

/// The closures of any number of subjects as one graph of files: what several ask for stands once.
package struct ClosureOverview {
  private struct Node: Hashable {
    let path: String
    let isMissing: Bool
  }

  private struct Edge: Hashable {
    let from: Int
    let to: Int
    let kind: LibraryRequest.Kind
  }

  private var numbers: [Node: Int] = [:]
  private var nodes: [Node] = []
  private var subjects: [Int] = []
  private var edges: [Edge] = []
  private var knownEdges: Set<Edge> = []

  package init() {}

  package mutating func add(_ closures: ProgramClosures) {
    for graph in closures.all { add(graph) }
  }

  private mutating func add(_ graph: ClosureGraph) {
    let places = graph.objects.map {
      number(of: Node(path: $0.file.real.description, isMissing: false))
    }
    if !subjects.contains(places[0]) { subjects.append(places[0]) }
    for request in graph.requests {
      let target =
        request.object.map { places[$0] }
        ?? number(of: Node(path: request.name.description, isMissing: true))
      let edge = Edge(from: places[request.requester], to: target, kind: request.kind)
      if knownEdges.insert(edge).inserted { edges.append(edge) }
    }
  }

  private mutating func number(of node: Node) -> Int {
    if let known = numbers[node] { return known }
    nodes.append(node)
    numbers[node] = nodes.count - 1
    return nodes.count - 1
  }

  // MARK: Text

  /// Every file that is asked for, with those that ask for it.
  package func renderReverse(_ style: TextStyle) -> String {
    var requesters: [Int: [Edge]] = [:]
    for edge in edges { requesters[edge.to, default: []].append(edge) }
    var text = ""
    let asked = nodes.indices.filter { requesters[$0] != nil }
      .sorted { (nodes[$0].path, $0) < (nodes[$1].path, $1) }
    for index in asked {
      let node = nodes[index]
      text += style.paint(node.path, node.isMissing ? .bad : .strong)
      text += node.isMissing ? "  missing\n" : "\n"
      text += renderRequesters(requesters[index] ?? [], style)
    }
    let missing = asked.filter { nodes[$0].isMissing }.count
    return text + "\(count(asked.count - missing, "file is", "files are")) asked for"
      + (missing > 0 ? ", \(missing) missing\n" : "\n")
  }

  /// One line for each file that asks, with the kinds of its requests.
  private func renderRequesters(_ edges: [Edge], _ style: TextStyle) -> String {
    let kinds = Dictionary(grouping: edges) { $0.from }.mapValues { $0.map(\.kind) }
    let places = kinds.keys.sorted { nodes[$0].path < nodes[$1].path }
    var text = ""
    for place in places {
      let named = (kinds[place] ?? []).filter { $0 != .needed }.map(\.rawValue)
      let note = named.isEmpty ? "" : "  " + style.paint(named.joined(separator: ", "), .faint)
      text += (place == places.last ? "└── " : "├── ") + nodes[place].path + note + "\n"
    }
    return text
  }

  /// A graph in the DOT language of Graphviz.
  package func renderDOT() -> String {
    var text = "digraph closure {\n  rankdir=LR;\n  node [shape=box];\n"
    for (index, node) in nodes.enumerated() {
      var attributes = "label=\"\(Self.escapeDOT(node.path))\""
      if subjects.contains(index) { attributes += ", style=bold" }
      if node.isMissing { attributes += ", color=red, fontcolor=red" }
      text += "  n\(index) [\(attributes)];\n"
    }
    for edge in edges {
      let style = edge.kind == .needed ? "" : " [style=dashed, label=\"\(edge.kind.rawValue)\"]"
      text += "  n\(edge.from) -> n\(edge.to)\(style);\n"
    }
    return text + "}\n"
  }

  /// A flowchart in the language of Mermaid, which Markdown viewers draw.
  package func renderMermaid() -> String {
    var text = "flowchart LR\n"
    for (index, node) in nodes.enumerated() {
      let label = Self.escapeMermaid(node.path)
      text += "  n\(index)" + (subjects.contains(index) ? "([\"\(label)\"])" : "[\"\(label)\"]")
      text += node.isMissing ? ":::missing\n" : "\n"
    }
    for edge in edges {
      text += "  n\(edge.from) "
      text += edge.kind == .needed ? "-->" : "-.->|\(edge.kind.rawValue)|"
      text += " n\(edge.to)\n"
    }
    if nodes.contains(where: \.isMissing) { text += "  classDef missing stroke:red,color:red\n" }
    return text
  }

  private static func escapeDOT(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      if scalar == "\"" || scalar == "\\" { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
  }

  private static func escapeMermaid(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "\"", "#", "&", "<", ">", "`": result += "#\(scalar.value);"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
}
