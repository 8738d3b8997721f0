internal import ArgumentParser
internal import FileTree
internal import Loader
internal import Report
internal import SystemPackage

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    _superCommandName: "rootfs-pack",
    abstract: "Show what the dynamic loader would load for a program or library, and why.",
    discussion: """
      Everything is read from the files; nothing is executed.

      Examples:
        rootfs-pack inspect ./server
        rootfs-pack inspect --json /usr/bin/git
        rootfs-pack inspect --root /usr/aarch64-linux-gnu ./server-arm64

      Exit code: 0 complete, 1 a library is missing, 2 wrong usage, 3 unreadable input.
      """)

  @Argument(help: ArgumentHelp("A program or shared library.", valueName: "file"))
  var files: [String]

  @OptionGroup var rootOptions: RootOptions

  @Flag(help: "Write one JSON document.")
  var json = false

  func run() throws {
    let context = try ResolutionContext(rootOptions, files: files)
    var loader = context.loader
    var graphs: [ClosureGraph] = []
    var status = ExitStatus.done
    for file in files {
      do {
        let graph = try context.closure(of: file, &loader)
        if !graph.isComplete && status == .done { status = .findings }
        graphs.append(graph)
      } catch {
        Terminal.warn(error)
        status = error.status
      }
    }
    try Terminal.write(render(graphs, context), to: .standardOutput)
    if status != .done { throw status.code }
  }

  private func render(_ graphs: [ClosureGraph], _ context: ResolutionContext) throws -> String {
    if json {
      return try renderJSON(
        InspectDocument(root: ByteString(context.root).description, graphs: graphs))
    }
    let style = Terminal.style(of: .standardOutput, environment: context.variables)
    return graphs.map { ClosureTreeText.render($0, style: style) }.joined(separator: "\n")
  }
}
