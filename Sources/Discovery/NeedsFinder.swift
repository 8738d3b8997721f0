package import FileTree
package import Loader
internal import SystemPackage

/// Finds what programs ask for at run time, and what that asks for in turn, until nothing new comes.
///
/// What a need brings is looked at like the programs themselves: a library that is opened may open others,
/// import what leads elsewhere, or read files of its own. Every look at a program is a pure function of its
/// ``ProgramView`` and the root; what comes of it is only ever added to, so neither the order of the inputs
/// nor that of the looks changes the result. A finder keeps what it has read for the next question.
package struct NeedsFinder: Sendable {
  /// What is searched, and with which loaders.
  package struct Scope {
    package let tree: any FileTree
    /// For what is started.
    package let loader: Loader
    /// For what programs open: what the environment preloads isn't theirs.
    package let libraryLoader: Loader
    package let store: RootFacts
    package let policy: NeedsPolicy
    /// Whether files and trees that needs bring are looked at as well.
    package let descends: Bool

    package init(
      tree: any FileTree, loader: Loader, libraryLoader: Loader, store: RootFacts,
      policy: NeedsPolicy, descends: Bool
    ) {
      self.tree = tree
      self.loader = loader
      self.libraryLoader = libraryLoader
      self.store = store
      self.policy = policy
      self.descends = descends
    }
  }

  var root: RootView
  var loader: Loader
  var libraryLoader: Loader
  let policy: NeedsPolicy
  let descends: Bool
  /// What is known of the question at hand.
  var search = Search()
  /// Homes of programs that move, and where they go; all physical.
  var homes: [RootPath: RootPath] = [:]

  package init(_ scope: Scope) {
    root = RootView(tree: scope.tree, store: scope.store)
    loader = scope.loader
    libraryLoader = scope.libraryLoader
    policy = scope.policy
    descends = scope.descends
  }

  /// All that what was asked for needs.
  package mutating func discover(_ inputs: DiscoveryInputs) -> Discovered {
    search = Search()
    root.beginProgram()
    var inputs = inputs
    house(&inputs)
    // In an order of their own, whatever the user's.
    for input in inputs.subjects.sorted(by: { $0.order < $1.order }) { add(input) }
    for file in inputs.files.sorted(by: { $0.path < $1.path }) { observe(file, by: nil) }
    for inclusion in inputs.inclusions.sorted(by: { $0.order < $1.order }) { record(inclusion) }
    for addition in inputs.additions.sorted(by: { $0.order < $1.order }) { add(addition) }
    root.systemDirectories = search.subjects.first?.closures.graph.systemDirectories ?? []
    for topic in policy.wanted.sorted() { request(topic) }
    while let subject = search.nextSubject() {
      look(at: subject)
      while let need = search.nextNeed() { answer(need) }
    }
    while let need = search.nextNeed() { answer(need) }
    var found = settle()
    found.programs = inputs.programs
    found.scripts = inputs.scripts
    return found
  }

  /// What the user asks for whether or not anything points to it.
  private mutating func request(_ topic: Topic) {
    let wishes = PresetWishes.wishes(topic, detail: nil, for: nil, in: &root)
    guard !wishes.isEmpty else { return }
    register(
      RuntimeNeed(
        topic: topic, grade: .requested,
        evidence: Evidence(file: nil, mark: .option(ByteString("--with " + topic.name))),
        wishes: wishes, isEssential: true,
        purpose: Preset.all.first { $0.topic == topic }?.summary ?? ""),
      of: search.subjects.indices.first)
  }

  private mutating func look(at subject: Int) {
    let view = ProgramView(
      of: search.subjects[subject], files: search.files(of: subject),
      scripts: search.scripts(of: subject), store: root.store)
    search.noteDamage(in: view)
    root.systemDirectories = search.subjects[subject].closures.graph.systemDirectories
    for need in view.needs(in: &root) { register(need, of: subject) }
  }

  /// Takes a need in, and has it answered if the policy packs it.
  ///
  /// - Parameter subject: the one that it was seen in; nil for none.
  mutating func register(_ need: RuntimeNeed, of subject: Int?) {
    search.register(need, policy.decision(on: need), of: subject)
  }

  private mutating func answer(_ need: Int) {
    openLibraries(of: need)
    for wish in search.needs[need].wishes {
      switch wish {
      case .library: break
      case .path(let source, let destination): include(source, at: destination, for: need)
      case .directory(let path, _, _), .generated(let path, _), .lines(let path, _):
        search.add(NeededContent(wish: wish, need: need), at: path)
      }
    }
  }

  private mutating func include(
    _ source: ByteString, at destination: RootPath?, for need: Int
  ) {
    guard !policy.given.contains(source), let file = root.resolve(source) else { return }
    search.find(source, for: need)
    let (source, destination) = housed(source, file, at: destination)
    let isCommand = search.needs[need].topic == ShellCommands.topic
    let reason = isCommand ? InclusionReason.command(need) : .need(need)
    guard record(Inclusion(source: source, destination: destination, reason: reason)), descends
    else { return }
    descend(
      into: file, openedPath: source, destination: destination, reason: reason,
      by: search.needs[need].subjects.first)
  }

  /// Records a file or tree that ships; false if it does already.
  @discardableResult
  mutating func record(_ inclusion: Inclusion) -> Bool { search.record(inclusion) }
}
