internal import ELF
internal import FileTree
package import Loader

/// Renders a closure as a tree: each object once, below the request that loaded it.
package struct ClosureTreeText {
  private let graph: ClosureGraph
  private let style: TextStyle
  private var table = TextTable()
  private var expanded: Set<Int> = [0]
  private let requestsByRequester: [Int: [Int]]
  /// The request that put each object into the closure: for the interpreter that is PT_INTERP,
  /// whoever else names it.
  private let loadingRequest: [Int: Int]

  package static func render(_ graph: ClosureGraph, style: TextStyle) -> String {
    var text = ClosureTreeText(graph: graph, style: style)
    return text.render()
  }

  private init(graph: ClosureGraph, style: TextStyle) {
    self.graph = graph
    self.style = style
    requestsByRequester = Dictionary(grouping: graph.requests.indices) {
      graph.requests[$0].requester
    }
    var loadingRequest: [Int: Int] = [:]
    for (index, request) in graph.requests.enumerated() {
      guard let object = request.object else { continue }
      if loadingRequest[object] == nil || request.rule == .interpreter {
        loadingRequest[object] = index
      }
    }
    self.loadingRequest = loadingRequest
  }

  private mutating func render() -> String {
    addBranches(of: 0, indent: "")
    return headline() + table.render(style) + missingText() + totals()
  }

  private func headline() -> String {
    let subject = graph.subject
    let header = subject.image.header
    let loader = graph.libc.map { ", \($0.rawValue)" } ?? ""
    let order = header.dataEncoding == .bigEndian ? ", big-endian" : ""
    return style.paint(subject.openedPath.description, .strong)
      + "  \(header.machine), \(header.elfClass.bits)-bit\(order), "
      + "\(subject.image.linkage.rawValue)\(loader), \(renderSize(subject.file.status.size))\n"
  }

  /// Adds the requests of one object; an object that stands elsewhere in the tree is a reference.
  private mutating func addBranches(of parent: Int, indent: String) {
    let requests = requestsByRequester[parent] ?? []
    for index in requests {
      let request = graph.requests[index]
      let isLast = index == requests.last
      let branch = indent + (isLast ? "└── " : "├── ")
      guard let object = request.object else {
        table.rows.append([
          .init(branch + request.name.description, .bad), .init(""), .init("missing", .bad),
        ])
        continue
      }
      guard loadingRequest[object] == index, expanded.insert(object).inserted else {
        let place = expanded.contains(object) ? "above" : "below"
        table.rows.append([.init("\(branch)\(request.name) (\(place))", .faint)])
        continue
      }
      table.rows.append([
        .init(branch + graph.objects[object].openedPath.description),
        .init(renderSize(graph.objects[object].file.status.size), alignsRight: true),
        .init(describe(request), .faint),
      ])
      addBranches(of: object, indent: indent + (isLast ? "    " : "│   "))
    }
  }

  private func describe(_ request: LibraryRequest) -> String {
    guard let rule = request.rule else { return "" }
    let element = request.attempts.last?.directory.flatMap { directory in
      directory.contributor.map { contributor in
        " \(directory.element)"
          + (contributor == request.requester
            ? "" : " of \(graph.objects[contributor].openedPath)")
      }
    }
    return rule.label + (element ?? "")
  }

  private func missingText() -> String {
    var text = ""
    for request in graph.missing {
      let requester = graph.objects[request.requester].openedPath
      text += style.paint("missing: \(request.name)", .bad) + ", needed by \(requester)\n"
      var tried = TextTable()
      for attempt in request.attempts {
        tried.rows.append([
          .init("  tried \(attempt.path)"), .init(attempt.rule.label, .faint),
          .init(attempt.outcome.description),
        ])
      }
      text += request.attempts.isEmpty ? "  no place was tried\n" : tried.render(style)
    }
    return text
  }

  private func totals() -> String {
    let others = graph.objects.dropFirst()
    let bytes = others.reduce(0) { $0 + $1.file.status.size }
    let missing = graph.missing.count
    let verdict = missing == 0 ? "complete" : "\(missing) missing"
    return "\(count(others.count, "object")), \(renderSize(bytes)), "
      + style.paint(verdict, missing == 0 ? .good : .bad) + "\n"
  }
}

extension SearchRule {
  /// The rule in the words that a reader of `ld.so(8)` knows.
  package var label: String {
    switch self {
    case .interpreter: "interpreter"
    case .rpath: "RPATH"
    case .libraryPath: "library path"
    case .runpath: "RUNPATH"
    case .cache: "ld.so.cache"
    case .defaultDirectory: "default directory"
    case .path: "path"
    case .pathFile: "path file"
    case .builtIn: "built into the loader"
    case .alreadyLoaded: "already loaded"
    }
  }
}
