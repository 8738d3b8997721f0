package import FileTree
package import Loader
internal import SystemPackage

/// Finds what programs ask for at run time, and what that asks for in turn, until nothing new comes.
///
/// What a need brings is looked at like the programs themselves: a library that is opened may open
/// others, import what leads elsewhere, or read files of its own.
package struct NeedsFinder: Sendable {
  /// What is searched, and with which loaders.
  package struct Scope {
    package let tree: any FileTree
    /// For what is started.
    package let loader: Loader
    /// For what programs open: what the environment preloads isn't theirs.
    package let libraryLoader: Loader
    package let store: NeedStore
    package let policy: NeedsPolicy
    /// Whether files and trees that needs bring are looked at as well.
    package let descends: Bool

    package init(
      tree: any FileTree, loader: Loader, libraryLoader: Loader, store: NeedStore,
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
  let store: NeedStore
  let policy: NeedsPolicy
  let descends: Bool
  private var objectSources = NeedSources.ofObjects()
  private var programSources = NeedSources.ofPrograms()
  private var presets = PresetWishes()

  /// What was found so far.
  package internal(set) var found = Discovered()
  private var places: [NeedKey: Int] = [:]
  /// By need, the subject that it was seen in.
  private var seenIn: [Int] = []
  private var seen: Set<ByteString> = []
  private var included: Set<InclusionKey> = []
  /// Needs whose wishes weren't looked at yet, and subjects whose objects weren't.
  private var pendingNeeds: [Int] = []
  private var pendingSubjects: [Int] = []

  private struct NeedKey: Hashable {
    let topic: Topic
    let wishes: [Wish]
  }

  private struct InclusionKey: Hashable {
    let source: ByteString
    let destination: RootPath?
  }

  package init(_ scope: Scope) {
    root = RootView(tree: scope.tree)
    loader = scope.loader
    libraryLoader = scope.libraryLoader
    store = scope.store
    policy = scope.policy
    descends = scope.descends
  }

  /// Forgets what was found, and keeps what was read.
  package mutating func reset() {
    found = Discovered()
    root.reset()
    places = [:]
    seenIn = []
    seen = []
    included = []
    pendingNeeds = []
    pendingSubjects = []
    programSources = NeedSources.ofPrograms()
  }

  // MARK: What is looked at

  /// Adds a program or library whose closure is known.
  package mutating func add(
    _ path: ByteString, _ closures: ProgramClosures, destination: RootPath?,
    reason: InclusionReason
  ) {
    found.subjects.append(
      NeededSubject(path: path, destination: destination, reason: reason, closures: closures))
    pendingSubjects.append(found.subjects.count - 1)
  }

  /// Looks at all that was added, and at what that brings.
  package mutating func run() {
    // Where the presets look; every program's own places count for what it asks for by itself.
    if let first = found.subjects.first {
      root.systemDirectories = first.closures.graph.systemDirectories
    }
    for topic in policy.wanted.sorted() { request(topic) }
    while !pendingSubjects.isEmpty || !pendingNeeds.isEmpty {
      while !pendingSubjects.isEmpty { observe(pendingSubjects.removeFirst()) }
      if !pendingNeeds.isEmpty { answer(pendingNeeds.removeFirst()) }
    }
    settle()
  }

  /// What the user asks for whether or not anything points to it.
  private mutating func request(_ topic: Topic) {
    let wishes = presets.wishes(topic, detail: nil, for: nil, in: &root)
    guard !wishes.isEmpty else { return }
    register(
      RuntimeNeed(
        topic: topic, grade: .requested,
        evidence: Evidence(file: nil, mark: .option(ByteString("--with " + topic.name))),
        wishes: wishes, isEssential: true,
        purpose: Preset.all.first { $0.topic == topic }?.summary ?? ""),
      of: 0)
  }

  private mutating func observe(_ subject: Int) {
    for graph in found.subjects[subject].closures.all {
      root.systemDirectories = graph.systemDirectories
      for (index, object) in graph.objects.enumerated() where !object.isUnloaded {
        guard seen.insert(object.file.real.text).inserted else { continue }
        observe(object, isSubject: index == 0, of: subject, libc: graph.libc)
      }
    }
  }

  private mutating func observe(
    _ object: LoadedObject, isSubject: Bool, of subject: Int, libc: Libc?
  ) {
    let owner = found.subjects[subject]
    let place = isSubject ? owner.destination : nil
    for offset in NotedLibraries.damagedNotes(of: object.image) {
      found.damagedNotes.append(Evidence(file: object.openedPath, mark: .note(offset: offset)))
    }
    let observed = store.observe(
      object, place: place ?? RootPath(normalising: object.openedPath),
      isProgram: isSubject && owner.isStarted, libc: libc)
    let needs = store.needs(of: observed) { observed in
      objectSources.indices.flatMap { objectSources[$0].needs(of: observed, in: &root) }
    }
    for need in needs + programNeeds(of: observed) { register(need, of: subject) }
  }

  /// Looks at a file that no loader loads, such as a managed assembly.
  mutating func observe(
    file path: ByteString, _ file: ResolvedPath, destination: RootPath?, isProgram: Bool
  ) {
    guard seen.insert(file.real.text).inserted else { return }
    let observed = ObservedObject(
      path: path, real: file.real, place: destination ?? RootPath(normalising: path), image: nil,
      isProgram: isProgram, imports: [], libc: nil)
    for need in programNeeds(of: observed) {
      register(need, of: max(0, found.subjects.count - 1))
    }
  }

  private mutating func programNeeds(of object: ObservedObject) -> [RuntimeNeed] {
    programSources.indices.flatMap { programSources[$0].needs(of: object, in: &root) }
  }

  // MARK: Needs

  mutating func register(_ need: RuntimeNeed, of subject: Int) {
    let key = NeedKey(topic: need.topic, wishes: need.wishes)
    guard let index = places[key] else {
      places[key] = found.needs.count
      found.needs.append(FoundNeed(need, outcome: Self.outcome(of: policy.decision(on: need))))
      seenIn.append(subject)
      if found.needs.last?.outcome == .packed { pendingNeeds.append(found.needs.count - 1) }
      return
    }
    let wasPacked = found.needs[index].outcome == .packed
    found.needs[index].merge(need)
    guard !wasPacked, policy.decision(on: need) == .packed else { return }
    found.needs[index].outcome = .packed
    seenIn[index] = subject
    pendingNeeds.append(index)
  }

  private static func outcome(of decision: NeedsPolicy.Decision) -> FoundNeed.Outcome {
    switch decision {
    case .packed: .packed
    case .hint(let flag): .hint(flag: flag)
    case .leftOut(let flag): .leftOut(flag: flag)
    }
  }

  private mutating func answer(_ need: Int) {
    openLibraries(of: need)
    for wish in found.needs[need].wishes {
      switch wish {
      case .library: break
      case .path(let source, let destination): include(source, at: destination, for: need)
      case .directory(let path, _), .generated(let path, _), .lines(let path, _):
        found.content.append(NeededContent(wish: wish, need: need))
        found.needs[need].found.append(path.text)
      }
    }
  }

  // MARK: Libraries

  /// Lets the programs that have the caller open a need's libraries; where none has it, what the need
  /// was seen in.
  private mutating func openLibraries(of need: Int) {
    guard !found.subjects.isEmpty else { return }
    var names: [ByteString?: [[ByteString]]] = [:]
    var callers: [ByteString?] = []
    for case .library(let alternatives, let caller) in found.needs[need].wishes {
      if names[caller] == nil { callers.append(caller) }
      names[caller, default: []].append(alternatives)
    }
    for caller in callers {
      for target in targets(of: caller, need) {
        open(names[caller] ?? [], by: caller, in: target, for: need)
      }
    }
  }

  private func targets(of caller: ByteString?, _ need: Int) -> [Int] {
    guard let caller else { return [seenIn[need]] }
    let programs = found.subjects.indices.filter {
      found.subjects[$0].isStarted && found.subjects[$0].loads(caller)
    }
    return programs.isEmpty ? [seenIn[need]] : programs
  }

  /// Opens libraries, of each the first alternative that is found; all at once, and again without those
  /// that aren't there.
  private mutating func open(
    _ libraries: [[ByteString]], by caller: ByteString?, in subject: Int, for need: Int
  ) {
    var pending = libraries.filter { alternatives in
      let loaded = alternatives.lazy.compactMap { [found] in
        found.subjects[subject].object(named: $0)
      }.first
      if let loaded { found.needs[need].found.append(loaded.openedPath) }
      return loaded == nil
    }
    var accepted: [Opening] = []
    // Each round tries one more alternative of what wasn't found yet.
    for round in 0..<(pending.map(\.count).max() ?? 0) {
      let openings = pending.compactMap { names in
        round < names.count
          ? Opening(name: names[round], caller: caller, dependsOnCaller: true) : nil
      }
      guard let closures = closures(of: subject, opening: accepted + openings) else { return }
      let opened = openings.filter { closures.graph.opened($0.name) != nil }
      accepted += opened
      let names = Set(opened.map(\.name))
      pending.removeAll { !names.isDisjoint(with: $0) }
    }
    // What can't be done without is missing like a library that is linked.
    if case .noted(.required) = found.needs[need].grade, let name = pending.first?.first {
      accepted.append(Opening(name: name, caller: caller, dependsOnCaller: true))
    }
    guard !accepted.isEmpty, let closures = closures(of: subject, opening: accepted) else { return }
    accept(accepted, closures, in: subject, for: need)
    found.needs[need].found += accepted.compactMap {
      closures.graph.opened($0.name)?.openedPath
    }
  }

  private mutating func accept(
    _ openings: [Opening], _ closures: ProgramClosures, in subject: Int, for need: Int
  ) {
    found.subjects[subject].closures = closures
    found.subjects[subject].openings += openings.map { FoundOpening(opening: $0, need: need) }
    if !pendingSubjects.contains(subject) { pendingSubjects.append(subject) }
  }

  /// The closures of a subject that opens some libraries more; nil where they are too large, which is
  /// kept to be told.
  private mutating func closures(of subject: Int, opening more: [Opening]) -> ProgramClosures? {
    let owner = found.subjects[subject]
    let openings = owner.openings.map(\.opening) + more
    do {
      return owner.isStarted
        ? try loader.closures(of: owner.path, openings: openings)
        : try libraryLoader.closures(of: owner.path, openings: openings)
    } catch {
      found.unopenable.append(error)
      return nil
    }
  }

  // MARK: Files

  private mutating func include(
    _ source: ByteString, at destination: RootPath?, for need: Int
  ) {
    guard let file = root.resolve(source) else { return }
    found.needs[need].found.append(source)
    guard included.insert(InclusionKey(source: source, destination: destination)).inserted else {
      return
    }
    found.inclusions.append(
      Inclusion(source: source, destination: destination, reason: .need(need)))
    guard descends else { return }
    descend(into: file, openedPath: source, destination: destination, reason: .need(need))
  }

  /// Records a file or tree that ships; false if it does already.
  mutating func record(_ inclusion: Inclusion) -> Bool {
    let key = InclusionKey(source: inclusion.source, destination: inclusion.destination)
    guard included.insert(key).inserted else { return false }
    found.inclusions.append(inclusion)
    return true
  }

  // MARK: The end

  /// What came of each need.
  private mutating func settle() {
    var hints: [Int] = []
    for index in found.needs.indices {
      let need = found.needs[index]
      if need.outcome == .packed {
        if need.found.isEmpty { found.needs[index].outcome = .absent }
      } else if let path = loadedPath(of: need) {
        found.needs[index].outcome = .present
        found.needs[index].found = [path]
      } else if case .hint = need.outcome {
        hints.append(index)
      }
    }
    probe(hints)
    found.isCutShort = root.isCutShort
    found.unanswered = policy.wanted.sorted().filter { topic in
      !found.needs.contains {
        $0.topic == topic && ($0.outcome == .packed || $0.outcome == .present)
      }
    }
  }

  /// The library that a need is about, if a closure has it whether or not anybody opens it.
  private func loadedPath(of need: FoundNeed) -> ByteString? {
    guard need.wishes.count == 1 else { return nil }
    for case .library(let names, _) in need.wishes {
      for name in names {
        for subject in found.subjects {
          if let object = subject.object(named: name) { return object.openedPath }
        }
      }
    }
    return nil
  }

  /// A hint that its flag would bring nothing is none: finds what each would bring.
  private mutating func probe(_ hints: [Int]) {
    var probes: [Int: [(need: Int, opening: Opening)]] = [:]
    for need in hints {
      for wish in found.needs[need].wishes {
        switch wish {
        case .path(let source, _):
          if root.resolve(source) != nil { found.needs[need].found.append(source) }
        case .directory(let path, _), .generated(let path, _), .lines(let path, _):
          found.needs[need].found.append(path.text)
        case .library(let names, let caller):
          if let path = names.first(where: { $0.hasPrefix("/") && root.isFile($0) }) {
            found.needs[need].found.append(path)
          } else {
            probes[seenIn[need], default: []] += names.filter { !$0.hasPrefix("/") }.map {
              (need, Opening(name: $0, caller: caller, dependsOnCaller: true))
            }
          }
        }
      }
    }
    for subject in probes.keys.sorted() { open(probes[subject] ?? [], in: subject) }
    for need in hints where found.needs[need].found.isEmpty {
      found.needs[need].outcome = .absent
    }
  }

  /// Opens libraries only to see which of them are found.
  private mutating func open(_ probes: [(need: Int, opening: Opening)], in subject: Int) {
    guard found.subjects.indices.contains(subject) else { return }
    let owner = found.subjects[subject]
    let all = owner.openings.map(\.opening) + probes.map(\.opening)
    guard let graph = try? loader.closure(of: owner.path, openings: all) else { return }
    for probe in probes {
      guard let object = graph.opened(probe.opening.name),
        !found.needs[probe.need].found.contains(object.openedPath)
      else { continue }
      found.needs[probe.need].found.append(object.openedPath)
    }
  }
}
