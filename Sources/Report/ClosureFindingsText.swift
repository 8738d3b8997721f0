internal import ELF
internal import FileTree
internal import Loader

/// The line that says what kind of file a closure is of.
func renderHeadline(_ graph: ClosureGraph, _ style: TextStyle) -> String {
  let subject = graph.subject
  let header = subject.image.header
  let loader = (graph.libc?.rawValue ?? graph.foreignLoader?.name).map { ", \($0)" } ?? ""
  let order = header.dataEncoding == .bigEndian ? ", big-endian" : ""
  return style.paint(subject.openedPath.description, .strong)
    + "  \(header.machine), \(header.elfClass.bits)-bit\(order), "
    + "\(subject.image.linkage.rawValue)\(loader), "
    + (graph.isSecure ? "secure execution, " : "")
    + "\(renderSize(subject.file.status.size))\n"
}

/// What is wrong with a closure, what another processor gets, and the totals.
func renderFindings(_ program: InspectedProgram, _ style: TextStyle) -> String {
  let graph = program.closures.graph
  let openings = program.opened.map { renderMissing(program.missingOpenings, of: $0, style) } ?? ""
  return renderForeignLoader(graph) + renderMissing(graph.missing, of: graph, style) + openings
    + renderVersions(graph, style) + renderProcessorNeeds(graph, style)
    + renderBaseline(program.closures, style) + renderTotals(program, style)
}

private func renderForeignLoader(_ graph: ClosureGraph) -> String {
  guard let loader = graph.foreignLoader, let path = graph.subject.image.interpreter else {
    return ""
  }
  return "note: \(loader.promise(path))\n"
}

private func renderMissing(
  _ requests: [LibraryRequest], of graph: ClosureGraph, _ style: TextStyle
) -> String {
  var text = ""
  for request in requests {
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

private func renderVersions(_ graph: ClosureGraph, _ style: TextStyle) -> String {
  var text = ""
  for unmet in graph.unmetVersions {
    let headline = style.paint(
      "version: \(unmet.version) is not in \(graph.objects[unmet.provider].openedPath)",
      unmet.isFatal ? .bad : .faint)
    let requester = graph.objects[unmet.requester].openedPath
    text += "\(headline), needed by \(requester)\(unmet.isWeak ? ", which can do without" : "")\n"
  }
  return text
}

private func renderProcessorNeeds(_ graph: ClosureGraph, _ style: TextStyle) -> String {
  var text = ""
  for index in graph.objectsBeyondProcessor {
    let object = graph.objects[index]
    let needed = renderISALevel(object.image.neededISALevels)
    text += style.paint("processor: \(object.openedPath) needs \(needed)", .bad)
    text += ", this is for \(graph.level?.description ?? "the baseline")\n"
  }
  return text
}

/// The highest of the levels of x86-64 in a GNU_PROPERTY_X86_ISA_1_NEEDED.
func renderISALevel(_ levels: UInt32) -> String {
  let highest = UInt32.bitWidth - levels.leadingZeroBitCount
  return highest <= 1 ? "x86-64" : "x86-64-v\(highest)"
}

/// What every processor of the machine loads instead of what the one that was asked for does.
private func renderBaseline(_ closures: ProgramClosures, _ style: TextStyle) -> String {
  guard let baseline = closures.baseline else { return "" }
  let variants = Set(closures.graph.objects.map(\.openedPath))
  let others = baseline.order.map { baseline.objects[$0] }
    .filter { !variants.contains($0.openedPath) }
  var text = "on a baseline processor"
  text += others.isEmpty ? ":\n" : ", these are loaded instead:\n"
  for object in others {
    text += "  \(object.openedPath)  \(renderSize(object.file.status.size))\n"
  }
  return text + renderMissing(baseline.missing, of: baseline, style)
    + renderVersions(baseline, style)
}

private func renderTotals(_ program: InspectedProgram, _ style: TextStyle) -> String {
  let graph = program.closures.graph
  let others = graph.objects.dropFirst().filter { !$0.isUnloaded }
  let bytes = others.reduce(0) { $0 + $1.file.status.size }
  var names: [ByteString] = []
  for request in program.closures.all.flatMap(\.missing) + program.missingOpenings
  where !names.contains(request.name) {
    names.append(request.name)
  }
  let missing = names.count
  let verdict =
    if missing > 0 {
      "\(missing) missing"
    } else {
      program.isComplete ? "complete" : "it would not start"
    }
  return "\(count(others.count, "object")), \(renderSize(bytes)), "
    + style.paint(verdict, program.isComplete ? .good : .bad) + "\n"
}

extension ClosureGraph {
  /// By object, the place in ``requests`` of the one that put it into the closure: for the
  /// interpreter that is PT_INTERP, whoever else names it.
  func loadingRequests() -> [Int?] {
    var loading = [Int?](repeating: nil, count: objects.count)
    for (index, request) in requests.enumerated() {
      guard let object = request.object else { continue }
      if loading[object] == nil || request.kind == .interpreter { loading[object] = index }
    }
    return loading
  }

  /// How a request was answered: by what kind of request, by which rule, through which directory.
  func describe(_ request: LibraryRequest) -> String {
    guard let rule = request.rule else { return "" }
    let kind =
      switch request.kind {
      case .needed, .interpreter: ""
      case .filter, .auxiliary, .preload, .audit, .dlopen: "\(request.kind.rawValue), "
      }
    let element = request.attempts.last?.directory.flatMap { directory in
      directory.contributor.map { contributor in
        " \(directory.element)"
          + (contributor == request.requester ? "" : " of \(objects[contributor].openedPath)")
      }
    }
    return kind + rule.label + (element ?? "")
  }
}

extension LibraryRequest.Kind {
  /// The kind in the words of `elf.h` and `ld.so(8)`.
  var label: String {
    switch self {
    case .interpreter: "PT_INTERP"
    case .needed: "DT_NEEDED"
    case .filter: "DT_FILTER"
    case .auxiliary: "DT_AUXILIARY"
    case .preload: "preloading"
    case .audit: "auditing"
    case .dlopen: "dlopen"
    }
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
