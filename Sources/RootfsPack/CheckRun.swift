internal import Check
internal import Discovery
internal import ELF
internal import FileTree
internal import Loader
internal import Parallel
internal import Report

/// Checks the subjects of one root after the other, each on all cores, and tells what can't be checked.
struct CheckRun {
  private let policy: CheckPolicy
  private(set) var status = ExitStatus.done
  /// Of the root that is checked now.
  private var faults: [Diagnostic] = []

  /// Subjects that are checked before any is reported: bounds the memory.
  private static let batchSize = 512

  init(_ policy: CheckPolicy) {
    self.policy = policy
  }

  mutating func check(_ root: CheckInputs.Root) -> RootReport {
    faults = []
    for failure in root.failures { warn(failure) }
    var report = check(root.subjects, root.scope, isWhole: root.bundle != nil)
    if let start = root.start { judge(start, in: root.scope.tree, &report) }
    if report.findings.isFatal { status = max(status, .findings) }
    return RootReport(
      report, bundle: root.bundle, image: root.image,
      faults: faults.map { fault in
        CheckFault(
          fault.status == .findings ? .damaged : .unchecked, bundle: root.bundle,
          image: root.image, message: fault.text)
      }, uri: root.uri)
  }

  /// - Parameter isWhole: whether the subjects are all that there is: then a library is opened by a program
  ///   among them, or by none.
  private mutating func check(
    _ subjects: [InspectSubjects.Subject], _ scope: NeedsFinder.Scope, isWhole: Bool
  ) -> CheckReport {
    let store = FactStore(tree: scope.tree)
    let checker = Checker(policy: policy, store: store, loader: scope.libraryLoader)
    let count = min(Workers<CheckWorker>.processorCount, max(1, subjects.count))
    let workers = Workers(count: count) {
      CheckWorker(finder: NeedsFinder(scope), checker: checker)
    }
    var report = CheckReport()
    var programSymbols = ProgramSymbols(store)
    var checked: [CheckedSubject] = []
    var order = LoadOrder(scope, checker)
    var passedOver = PassedOverFiles()
    var duplicates = DuplicateFiles()
    var rest = subjects[...]
    while !rest.isEmpty {
      let batch = Array(rest.prefix(Self.batchSize))
      let results = workers.map(batch) { worker, subject in worker.check(subject.path) }
      for (subject, result) in zip(batch, results) {
        switch result {
        case .checked(let result, let closures):
          let isLibrary = closures.contains(where: \.isLibrary)
          for closures in closures {
            duplicates.add(closures, of: subject.path)
            order.add(closures, isWhole: isWhole)
            if isWhole, !isLibrary { programSymbols.add(closures) }
          }
          checked.append(CheckedSubject(subject, result, isLibrary, of: closures))
        case .refused(.loader(let error)) where subject.isFound && passedOver.count(error): break
        case .refused(let error): warn(Diagnostic(error))
        }
      }
      rest = rest.dropFirst(Self.batchSize)
    }
    for index in checked.indices { order.settle(&checked[index]) }
    for subject in checked where !isWhole || !subject.isLibrary {
      report.add(subject.result, at: subject.path)
    }
    for library in checked where isWhole && library.isLibrary {
      report.add(library.result.without { programSymbols.define($0) }, at: library.path)
    }
    if !policy.ignored.contains(.loadOrder) {
      for (finding, program) in order.findings { report.add([finding], of: program) }
    }
    if !policy.ignored.contains(.duplicateFile) {
      for (finding, program) in duplicates.findings(in: scope.tree) {
        report.add([finding], of: program)
      }
    }
    if let summary = passedOver.summary { Terminal.warn(summary) }
    return report
  }

  /// Tells why what a bundle says that it starts can't be; what a script names is told of the script.
  private func judge(
    _ start: ProgramStart, in tree: any FileTree, _ report: inout CheckReport
  ) {
    var view = RootView(tree: tree)
    guard !policy.ignored.contains(.entrypoint), let fault = start.fault(in: &view) else { return }
    if case .script = fault { return }
    let path = start.path(in: &view) ?? start.word
    let object = FoundObject(path: path, real: RootPath(normalising: path))
    report.add([Finding(.entrypoint(fault), object: object, chain: [])], of: path)
  }

  /// Tells of a subject that can't be checked.
  private mutating func warn(_ diagnostic: Diagnostic) {
    Terminal.warn(diagnostic)
    if diagnostic.status != .done { faults.append(diagnostic) }
    status = max(status, diagnostic.status)
  }
}

extension ProgramClosures {
  /// Whether it is one of a library, which some program may open.
  var isLibrary: Bool { !graph.subject.image.isProgram }
}

extension CheckedProgram {
  /// The same without symbols that somebody defines after all.
  fileprivate func without(_ isDefined: (ByteString) -> Bool) -> CheckedProgram {
    CheckedProgram(
      findings: findings.filter { finding in
        guard case .undefinedSymbol(let name, _, _, _) = finding.problem else { return true }
        return !isDefined(name)
      }, floors: floors)
  }
}

/// What one thread checks with.
private struct CheckWorker: Sendable {
  var finder: NeedsFinder
  var checker: Checker
  /// By path, what reads scripts: it is the same for all of them.
  var interpreters: [ByteString: CheckedProgram] = [:]

  enum Outcome: Sendable {
    case checked(CheckedProgram, [ProgramClosures])
    case refused(NeedsError)
  }

  mutating func check(_ path: ByteString) -> Outcome {
    var inputs = DiscoveryInputs()
    do {
      try finder.add(program: path, destination: nil, to: &inputs)
    } catch {
      return finding(error, of: path)
    }
    let subjects = inputs.subjects
    let isScript = inputs.scripts[path] != nil
    let checked = subjects.map { subject in
      isScript ? checkInterpreter(subject) : checker.check(subject.closures)
    }
    return .checked(
      CheckedProgram(
        findings: checked.flatMap(\.findings), floors: checked.flatMap(\.floors)),
      subjects.map(\.closures))
  }

  private mutating func checkInterpreter(_ subject: NeededSubject) -> CheckedProgram {
    if let known = interpreters[subject.path] { return known }
    let checked = checker.check(subject.closures)
    interpreters[subject.path] = checked
    return checked
  }

  /// An error that is a finding: the program's fault, and not that of whoever asks.
  private mutating func finding(_ error: NeedsError, of path: ByteString) -> Outcome {
    guard let problem = Problem(error) else { return .refused(error) }
    let object = FoundObject(path: path, real: RootPath(normalising: path))
    return .checked(checker.checked(Finding(problem, object: object, chain: [path])), [])
  }
}

extension Problem {
  /// Nil for an error that says nothing of the program.
  fileprivate init?(_ error: NeedsError) {
    switch error {
    case .script(.missing(_, let interpreter)):
      self = .missingInterpreter(path: interpreter, outcome: .absent)
    case .script(.relative(_, let interpreter)): self = .relativeInterpreter(path: interpreter)
    case .script(.notInPath(_, let name)):
      self = .notInPath(name: name, directories: ScriptChain.searchPath)
    case .script(.tooDeep): self = .endlessInterpreters
    case .loader(.unreadable(_, let cause)):
      switch cause {
      case .system, .empty, .notElf: return nil
      case .truncated: self = .truncatedFile(cause)
      default: self = .malformedFile(cause)
      }
    case .loader, .noRuntime, .windowsProgram, .unreadable: return nil
    }
  }
}
