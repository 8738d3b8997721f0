internal import FileTree
internal import Loader
internal import Report
internal import SystemPackage

/// Writes closures in one format, piece by piece, in the subjects' order.
struct InspectOutput {
  /// What is made of one subject beside other subjects.
  enum Piece: Sendable {
    case text(String)
    /// The format needs the subjects in their order.
    case closures(ProgramClosures)
  }

  let format: InspectFormat
  private let root: String
  private let options: ClosureTextOptions
  private let style: TextStyle
  private var document: InspectDocument
  private var paths = PathList()
  private var overview = ClosureOverview()
  private var isEmpty = true

  init(
    _ format: InspectFormat, _ options: ClosureTextOptions, _ context: ResolutionContext
  ) {
    self.format = format
    root = ByteString(context.root).description
    self.options = options
    style = Terminal.style(of: .standardOutput, environment: context.variables)
    document = InspectDocument(root: root)
  }

  /// Turns closures into a function that makes their piece; it may run on several threads.
  var renderer: @Sendable (InspectedProgram) throws -> Piece {
    let (format, root, options, style) = (format, root, options, style)
    return { program in
      switch format {
      case .tree: .text(ClosureTreeText.render(program, options: options, style: style))
      case .flat: .text(renderClosureList(program, options: options, style: style))
      case .json: .text(try InspectDocument.renderSubject(program))
      case .jsonLines: .text(try InspectDocument.renderLine(program, root: root))
      case .paths, .reverse, .dot, .mermaid: .closures(program.closures)
      }
    }
  }

  func begin() throws {
    if format == .json { try write(document.opening()) }
  }

  mutating func add(_ piece: Piece) throws {
    defer { isEmpty = false }
    switch piece {
    case .text(let text):
      switch format {
      case .json: try write(document.next(text))
      case .tree, .flat: try write(isEmpty ? text : "\n" + text)
      case .paths, .reverse, .dot, .mermaid, .jsonLines: try write(text)
      }
    case .closures(let closures):
      if format == .paths { try write(paths.lines(of: closures)) } else { overview.add(closures) }
    }
  }

  func end() throws {
    switch format {
    case .tree, .flat, .paths, .jsonLines: break
    case .json: try write(document.closing())
    case .reverse: try write(overview.renderReverse(style))
    case .dot: try write(overview.renderDOT())
    case .mermaid: try write(overview.renderMermaid())
    }
  }

  private func write(_ text: String) throws {
    guard !text.isEmpty else { return }
    try Terminal.write(text, to: .standardOutput)
  }
}
