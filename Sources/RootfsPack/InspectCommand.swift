internal import ArgumentParser
internal import FileTree
internal import Loader
internal import Report
internal import SystemPackage

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    _superCommandName: "rootfs-pack",
    abstract: "Show what the dynamic loader would load for programs or libraries, and why.",
    discussion: """
      Everything is read from the files; nothing is executed. In a directory, every ELF file is found \
      by its first bytes.

      Examples:
        rootfs-pack inspect ./server
        rootfs-pack inspect --sizes /usr/bin/git
        rootfs-pack inspect --json /usr/bin/git
        rootfs-pack inspect --reverse /opt/app
        rootfs-pack inspect --format dot ./server | dot -Tsvg > server.svg
        rootfs-pack inspect --root /usr/aarch64-linux-gnu ./server-arm64
        rootfs-pack inspect --cpu x86-64-v3 --env LD_PRELOAD=libjemalloc.so.2 ./server

      Exit code: 0 complete, 1 a library or version is missing, 2 wrong usage, 3 unreadable input.
      """)

  @Argument(
    help: ArgumentHelp("A program, a shared library, or a directory.", valueName: "file"))
  var files: [String]

  @OptionGroup var options: InspectOptions

  @OptionGroup var loaderOptions: LoaderOptions

  /// Subjects whose pieces are made before any of them is written: bounds the memory.
  private static let batchSize = 512

  func run() throws {
    let context = try ResolutionContext(loaderOptions, files: files)
    let subjects = try InspectSubjects(files, context)
    var status = ExitStatus.done
    func report(_ diagnostic: Diagnostic) {
      Terminal.warn(diagnostic)
      status = diagnostic.status
    }
    subjects.failures.forEach(report)
    let workers =
      subjects.subjects.count > 1
      ? Workers { context.loader } : Workers(count: 1) { context.loader }
    var passedOver = PassedOverFiles()
    var output = InspectOutput(options, context)
    let render = output.renderer
    try output.begin()
    var rest = subjects.subjects[...]
    while !rest.isEmpty {
      let results = workers.map(Array(rest.prefix(Self.batchSize))) { loader, subject in
        Self.inspect(subject, &loader, render)
      }
      for result in results {
        switch result {
        case .shown(let piece, let isComplete):
          if !isComplete && status == .done { status = .findings }
          try output.add(piece)
        case .refused(let error, let isFound):
          if !isFound || !passedOver.count(error) { report(Diagnostic(error)) }
        case .failed(let error): throw error
        }
      }
      rest = rest.dropFirst(Self.batchSize)
    }
    try output.end()
    if let summary = passedOver.summary { Terminal.warn(summary) }
    if status != .done { throw status.code }
  }

  private enum Outcome: Sendable {
    case shown(InspectOutput.Piece, isComplete: Bool)
    case refused(LoaderError, isFound: Bool)
    case failed(any Error)
  }

  private static func inspect(
    _ subject: InspectSubjects.Subject, _ loader: inout Loader,
    _ render: (ProgramClosures) throws -> InspectOutput.Piece
  ) -> Outcome {
    do {
      let closures = try loader.closures(of: subject.path)
      return .shown(try render(closures), isComplete: closures.isComplete)
    } catch let error as LoaderError {
      return .refused(error, isFound: subject.isFound)
    } catch {
      return .failed(error)
    }
  }
}
