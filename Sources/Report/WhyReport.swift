package import Discovery
internal import ELF
package import FileTree
package import Loader

/// Why a library is in a closure, or isn't: each chain that leads to it and each place that was
/// tried, in the loader's order.
package struct WhyReport: Sendable {
  private let graph: ClosureGraph
  private let word: ByteString
  /// Every request for the library, in the loader's order.
  package let requests: [LibraryRequest]
  private let objects: [Int]
  /// What a `dlopen` of the library by the program would come to, where nothing asks for it.
  private let opening: LibraryRequest?
  /// What asks for it at run time.
  private let needs: [FoundNeed]

  /// - Parameters:
  ///   - found: a program with all that it needs.
  ///   - open: the closure of the program at a path with a `dlopen` of the library.
  package init(
    _ found: Discovered, library word: ByteString, open: (ByteString) -> ClosureGraph?
  ) {
    let graphs = found.subjects.map(\.closures.graph)
    let needs = found.needs.filter { $0.answers(to: word) }
    // The program first; else what a need brought.
    let holder =
      graphs.first { WhyReport($0, library: word).isLoaded }
      ?? graphs.first { !WhyReport($0, library: word).requests.isEmpty } ?? graphs[0]
    let report = WhyReport(holder, library: word)
    let isAnswered = report.isLoaded || !report.requests.isEmpty || !needs.isEmpty
    self.init(
      holder, library: word, opened: isAnswered ? nil : open(holder.subject.openedPath),
      needs: needs)
  }

  /// - Parameter opened: the closure with such a `dlopen`.
  package init(
    _ graph: ClosureGraph, library word: ByteString, opened: ClosureGraph? = nil,
    needs: [FoundNeed] = []
  ) {
    self.graph = graph
    self.word = word
    self.needs = needs
    opening = opened?.requests.last { $0.kind == .dlopen && $0.name == word }
    let objects = graph.objects(named: word)
    self.objects = objects
    requests = graph.requests.filter { request in
      request.object.map(objects.contains) ?? (request.name == word)
    }
  }

  /// Whether the library is in the closure, or packed for a need.
  package var isLoaded: Bool {
    !objects.isEmpty || needs.contains { $0.outcome == .packed || $0.outcome == .present }
  }

  // MARK: Text

  package func render(_ style: TextStyle) -> String {
    guard !requests.isEmpty else {
      return needs.isEmpty ? absence(style) : renderNeeds(needs, style)
    }
    var text = ""
    for object in objects {
      let path = graph.objects[object].openedPath
      let real = graph.objects[object].file.real
      text += style.paint("\(word)", .strong) + " is \(path)"
      text += real.text == path ? "\n" : ", which is \(real)\n"
    }
    if objects.isEmpty { text += style.paint("\(word) is missing", .bad) + "\n" }
    text += requests.map { render($0, style) }.joined()
    return needs.isEmpty ? text : text + "\n" + renderNeeds(needs, style)
  }

  private func render(_ request: LibraryRequest, _ style: TextStyle) -> String {
    let chain = graph.loadChain(to: request.requester)
      .map { graph.objects[$0].openedPath.description }
    var text = "\n" + (chain + [request.name.description]).joined(separator: " → ") + "\n"
    switch request.kind {
    case .needed, .interpreter: break
    case .filter, .auxiliary, .preload, .audit, .dlopen:
      text += "  " + style.paint("asked for by \(request.kind.label)", .faint) + "\n"
    }
    guard !request.attempts.isEmpty else {
      return text + "  " + style.paint(request.rule?.label ?? "no place was tried", .faint) + "\n"
    }
    return text + attempts(of: request, style)
  }

  private func attempts(of request: LibraryRequest, _ style: TextStyle) -> String {
    var table = TextTable()
    for (number, attempt) in request.attempts.enumerated() {
      let isHit = attempt.outcome == .found || attempt.outcome == .sameFile
      table.rows.append([
        .init("  \(number + 1).", .faint, alignsRight: true),
        .init(attempt.path.description),
        .init(label(attempt, of: request), .faint),
        .init(attempt.outcome.description, isHit ? .good : nil),
      ])
    }
    return table.render(style)
  }

  private func label(_ attempt: SearchAttempt, of request: LibraryRequest) -> String {
    guard let directory = attempt.directory, let contributor = directory.contributor else {
      return attempt.rule.label
    }
    let owner =
      contributor == request.requester ? "" : " of \(graph.objects[contributor].openedPath)"
    return "\(attempt.rule.label) \(directory.element)\(owner)"
  }

  private func absence(_ style: TextStyle) -> String {
    let subject = graph.subject.openedPath
    guard graph.libc != nil || graph.foreignLoader != nil else {
      return style.paint("\(word) is not loaded", .bad) + ": \(subject) is static\n"
    }
    let text =
      style.paint("\(word) is not in the closure of \(subject)", .bad)
      + ": none of its \(count(graph.objects.count, "object")) asks for it"
      + " (what is opened by dlopen isn't asked for by DT_NEEDED)\n"
    guard let opening, !opening.attempts.isEmpty else { return text }
    return text + "\nif the program opened it by dlopen:\n" + attempts(of: opening, style)
  }

  // MARK: JSON

  /// The JSON of `why`; same rules as for ``InspectDocument``.
  package struct Document: Encodable {
    let schemaVersion: Int
    let subject: String
    let library: String
    let loaded: Bool
    let requests: [Request]
    /// What a `dlopen` by the program would come to; null where something asks for the library.
    @Nullable var opening: Request?
    /// What asks for it at run time.
    let needs: [NeedDocument]

    struct Request: Encodable {
      let name: String
      let kind: String
      /// The paths from the subject to the requester.
      let chain: [String]
      @Nullable var rule: String?
      @Nullable var object: String?
      let tried: [Attempt]
    }

    struct Attempt: Encodable {
      let path: String
      let rule: String
      /// The search path's element as it stands in the object that names it.
      @Nullable var element: String?
      @Nullable var contributor: String?
      let outcome: String
    }
  }

  package var document: Document {
    Document(
      schemaVersion: InspectDocument.schemaVersion,
      subject: graph.subject.openedPath.description, library: word.description, loaded: isLoaded,
      requests: requests.map(entry), opening: Nullable(wrappedValue: opening.map(entry)),
      needs: needs.map { NeedDocument($0) })
  }

  private func entry(_ request: LibraryRequest) -> Document.Request {
    func path(_ index: Int?) -> String? {
      index.map { graph.objects[$0].openedPath.description }
    }
    return Document.Request(
      name: request.name.description, kind: request.kind.rawValue,
      chain: graph.loadChain(to: request.requester).compactMap(path),
      rule: Nullable(wrappedValue: request.rule?.rawValue),
      object: Nullable(wrappedValue: path(request.object)),
      tried: request.attempts.map { attempt in
        Document.Attempt(
          path: attempt.path.description, rule: attempt.rule.rawValue,
          element: Nullable(
            wrappedValue: attempt.directory.flatMap { directory in
              directory.contributor == nil ? nil : directory.element.description
            }),
          contributor: Nullable(wrappedValue: path(attempt.directory?.contributor)),
          outcome: attempt.outcome.description)
      })
  }
}
