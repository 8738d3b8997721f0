internal import ELF
package import FileTree
internal import SystemPackage

/// Resolves closures inside one tree, as the loaders of the programs in it would.
///
/// Files that were read are remembered, so subjects that share libraries share the work. The tree is
/// taken as constant; nothing is executed.
package struct Loader {
  package let tree: any FileTree
  package internal(set) var environment: SearchEnvironment
  private var files: LoaderFiles
  private var interpreters: InterpreterFinder

  /// - Parameter store: what other loaders of the same tree have read.
  package init(
    tree: any FileTree, environment: SearchEnvironment = SearchEnvironment(),
    store: ObjectStore? = nil
  ) {
    self.tree = tree
    self.environment = environment
    files = LoaderFiles(tree: tree, store: store ?? ObjectStore(tree: tree))
    interpreters = InterpreterFinder(workingDirectory: environment.workingDirectory)
  }

  /// Builds the closure of the program or library at `path`, an in-root path text.
  ///
  /// - Parameters:
  ///   - processor: another one than the environment's.
  ///   - openings: what it opens beside the environment's, after those.
  package mutating func closure(
    of path: ByteString, processor: Processor? = nil, openings: [Opening] = []
  ) throws(LoaderError) -> ClosureGraph {
    var environment = environment
    environment.openings += openings
    environment.processor = processor ?? environment.processor
    var subject = try readSubject(path)
    let header = subject.image.header
    let platform = LoaderPlatform(header)
    guard subject.image.linkage == .dynamic else {
      return ClosureGraph(
        environment: environment, subject: subject, isSecure: isSecure(subject))
    }
    let (interpreter, attempt) = interpreters.find(for: subject, platform, files: &files)
    guard let interpreter else {
      return ClosureGraph(
        environment: environment, subject: subject, isSecure: isSecure(subject))
    }
    let fitting = environment.processor.fitting(header.machine)
    let profile = interpreters.profile(of: interpreter, platform, fitting)
    if let level = fitting.level, fitting.isNamedLevel, !profile.levels.contains(level) {
      throw .unknownLevel(path: path, level: level, known: profile.levels)
    }
    subject = try self.subject(subject, as: profile.libc)
    var walk = ClosureWalk(
      subject: subject, interpreter: interpreter.object, profile: profile,
      environment: environment, isSecure: isSecure(subject))
    let start = subject.image.interpreter.map { ProgramStart(path: $0, attempt: attempt) }
    let systemDirectories: [ByteString]
    var unmetVersions: [UnmetVersion] = []
    switch profile.libc {
    case .glibc:
      var rules = try glibcRules(profile, platform)
      try load(&walk, by: &rules, start)
      try checkVersionTables(of: walk)
      unmetVersions = try VersionCheck.unmet(by: walk.ownObjects, in: walk, &files)
      // Last, since their namespaces have names of their own; musl has none.
      rules.loadAuditors(&walk, files: &files)
      systemDirectories = profile.defaultDirectories
    case .musl:
      var rules = MuslRules(
        profile: profile, environment: environment,
        pathFile: try files.pathFile(at: profile.configurationPath), isSecure: walk.isSecure)
      try load(&walk, by: &rules, start)
      systemDirectories = rules.systemDirectories
    case nil:
      var rules = ForeignRules(profile: profile, subject: header)
      try load(&walk, by: &rules, start)
      systemDirectories = profile.defaultDirectories
    }
    guard !walk.isTooLarge else {
      throw .tooManyCandidates(path: path, limit: ClosureWalk.workLimit)
    }
    return ClosureGraph(
      walk: walk, unmetVersions: unmetVersions, systemDirectories: systemDirectories)
  }

  /// A program doesn't start if the versions that its objects ask for can't be read.
  private func checkVersionTables(of walk: ClosureWalk) throws(LoaderError) {
    for index in walk.ownObjects {
      let object = walk.objects[index]
      guard let damage = object.image.dynamic?.versions.damage else { continue }
      throw .unreadable(path: object.openedPath, damage)
    }
  }

  private mutating func glibcRules(
    _ profile: LoaderProfile, _ platform: LoaderPlatform
  ) throws(LoaderError) -> GlibcRules {
    let cache = try files.cache(at: profile.configurationPath).flatMap {
      LdSoCache(bytes: $0, platform: platform)
    }
    return GlibcRules(
      profile: profile, cache: cache,
      preloadFile: try files.text(at: PreloadFile.path).map { ByteString($0) },
      subject: platform.header)
  }

  /// How the kernel finds the interpreter of a program.
  private struct ProgramStart {
    let path: ByteString
    let attempt: SearchAttempt?
  }

  /// - Parameter start: nil for a library, which no kernel starts.
  private mutating func load(
    _ walk: inout ClosureWalk, by rules: inout some LoaderRules, _ start: ProgramStart?
  ) throws(LoaderError) {
    rules.loadAtStart(&walk, files: &files)
    if let start {
      let place = walk.placeInterpreter()
      // One that the kernel refuses is there for nobody.
      let isStarted = start.attempt.map { $0.outcome == .found } ?? true
      let index = isStarted ? place : nil
      walk.record(
        LibraryRequest(
          kind: .interpreter, name: start.path, expandedName: start.path, requester: 0,
          rule: index == nil ? nil : .interpreter, object: index,
          attempts: start.attempt.map { [$0] } ?? [], isRequired: true))
    }
    for opening in walk.environment.openings {
      guard let caller = try caller(of: opening, in: walk) else { continue }
      rules.open(opening.name, by: caller, in: &walk, files: &files)
    }
  }

  private func caller(
    of opening: Opening, in walk: ClosureWalk
  ) throws(LoaderError) -> Int? {
    guard let word = opening.caller else { return 0 }
    let match = walk.objects.indices.first { walk.objects[$0].answers(to: word) }
    guard match != nil || opening.dependsOnCaller else {
      throw .unknownCaller(path: walk.subject.openedPath, caller: word)
    }
    return match
  }

  // MARK: The subject

  /// Set-user-id, set-group-id or capabilities: whoever else starts the program, it is no matter of
  /// his alone what is loaded (Linux `security/commoncap.c`, `cap_bprm_creds_from_file`).
  private func isSecure(_ subject: LoadedObject) -> Bool {
    subject.image.isProgram
      && (subject.file.status.permissions & 0o6000 != 0
        || tree.hasCapabilities(subject.file.real))
  }

  private mutating func readSubject(_ path: ByteString) throws(LoaderError) -> LoadedObject {
    let file: ResolvedPath
    do {
      file = try files.resolve(path, from: environment.workingDirectory)
    } catch {
      throw .unopenable(path: path, error)
    }
    guard file.status.kind == .regular else {
      throw .notRegular(path: path, file.status.kind)
    }
    switch subjectEntry(of: file) {
    case .unopenable(let error): throw .unopenable(path: path, error)
    case .notElf(let error): throw .unreadable(path: path, error)
    case .damaged(let header, let error):
      try check(header, of: path)
      throw .unreadable(path: path, error)
    case .object(let elf):
      try check(elf.image.header, of: path)
      guard !elf.image.isDebugDataOnly else { throw .debugDataOnly(path: path) }
      guard elf.image.hasLoadSegment else { throw .noLoadSegment(path: path) }
      return LoadedObject(openedPath: path, file: file, elf: elf, loadedBy: nil)
    }
  }

  /// The kernel maps a program, and looks at little of its header.
  private mutating func subjectEntry(of file: ResolvedPath) -> ObjectStore.Entry {
    let entry = files.entry(of: file)
    if case .object(let elf) = entry, elf.isSame(to: .kernel, in: nil) { return entry }
    let program = files.entry(of: file, mappedBy: .kernel, in: ElfHeader())
    if case .object(let elf) = program, elf.image.isProgram { return program }
    return entry
  }

  private func check(_ header: ElfHeader, of path: ByteString) throws(LoaderError) {
    guard header.type == .executable || header.type == .sharedObject else {
      throw .notLoadable(path: path, header.type)
    }
    guard header.machine.isKnown else { throw .unknownMachine(path: path, header.machine) }
  }

  /// The subject as the loader of a C library takes it, which may not be as its file was read.
  private mutating func subject(
    _ subject: LoadedObject, as libc: Libc?
  ) throws(LoaderError) -> LoadedObject {
    guard let libc else { return subject }
    let path = subject.openedPath
    if subject.image.isProgram {
      guard subject.image.dynamic != nil else {
        throw .unreadable(path: path, .interpreterWithoutDynamic)
      }
      if libc == .glibc, let fault = subject.image.glibcFault {
        throw .unreadable(path: path, fault)
      }
      return subject
    }
    let mapper: ObjectMapper = libc == .musl ? .musl : .glibc
    switch files.entry(of: subject.file, mappedBy: mapper, in: subject.image.header) {
    case .object(let elf):
      return LoadedObject(openedPath: path, file: subject.file, elf: elf, loadedBy: nil)
    case .damaged(_, let error), .notElf(let error): throw .unreadable(path: path, error)
    case .unopenable(let error): throw .unopenable(path: path, error)
    }
  }
}
