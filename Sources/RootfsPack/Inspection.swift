internal import ArgumentParser
internal import Discovery
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
  var policy = NeedsPolicy()

  /// Subjects whose pieces are made before any of them is written: bounds the memory.
  private static let batchSize = 512

  func run() throws {
    let context = try ResolutionContext(settings, files: files)
    let subjects = try InspectSubjects(files, context)
    var status = ExitStatus.done
    func report(_ diagnostic: Diagnostic) {
      Terminal.warn(diagnostic)
      status = max(status, diagnostic.status)
    }
    subjects.failures.forEach(report)
    let count = min(Workers<NeedsFinder>.processorCount, max(1, subjects.subjects.count))
    let scope = context.scope(policy, descends: false)
    // With --minimal nothing but the closure is asked for.
    let showsNeeds = format.showsNeeds && !policy.excludesAll
    let gate = NeedsGate(tree: context.tree, workingDirectory: context.workingDirectory)
    let workers = Workers(count: count) { NeedsFinder(scope) }
    var passedOver = PassedOverFiles()
    var output = InspectOutput(format, options, context)
    let render = output.renderer
    try output.begin()
    var rest = subjects.subjects[...]
    while !rest.isEmpty {
      let results = workers.map(Array(rest.prefix(Self.batchSize))) { finder, subject in
        Self.inspect(subject, &finder, gate, showsNeeds: showsNeeds, render)
      }
      for result in results {
        switch result {
        case .shown(let piece, let isComplete, let warnings):
          if !isComplete { status = max(status, .findings) }
          warnings.forEach(report)
          try output.add(piece)
        case .refused(let error, let isFound):
          if case .loader(let error) = error, isFound, passedOver.count(error) { continue }
          report(Diagnostic(error))
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
    case shown(InspectOutput.Piece, isComplete: Bool, [Diagnostic])
    case refused(NeedsError, isFound: Bool)
    case failed(any Error)
  }

  private static func inspect(
    _ subject: InspectSubjects.Subject, _ finder: inout NeedsFinder, _ gate: NeedsGate,
    showsNeeds: Bool,
    _ render: (InspectedProgram) throws -> InspectOutput.Piece
  ) -> Outcome {
    do {
      var inputs = DiscoveryInputs()
      try finder.add(program: subject.path, destination: nil, to: &inputs)
      // Before anything that it opens is loaded; of a script, what reads it.
      guard let closures = inputs.subjects.last?.closures else {
        return .refused(.windowsProgram(path: subject.path), isFound: subject.isFound)
      }
      let found = showsNeeds ? finder.discover(inputs) : Discovered()
      let program = InspectedProgram(
        path: subject.path, closures: closures, script: inputs.scripts[subject.path],
        needs: gate.marked(found.needs.filter { !$0.isIdleGuess }, of: subject.path),
        opened: found.subjects.first { $0.path == inputs.subjects.last?.path }?.closures.graph)
      return .shown(
        try render(program), isComplete: program.isComplete,
        found.isCutShort ? [.cutShort(subject.path)] : [])
    } catch let error as NeedsError {
      return .refused(error, isFound: subject.isFound)
    } catch {
      return .failed(error)
    }
  }
}
