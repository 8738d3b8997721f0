internal import Discovery
internal import ELF
internal import FileTree
internal import Loader

/// The second rung: the loader's rules, run inside the bundle for every program, library and script, and
/// what the programs ask for at run time.
struct LoaderSimulation {
  private let tree: any FileTree
  private let policy: NeedsPolicy
  private let environment: SearchEnvironment
  private let start: ProgramStart?
  private let store: ObjectStore
  private let needs: RootFacts
  private let describe: (NeedsError) -> String
  private var findings: [VerifyFinding] = []
  private var told: Set<VerifyFinding> = []
  private var counts = (programs: 0, libraries: 0, scripts: 0)
  /// Scripts in libraries whose interpreters aren't there.
  private var idleScripts = 0
  /// The sonames that programs have loaded or miss: a library that they open finds them there, or it is
  /// told already.
  private var loaded: Set<ByteString> = []
  /// The objects that programs have loaded, which were simulated with them.
  private var covered: Set<RootPath> = []
  private var siblings = SiblingLibraries()
  /// Libraries that a program has to open before others, with those.
  private var openedBefore: [(provider: RootPath, soname: ByteString, others: Set<RootPath>)] = []
  /// Nil where it can't be told; made when the first need of a library's program isn't answered.
  private lazy var reached: ReachedNeeds? = start.flatMap {
    ReachedNeeds(of: $0, in: scope(descends: true))
  }

  /// - Parameters:
  ///   - policy: which needs count.
  ///   - rules: by which needs are found; nil for those that are compiled in.
  ///   - environment: the loader's surroundings in the bundle.
  ///   - start: what is to be started; nil where nobody says.
  ///   - describe: why a program can't be simulated, in words.
  init(
    tree: any FileTree, policy: NeedsPolicy, rules: RuleSet?, environment: SearchEnvironment,
    start: ProgramStart? = nil, describe: @escaping (NeedsError) -> String
  ) {
    self.tree = tree
    self.describe = describe
    self.policy = policy
    self.environment = environment
    self.start = start
    store = ObjectStore(tree: tree)
    needs = RootFacts(tree: tree, rules: rules)
  }

