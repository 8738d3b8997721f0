internal import ArgumentParser
internal import FileTree
internal import Loader
internal import Parallel
internal import Report
internal import SystemPackage

/// Inspects files and directories: closures on all cores, written in the arguments' order.
struct Inspection {
  let files: [String]
  var format = InspectFormat.tree
  var options = ClosureTextOptions()
  var settings = LoaderSettings()

  /// Subjects whose pieces are made before any of them is written: bounds the memory.
  private static let batchSize = 512

  func run() throws {
    let context = try ResolutionContext(settings, files: files)
    let subjects = try InspectSubjects(files, context)
    var status = ExitStatus.done
    func report(_ diagnostic: Diagnostic) {
      Terminal.warn(diagnostic)
      status = diagnostic.status
    }
    subjects.failures.forEach(report)
    let count = min(Workers<Loader>.processorCount, max(1, subjects.subjects.count))
    let workers = Workers(count: count) { context.loader }
    var passedOver = PassedOverFiles()
    var output = InspectOutput(format, options, context)
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
