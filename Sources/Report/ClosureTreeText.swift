internal import ELF
internal import FileTree
internal import Loader

/// What of a closure the text shows, and how far.
package struct ClosureTextOptions: Sendable {
  /// How many steps below the subject; nil for all.
  package var depth: Int?
  /// Whether each object tells what would go with it.
  package var showsRetainedSizes = false

  package init() {}

  /// What stands above the sizes where there are two.
  static var sizeHeadings: [TextTable.Cell] {
    [
      .init(""), .init("size", .faint, alignsRight: true),
      .init("retained", .faint, alignsRight: true),
    ]
  }
}

/// Renders a closure as a tree: each object once, below the request that loaded it.
package struct ClosureTreeText {
  private let graph: ClosureGraph
  private let options: ClosureTextOptions
  private let style: TextStyle
  private var table = TextTable()
  private var isExpanded: [Bool]
  private var requestsByRequester: [[Int]]
  private let loadingRequest: [Int?]
  private let retainedSizes: [UInt64]

  package static func render(
    _ program: InspectedProgram, options: ClosureTextOptions = ClosureTextOptions(),
    style: TextStyle
  ) -> String {
    var text = ClosureTreeText(graph: program.closures.graph, options: options, style: style)
    return program.renderScript(style) + text.render() + renderFindings(program, style)
      + program.renderNeeds(style)
  }

  private init(graph: ClosureGraph, options: ClosureTextOptions, style: TextStyle) {
    self.graph = graph
    self.options = options
    self.style = style
    isExpanded = [Bool](repeating: false, count: graph.objects.count)
    isExpanded[0] = true
    requestsByRequester = [[Int]](repeating: [], count: graph.objects.count)
    for (index, request) in graph.requests.enumerated() {
      requestsByRequester[request.requester].append(index)
    }
    loadingRequest = graph.loadingRequests()
    retainedSizes = options.showsRetainedSizes ? graph.retainedSizes() : []
  }

  private mutating func render() -> String {
    if options.showsRetainedSizes { table.rows.append(ClosureTextOptions.sizeHeadings) }
    addBranches(of: 0, indent: "", depth: 1)
    return renderHeadline(graph, style) + table.render(style)
  }

  /// Adds the requests of one object; an object that stands elsewhere in the tree is a reference.
  private mutating func addBranches(of parent: Int, indent: String, depth: Int) {
    guard options.depth.map({ depth <= $0 }) ?? true else { return }
    let requests = requestsByRequester[parent]
    for index in requests {
      let request = graph.requests[index]
      let isLast = index == requests.last
      let branch = indent + (isLast ? "└── " : "├── ")
      guard let object = request.object else {
        let verdict =
          request.isGiven
          ? "given: the run time brings it"
          : request.isRequired ? "missing" : "\(request.kind.rawValue), passed over"
        let tone: TextStyle.Tone = request.isRequired ? .bad : .faint
        addRow(branch + request.name.description, tone, verdict: (verdict, tone))
        continue
      }
      guard loadingRequest[object] == index, !isExpanded[object] else {
        let place = isExpanded[object] ? "above" : "below"
        table.rows.append([.init("\(branch)\(request.name) (\(place))", .faint)])
        continue
      }
      isExpanded[object] = true
      addRow(
        branch + graph.objects[object].openedPath.description, nil, object: object,
        verdict: unloading(object) ?? (graph.describe(request), .faint))
      addBranches(of: object, indent: indent + (isLast ? "    " : "│   "), depth: depth + 1)
    }
  }

  private func unloading(_ object: Int) -> (String, TextStyle.Tone)? {
    guard case .unloaded(let reason) = graph.objects[object].residence else { return nil }
    return ("unloaded again: \(reason)", .bad)
  }

  private mutating func addRow(
    _ name: String, _ tone: TextStyle.Tone?, object: Int? = nil,
    verdict: (String, TextStyle.Tone)
  ) {
    var cells: [TextTable.Cell] = [.init(name, tone)]
    let size = object.map { renderSize(graph.objects[$0].file.status.size) }
    cells.append(.init(size ?? "", alignsRight: true))
    if options.showsRetainedSizes {
      cells.append(.init(object.map { renderSize(retainedSizes[$0]) } ?? "", alignsRight: true))
    }
    cells.append(.init(verdict.0, verdict.1))
    table.rows.append(cells)
  }
}