  /// - Parameter paths: those of all regular files, each once, with whether they may be executed.
  mutating func result(
    of paths: [(path: RootPath, isExecutable: Bool)]
  ) -> RungResult {
    judgeStart()
    var libraries: [RootPath] = []
    for (path, isExecutable) in paths {
      switch try? tree.programFormat(of: path) {
      case .elf:
        let image = StartedProgram.image(of: path, in: tree)
        if let image, StartedProgram.isProgram(image) {
          simulate(program: path)
        } else {
          libraries.append(path)
          if let image { siblings.add(image, at: path) }
        }
      case .script where isExecutable: simulate(script: path)
      default: break
      }
    }
    // After the programs, since these load some of them.
    counts.libraries = libraries.count
    siblings.isOneProgram = counts.programs == 1
    for path in libraries where !covered.contains(path) { simulate(library: path) }
    tellOrder()
    let summary = [
      (counts.programs, "program", "programs"), (counts.libraries, "library", "libraries"),
      (counts.scripts, "script", "scripts"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.0 == 1 ? $0.1 : $0.2)" }.joined(separator: ", ")
    if idleScripts > 0 {
      findings.append(
        VerifyFinding(
          .warns, "",
          "\(idleScripts) scripts in library directories have interpreters that aren't there"))
    }
    return RungResult(
      .loader, findings.outcome, summary.isEmpty ? "nothing that is loaded" : summary,
      findings: findings)
  }

  private var loader: Loader { Loader(tree: tree, environment: environment, store: store) }

  private func scope(descends: Bool) -> NeedsFinder.Scope {
    NeedsFinder.Scope(
      tree: tree, loader: loader, libraryLoader: loader, store: needs, policy: policy,
      descends: descends)
  }

  /// The kernel's judgement of what is started, before any loader's.
  private mutating func judgeStart() {
    var view = RootView(tree: tree)
    guard let start, let fault = start.fault(in: &view) else { return }
    findings.append(
      VerifyFinding(
        .fails, start.word.description, "can't be started: \(fault)",
        flag: fault.option(for: start.word)))
  }

  // MARK: Programs

  private mutating func simulate(program path: RootPath) {
    counts.programs += 1
    var finder = NeedsFinder(scope(descends: false))
    var inputs = DiscoveryInputs()
    do {
      try finder.add(program: path.text, destination: nil, to: &inputs)
    } catch {
      tell(.fails, path, describe(error))
      return
    }
    guard let reader = inputs.subjects.last else { return }
    for graph in reader.closures.all {
      loaded.formUnion(graph.objects.compactMap { $0.image.dynamic?.soname })
      covered.formUnion(graph.objects.map(\.file.real))
      add(graph, of: path)
    }
    let found = finder.discover(inputs)
    for need in found.needs { add(need, of: path) }
    for topic in found.unanswered {
      tell(
        .fails, path, "nothing for \(topic.name) is there", flag: "--with \(topic.name)")
    }
    // What notes declare may be missing only when they are followed.
    for graph in found.subjects.first(where: { $0.path == reader.path })?.closures.all ?? [] {
      add(graph, of: path, only: .dlopen)
    }
  }

  private mutating func add(
    _ graph: ClosureGraph, of path: RootPath, only kind: LibraryRequest.Kind? = nil
  ) {
    var names: Set<ByteString> = []
    let missing = graph.missing.filter { kind == nil || $0.kind == kind }
    for request in missing.filter({ $0.kind == .interpreter }) + missing
    where names.insert(request.name).inserted {
      let requester = graph.objects[request.requester].openedPath
      switch request.kind {
      case .interpreter:
        // It may be a library too, as glibc's is.
        names.insert(RootPath(normalising: request.name).name)
        tell(
          .fails, path, "its interpreter \(request.name) isn't there",
          flag: "--add \(request.name)")
      case .dlopen:
        tell(
          .fails, path, "\(request.name) is missing, opened by \(requester)",
          flag: "--load \(request.name)")
      default:
        tell(.fails, path, "\(request.name) is missing, needed by \(requester)")
      }
    }
    loaded.formUnion(names)
    for unmet in graph.unmetVersions where unmet.isFatal && kind == nil {
      let provider = graph.objects[unmet.provider].openedPath
      let requester = graph.objects[unmet.requester].openedPath
      tell(.fails, path, "\(unmet.version) isn't in \(provider), needed by \(requester)")
    }
  }

  /// A need that a program fails without, and that the bundle doesn't answer.
  private mutating func add(_ need: FoundNeed, of path: RootPath) {
    guard need.topic != .guesses, need.outcome != .given else { return }
    var view = RootView(tree: tree)
    // A directory that is asked for beside files is for what only some programs do.
    let isAllDirectories = need.wishes.allSatisfy(\.isDirectory)
    let missing = need.wishes.filter {
      (isAllDirectories || !$0.isDirectory) && !isAnswered($0, of: need, in: &view)
    }
    guard need.wishes.isEmpty || !missing.isEmpty else { return }
    let evidence = need.evidence.first.map { $0.text(beside: path.text) } ?? ""
    switch need.grade {
    case .noted(.required): break
    case .noted(let priority) where priority == .recommended:
      tell(
        .warns, path,
        "\(missing.map(\.description).joined(separator: ", ")) isn't there (\(need.purpose); \(evidence))",
        flag: "--dlopen recommended")
    default:
      guard
        policy.wanted.contains(need.topic) || need.isEssential && policy.counts(need.topic)
      else { return }
      let things = missing.map(\.description).joined(separator: ", ")
      tell(
        isReached(need, path) ? .fails : .warns, path,
        need.purpose + ", and "
          + (things.isEmpty ? "nothing for that is there" : "\(things) isn't there")
          + " (\(evidence))", flag: "--with \(need.topic.name)")
    }
  }

  /// Whether a need is one of what is started, not only of a program that lies in a library unused.
  private mutating func isReached(_ need: FoundNeed, _ path: RootPath) -> Bool {
    guard StartedProgram.isInLibrary(path), let reached else { return true }
    return reached.contain(need.topic, of: path)
  }

  private func isAnswered(
    _ wish: Wish, of need: FoundNeed, in view: inout RootView
  ) -> Bool {
    switch wish {
    case .library: !need.found.isEmpty
    case .path(let source, let place):
      policy.given.contains(source) || view.resolve(place?.text ?? source) != nil
    case .directory(let path, _, _): view.isDirectory(path.text)
    case .generated(let path, _), .lines(let path, _): view.isFile(path.text)
    }
  }

  // MARK: Libraries and scripts

  /// A library needs nothing that the programs which open it haven't loaded.
  private mutating func simulate(library path: RootPath) {
    var loader = loader
    guard let graph = try? loader.closure(of: path.text),
      graph.libc != nil || graph.foreignLoader != nil
    else { return }
    for request in graph.missing where !loaded.contains(request.name) {
      if let provider = siblings.provider(of: request, in: graph, at: path) {
        noteOrder(provider, request.name, path)
        continue
      }
      let requester = graph.objects[request.requester].openedPath
      tell(.fails, path, "\(request.name) is missing, needed by \(requester)")
    }
  }

  private mutating func noteOrder(
    _ provider: RootPath, _ soname: ByteString, _ library: RootPath
  ) {
    if let known = openedBefore.firstIndex(where: { $0.provider == provider }) {
      openedBefore[known].others.insert(library)
    } else {
      openedBefore.append((provider, soname, [library]))
    }
  }

  private mutating func tellOrder() {
    for (provider, soname, others) in openedBefore {
      let libraries =
        others.count == 1
        ? "1 library that needs \(soname) and doesn't find it"
        : "\(others.count) libraries that need \(soname) and don't find it"
      tell(.warns, provider, "counts as opened by its program before \(libraries)")
    }
  }

  private mutating func simulate(script path: RootPath) {
    counts.scripts += 1
    var view = RootView(tree: tree)
    do {
      _ = try ScriptChain(of: path.text, in: &view)
    } catch {
      // Modules that can be started too rarely are.
      guard !StartedProgram.isInLibrary(path) else {
        idleScripts += 1
        return
      }
      tell(.warns, path, describe(.script(error)), flag: "--with interpreters")
    }
  }

  private mutating func tell(
    _ severity: VerifyFinding.Severity, _ path: RootPath, _ message: String, flag: String? = nil
  ) {
    // The object stands before it already.
    let place = path.description + ": "
    let message = message.hasPrefix(place) ? String(message.dropFirst(place.count)) : message
    let finding = VerifyFinding(severity, path.description, message, flag: flag)
    if told.insert(finding).inserted { findings.append(finding) }
  }
}

extension Wish {
  fileprivate var isDirectory: Bool {
    if case .directory = self { true } else { false }
  }
}
