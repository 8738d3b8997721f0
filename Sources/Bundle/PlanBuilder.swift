internal import Discovery
internal import ELF
package import FileTree
internal import Loader
internal import SystemPackage

/// Makes a plan from closures and additions, and proves it.
package struct PlanBuilder {
  private let tree: any FileTree
  private let contents: PlanContents
  private let options: PlanOptions
  private var resolver: PathResolver
  private var gate: SecretGate?
  /// What the user adds and mustn't: gathered, so that all of it is told.
  private var refused: [RootPath: SensitiveReason] = [:]
  /// All subjects but those of needs that gave way to something else in their place.
  private var placed: [PackSubject] = []
  /// What needs asked for and that stays out, by the path that was asked for.
  private var leftOut: Set<ByteString> = []

  package init(
    tree: any FileTree, contents: PlanContents, options: PlanOptions = PlanOptions()
  ) {
    self.tree = tree
    self.contents = contents
    self.options = options
    gate = options.gate
    resolver = PathResolver(tree: tree)
  }

  /// Builds the plan; the loader rules run inside it, and every request must find the same file.
  package mutating func build() throws(PlanError) -> BundlePlan {
    var draft = PlanDraft(source: tree, options: options)
    try placeProgramsAndAdditions(in: &draft)
    try placeNeeds(in: &draft)
    guard refused.isEmpty else { throw .sensitive(refused) }
    let programs = try programs(&draft)
    try ImageSetup(options: options).add(to: &draft)
    for content in GeneratedContent.merged(contents.content) {
      try content.add(to: &draft, because: reason(of: .need(content.need)))
    }
    try RunLinks.add(of: tree, to: &draft)
    let entries = try prove(&draft)
    let first = contents.programs.first
    let header: ElfHeader? = if let first { self.header(of: first) } else { nil }
    let isStartable = if let first { !isLibrary(first) } else { false }
    return BundlePlan(
      entries: finish(entries), programs: programs,
      entrypoint: isStartable ? programs.first : nil,
      launcher: first?.launcher, programHeader: header, warnings: draft.warnings,
      needs: contents.needs.map { $0.without(leftOut) })
  }

  private mutating func placeProgramsAndAdditions(in draft: inout PlanDraft) throws(PlanError) {
    let subjects = contents.subjects.filter { !$0.isForNeed }
    // What keeps its path first: what moves has to go where the links of the others lead.
    for subject in subjects where subject.destination == nil { try place(subject, in: &draft) }
    for addition in contents.additions where !addition.isForNeed {
      try place(addition, in: &draft)
    }
    for subject in subjects where subject.destination != nil { try place(subject, in: &draft) }
  }

  /// What needs ask for gives way to what the user adds.
  private mutating func placeNeeds(in draft: inout PlanDraft) throws(PlanError) {
    draft.yields = true
    let subjects = contents.subjects.filter { subject in
      let file = subject.graph.subject.file
      return subject.isForNeed
        && admits(
          file.real, file.status, in: tree, for: .need, at: subject.destination ?? file.real,
          as: subject.graph.subject.openedPath, &draft)
    }
    for subject in subjects where subject.destination == nil { try place(subject, in: &draft) }
    for addition in contents.additions where addition.isForNeed { try place(addition, in: &draft) }
    for subject in subjects where subject.destination != nil { try place(subject, in: &draft) }
    draft.yields = false
  }

  /// Where the programs are started, each once.
  private mutating func programs(_ draft: inout PlanDraft) throws(PlanError) -> [RootPath] {
    var programs: [RootPath] = []
    for program in contents.programs {
      let place = try path(of: program)
      guard !programs.contains(place) else { continue }
      programs.append(place)
      if let file = program.file { try addLink(at: place, to: file, in: &draft) }
      if program.launcher == nil, !isLibrary(program),
        try resolve(program.path).status.permissions & 0o111 == 0
      {
        draft.warn(.notExecutable(place))
      }
    }
    return programs
  }

  /// Adds a link from where a program is started to its file.
  private func addLink(
    at place: RootPath, to file: RootPath, in draft: inout PlanDraft
  ) throws(PlanError) {
    try draft.add(
      .symbolicLink(ByteString(linkFrom: place, to: file)),
      at: try draft.physicalPath(place.text), because: .link(to: file.text))
  }

  /// Whether a program is a shared library, which nobody starts.
  private func isLibrary(_ program: PackProgram) -> Bool {
    let subject = contents.subjects.first {
      $0.reason == .program && $0.graph.subject.openedPath == program.path
    }
    return subject.map { !$0.graph.subject.image.isProgram } ?? false
  }

  /// The header of what the kernel starts for a program: its own, or that of what reads it.
  private func header(of program: PackProgram) -> ElfHeader? {
    let started = contents.subjects.last { subject in
      switch subject.reason {
      case .program: subject.graph.subject.openedPath == program.path
      case .interpreter(let script): script == program.path
      case .addition, .need, .command: subject.graph.subject.openedPath == program.launcher
      }
    }
    return started?.graph.subject.image.header
  }

  private func reason(of inclusion: InclusionReason) -> Provenance {
    switch inclusion {
    case .program: .program
    case .interpreter(let script): .scriptInterpreter(of: script)
    case .addition(let source): .addition(of: source)
    case .need(let index), .command(let index):
      .need(NeedReason(contents.needs[index]))
    }
  }

  /// The entries once the loader finds in them what it finds in the root, with a generated
  /// configuration if need be.
  private func prove(_ draft: inout PlanDraft) throws(PlanError) -> [BundleEntry] {
    let proof = PlanProof(subjects: placed)
    var entries = draft.entries()
    var bundle = PlanTree(entries)
    if !proof.deviations(in: bundle).isEmpty {
      try LoaderConfiguration.add(for: placed, to: &draft)
      entries = draft.entries()
      bundle = PlanTree(entries)
      let deviations = proof.deviations(in: bundle)
      guard deviations.isEmpty else { throw .unfaithful(deviations) }
    }
    noteDanglingLinks(of: entries, in: bundle, &draft)
    return entries
  }

  /// What changes only after the proof: its loader goes through the root links, as that of the whole
  /// image will, and asks nobody who owns a volume.
  private func finish(_ entries: [BundleEntry]) -> [BundleEntry] {
    (options.base?.entries(from: entries) ?? entries).map { entry in
      switch entry.reason {
      case .volume: owned(entry)
      case .need(let need) where need.topic == StateDirectories.topic: owned(entry)
      default: entry
      }
    }
  }

  /// What the image's user writes to is his.
  private func owned(_ entry: BundleEntry) -> BundleEntry {
    BundleEntry(
      path: entry.path, node: entry.node, reason: entry.reason, stratum: entry.stratum,
      owner: options.volumeOwner ?? entry.owner)
  }

  /// Where a program is started: its place in the bundle with the directory's links resolved.
  private mutating func path(of program: PackProgram) throws(PlanError) -> RootPath {
    if let destination = program.destination { return destination }
    return try resolve(program.path.directoryPart).real.appending(
      RootPath(normalising: program.path).name)
  }

  // MARK: Closures

  private mutating func place(
    _ subject: PackSubject, in draft: inout PlanDraft
  ) throws(PlanError) {
    let graph = subject.graph
    let file = graph.subject.file
    let reason = reason(of: subject.reason)
    let start: ByteString
    if let destination = subject.destination {
      let path = try draft.physicalPath(destination.text, followingRoot: subject.isForNeed)
      try draft.addFile(tree, file.real, file.status, at: path, because: reason)
      start = destination.text
    } else {
      try keep(
        graph.subject.openedPath, file, in: &draft, because: reason, stratum: .application)
      start = graph.subject.openedPath
    }
    if subject.isForNeed,
      !draft.holds(file.status.identity, at: try draft.physicalPath(start + "/."))
    {
      return
    }
    placed.append(subject)
    // A program's `$ORIGIN` is its real directory.
    let origin =
      subject.destination == nil && graph.subject.image.isProgram ? file.real.text : start
    for required in graph.requiredPaths(subjectAt: origin) {
      try place(required, of: subject, start: start, in: &draft)
    }
  }

  private mutating func place(
    _ required: RequiredPath, of subject: PackSubject, start: ByteString,
    in draft: inout PlanDraft
  ) throws(PlanError) {
    let graph = subject.graph
    let request = graph.requests[required.request]
    let requester = request.requester == 0 ? start : graph.objects[request.requester].openedPath
    let rule = request.rule ?? .path
    let reason: Provenance =
      if rule == .interpreter {
        .interpreter(of: start)
      } else if request.kind == .dlopen, let need = subject.openings[request.name] {
        .opened(
          name: request.name, by: requester, rule: rule, need: NeedReason(contents.needs[need]))
      } else {
        .library(name: request.name, by: requester, rule: rule)
      }
    if required.relocatedPath == required.openedPath {
      // Opened anew: a request may reach the object by another chain of links than the first did.
      let file = try resolve(required.openedPath)
      try keep(
        required.openedPath, file, in: &draft, because: reason,
        stratum: graph.stratum(of: required.object))
    } else {
      try move(
        from: required.openedPath, to: required.relocatedPath, in: &draft, because: reason)
    }
  }

  /// Adds a file under the path that it has, with every link and detour on the way to it.
  private mutating func keep(
    _ openedPath: ByteString, _ file: ResolvedPath, in draft: inout PlanDraft,
    because reason: Provenance, stratum: Stratum
  ) throws(PlanError) {
    try addWay(to: openedPath, file, in: &draft, stratum: stratum)
    try draft.addFile(
      tree, file.real, file.status, at: file.real, because: reason, in: stratum)
  }

  private mutating func addWay(
    to openedPath: ByteString, _ file: ResolvedPath, in draft: inout PlanDraft, stratum: Stratum
  ) throws(PlanError) {
    for link in file.links {
      let reason: Provenance =
        draft.isRootLink(link.path, link.text)
        ? .rootLink : .link(to: openedPath)
      try draft.add(.symbolicLink(link.text), at: link.path, because: reason, in: stratum)
    }
    for directory in file.detours {
      try draft.add(
        .directory(permissions: 0o755), at: directory, because: .detour(on: openedPath), in: stratum
      )
    }
  }

  /// Adds a file under a new path. Links from name to name in one directory come along; any other
  /// link is replaced by the file, so that no path of the old place ends up in the bundle.
  private mutating func move(
    from openedPath: ByteString, to newPath: ByteString, in draft: inout PlanDraft,
    because reason: Provenance
  ) throws(PlanError) {
    let file = try resolve(openedPath)
    let destination = RootPath(normalising: newPath)
    try addDetours(of: newPath, in: &draft)
    var place = try draft.physicalPath(newPath)
    // An addition may have brought the same file already, by links of its own.
    if draft.nodes[place] != nil, draft.identity(at: newPath) == file.status.identity { return }
    var source = try resolve(openedPath.directoryPart).real.appending(
      RootPath(normalising: openedPath).name)
    while source != file.real {
      guard let text = try? tree.linkText(of: source), !text.contains(UInt8(ascii: "/")) else {
        break
      }
      try draft.add(.symbolicLink(text), at: place, because: .link(to: destination.text))
      source = source.parent.appending(text)
      place = place.parent.appending(text)
    }
    try draft.addFile(tree, file.real, file.status, at: place, because: reason)
  }

  /// Directories that a `..` in the new path leaves again must exist, or the path doesn't resolve.
  private mutating func addDetours(
    of path: ByteString, in draft: inout PlanDraft
  ) throws(PlanError) {
    var text: ByteString = ""
    for name in path.split(on: { $0 == UInt8(ascii: "/") }) where !name.isEmpty {
      if name == ".." {
        let directory = try draft.physicalPath(text + "/.")
        try draft.add(
          .directory(permissions: 0o755), at: directory, because: .detour(on: path))
      }
      text = text + "/" + name
    }
  }

  private mutating func resolve(_ path: ByteString) throws(PlanError) -> ResolvedPath {
    do {
      return try resolver.resolve(path)
    } catch {
      throw .unreadable(path: path, error)
    }
  }

  // MARK: Additions

  private mutating func place(
    _ addition: Addition, in draft: inout PlanDraft
  ) throws(PlanError) {
    var resolver = PathResolver(tree: addition.tree)
    let source: ResolvedPath
    do {
      source = try resolver.resolve(addition.source)
    } catch {
      throw .unreadable(path: addition.source, error)
    }
    let target =
      try addition.destination.map { destination throws(PlanError) in
        try draft.physicalPath(destination.text, followingRoot: addition.isForNeed)
      } ?? source.real
    guard
      admits(
        source.real, source.status, in: addition.tree, for: addition.taker, at: target,
        as: addition.source, &draft)
    else { return }
    if addition.destination == nil {
      try addWay(to: addition.source, source, in: &draft, stratum: .application)
    }
    try copy(
      source.real, source.status, to: target, named: addition.destination ?? source.real,
      of: addition, in: &draft)
  }

  /// Whether something may ship.
  ///
  /// - Parameters:
  ///   - target: its place in the bundle: what the user added there is no need's any more.
  ///   - name: what it was asked for as; nil for what only lies in that.
  private mutating func admits(
    _ path: RootPath, _ status: FileStatus, in source: any FileTree, for taker: SecretGate.Taker,
    at target: RootPath, as name: ByteString?, _ draft: inout PlanDraft
  ) -> Bool {
    guard let reason = gate?.reason(against: path, status, in: source, for: taker) else {
      return true
    }
    guard taker == .need else {
      refused[path] = reason
      return false
    }
    if let name { leftOut.insert(name) }
    if draft.nodes[target] == nil { draft.warn(.leftOutSensitive(path, reason)) }
    return false
  }

  /// Adds what was let through, and what of a directory's content is.
  ///
  /// - Parameters:
  ///   - target: its place in the bundle.
  ///   - name: the same before its links were followed: what a link's text starts from.
  private mutating func copy(
    _ path: RootPath, _ status: FileStatus, to target: RootPath, named name: RootPath,
    of addition: Addition, in draft: inout PlanDraft
  ) throws(PlanError) {
    let reason = addition.reason.map(reason) ?? .addition(of: path.text)
    do {
      switch status.kind {
      case .regular:
        try draft.addFile(addition.tree, path, status, at: target, because: reason)
      case .symbolicLink:
        let text = try addition.tree.linkText(of: path)
        try draft.add(
          .symbolicLink(text.linkText(movedFrom: name, to: target)), at: target, because: reason)
      case .directory:
        // What is added at `/lib` goes where that link leads, whichever of the two came first.
        let target = try draft.physicalPath(target.text + "/.")
        try draft.addDirectory(addition.tree, path, status, at: target, because: reason)
        for entry in try addition.tree.names(in: path) {
          let (child, place) = (path.appending(entry), target.appending(entry))
          let status = try addition.tree.status(of: child)
          let isAdmitted = admits(
            child, status, in: addition.tree, for: addition.taker, at: place, as: nil, &draft)
          guard isAdmitted else { continue }
          try copy(
            child, status, to: place, named: name.appending(entry), of: addition, in: &draft)
        }
      default:
        throw PlanError.unpackable(path: path, status.kind)
      }
    } catch let error as PlanError {
      throw error
    } catch let error as Errno {
      throw .unreadable(path: path.text, error)
    } catch {
      throw .unreadable(path: path.text, .ioError)
    }
  }

  /// A link that an addition brings may lead to something that doesn't ship.
  private func noteDanglingLinks(
    of entries: [BundleEntry], in bundle: PlanTree, _ draft: inout PlanDraft
  ) {
    var resolver = PathResolver(tree: bundle)
    for entry in entries {
      guard case .symbolicLink(let text) = entry.node, case .addition = entry.reason else {
        continue
      }
      if (try? resolver.resolve(entry.path.text)) == nil {
        draft.warn(.danglingLink(entry.path, text))
      }
    }
  }
}
