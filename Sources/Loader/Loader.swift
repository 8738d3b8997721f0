internal import ELF
package import FileTree
internal import SystemPackage

/// Resolves closures inside one tree, as the loaders of the programs in it would.
///
/// Files that were read are remembered, so subjects that share libraries share the work. The tree is
/// taken as constant; nothing is executed.
package struct Loader {
  package let tree: any FileTree
  package let environment: SearchEnvironment
  private var files: LoaderFiles
  private var interpreterStrings: [ByteString: InterpreterStrings?] = [:]
  private var configurations: [ByteString: [UInt8]?] = [:]
  private var profiles: [KnownProfile] = []

  /// A loader that was met before, and by what kind of program.
  private struct KnownProfile {
    let interpreter: ByteString
    let header: ElfHeader
    let processor: Processor
    let profile: LoaderProfile
  }

  /// No configuration file of a loader is larger. In bytes.
  private static let configurationLimit = 64 << 20

  /// - Parameter store: what other loaders of the same tree have read.
  package init(
    tree: any FileTree, environment: SearchEnvironment = SearchEnvironment(),
    store: ObjectStore? = nil
  ) {
    self.tree = tree
    self.environment = environment
    files = LoaderFiles(tree: tree, store: store ?? ObjectStore(tree: tree))
  }

  /// Builds the closure of the program or library at `path`, an in-root path text.
  ///
  /// - Parameter processor: another one than the environment's.
  package mutating func closure(
    of path: ByteString, processor: Processor? = nil
  ) throws(LoaderError) -> ClosureGraph {
    var environment = environment
    environment.processor = processor ?? environment.processor
    let subject = try readSubject(path)
    let header = subject.image.header
    let platform = LoaderPlatform(header)
    guard subject.image.linkage == .dynamic else {
      return ClosureGraph(environment: environment, subject: subject)
    }
    let (interpreter, attempt) = findInterpreter(of: subject, platform)
    guard let interpreter else {
      return ClosureGraph(environment: environment, subject: subject)
    }
    let fitting = environment.processor.fitting(header.machine)
    let profile = profile(interpreter, platform, fitting)
    if let level = fitting.level, fitting.isNamedLevel, !profile.levels.contains(level) {
      throw .unknownLevel(path: path, level: level, known: profile.levels)
    }
    var walk = ClosureWalk(
      subject: subject, interpreter: interpreter.object, profile: profile,
      environment: environment)
    let start = subject.image.interpreter.map { ProgramStart(path: $0, attempt: attempt) }
    let systemDirectories: [ByteString]
    switch profile.libc {
    case .glibc:
      var rules = glibcRules(profile, platform)
      try load(&walk, by: &rules, start)
      for object in walk.objects {
        guard let damage = object.image.dynamic?.versions.damage else { continue }
        throw .unreadable(path: object.openedPath, damage)
      }
      systemDirectories = profile.defaultDirectories
    case .musl:
      var rules = MuslRules(
        profile: profile, environment: environment,
        pathFile: readPathFile(profile.configurationPath), isSecure: walk.isSecure)
      try load(&walk, by: &rules, start)
      systemDirectories = rules.systemDirectories
    }
    return ClosureGraph(
      walk: walk,
      unmetVersions: profile.libc == .glibc ? VersionCheck.unmet(in: walk, &files) : [],
      systemDirectories: systemDirectories)
  }

  private mutating func glibcRules(
    _ profile: LoaderProfile, _ platform: LoaderPlatform
  ) -> GlibcRules {
    let cache = readConfiguration(profile.configurationPath).flatMap {
      LdSoCache(bytes: $0, platform: platform)
    }
    return GlibcRules(
      profile: profile, cache: cache,
      preloadFile: readConfiguration(PreloadFile.path).map { ByteString($0) },
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
      let index = walk.placeInterpreter()
      walk.record(
        LibraryRequest(
          kind: .interpreter, name: start.path, expandedName: start.path, requester: 0,
          rule: index == nil ? nil : .interpreter, object: index,
          attempts: start.attempt.map { [$0] } ?? [], isRequired: true))
    }
    for opening in environment.openings {
      let caller = try caller(of: opening, in: walk)
      rules.open(opening.name, by: caller, in: &walk, files: &files)
    }
    rules.loadAuditors(&walk, files: &files)
    guard !walk.isTooLarge else {
      throw .tooManyCandidates(path: walk.subject.openedPath, limit: ClosureWalk.workLimit)
    }
  }

  private func caller(
    of opening: Opening, in walk: ClosureWalk
  ) throws(LoaderError) -> Int {
    guard let word = opening.caller else { return 0 }
    let match = walk.objects.indices.first { walk.objects[$0].answers(to: word) }
    guard let match else {
      throw .unknownCaller(path: walk.subject.openedPath, caller: word)
    }
    return match
  }

  // MARK: The subject

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
    switch files.entry(of: file) {
    case .unopenable(let error): throw .unopenable(path: path, error)
    case .notElf(let error), .damaged(_, let error): throw .unreadable(path: path, error)
    case .object(let elf):
      let image = elf.image
      guard image.header.type == .executable || image.header.type == .sharedObject else {
        throw .notLoadable(path: path, image.header.type)
      }
      guard image.header.machine.isKnown else {
        throw .unknownMachine(path: path, image.header.machine)
      }
      guard image.hasLoadSegment else { throw .noLoadSegment(path: path) }
      guard !image.isDebugDataOnly else { throw .debugDataOnly(path: path) }
      if let damage = image.truncation { throw .unreadable(path: path, damage) }
      return LoadedObject(openedPath: path, file: file, elf: elf, loadedBy: nil)
    }
  }

  // MARK: The interpreter

  private struct Interpreter {
    let path: ByteString
    let object: LoadedObject?
    let strings: InterpreterStrings?
    let libc: Libc?
  }

  /// The interpreter that the subject names, or the one that a library without it would meet.
  private mutating func findInterpreter(
    of subject: LoadedObject, _ platform: LoaderPlatform
  ) -> (Interpreter?, SearchAttempt?) {
    if let path = subject.image.interpreter {
      var outcome = CandidateOutcome.found
      let interpreter = openInterpreter(path, &outcome)
      let attempt = SearchAttempt(
        rule: .interpreter, path: path, directory: nil, outcome: outcome)
      return (interpreter, attempt)
    }
    let musl = platform.muslArchitectures.map { ByteString("/lib/ld-musl-\($0).so.1") }
    let needed = subject.image.dynamic?.needed ?? []
    let asksForMusl = needed.contains { $0.hasPrefix("libc.musl-") || $0 == "libc.so" }
    let usual =
      asksForMusl ? musl + platform.glibcInterpreters : platform.glibcInterpreters + musl
    for path in usual {
      var outcome = CandidateOutcome.found
      let interpreter = openInterpreter(path, &outcome)
      if let header = interpreter.object?.image.header,
        header.elfClass == subject.image.header.elfClass,
        subject.image.header.machine.matches(header.machine)
      {
        return (interpreter, nil)
      }
    }
    return (
      usual.first.map {
        Interpreter(
          path: $0, object: nil, strings: nil,
          libc: LoaderProfile.libc(interpreter: $0, strings: nil))
      }, nil
    )
  }

  private mutating func openInterpreter(
    _ path: ByteString, _ outcome: inout CandidateOutcome
  ) -> Interpreter {
    do {
      let file = try files.resolve(path, from: environment.workingDirectory)
      guard file.status.kind == .regular, case .object(let elf) = files.entry(of: file) else {
        outcome = .unusable("it is no ELF file")
        return Interpreter(
          path: path, object: nil, strings: nil,
          libc: LoaderProfile.libc(interpreter: path, strings: nil))
      }
      let strings = strings(ofInterpreter: file)
      return Interpreter(
        path: path,
        object: LoadedObject(openedPath: path, file: file, elf: elf, loadedBy: 0),
        strings: strings, libc: LoaderProfile.libc(interpreter: path, strings: strings))
    } catch {
      outcome = CandidateOutcome(error)
      return Interpreter(
        path: path, object: nil, strings: nil,
        libc: LoaderProfile.libc(interpreter: path, strings: nil))
    }
  }

  private mutating func strings(ofInterpreter file: ResolvedPath) -> InterpreterStrings? {
    if let known = interpreterStrings[file.real.text] { return known }
    var strings = try? readStrings(of: file.real, in: .readOnly)
    if strings?.isKnownLoader == false {
      strings = (try? readStrings(of: file.real, in: .executable)) ?? strings
    }
    interpreterStrings[file.real.text] = .some(strings)
    return strings
  }

  private mutating func profile(
    _ interpreter: Interpreter, _ platform: LoaderPlatform, _ processor: Processor
  ) -> LoaderProfile {
    var header = platform.header
    // It makes no difference to the loader whether a program has a fixed address.
    header.type = .sharedObject
    let known = profiles.first {
      $0.interpreter == interpreter.path && $0.header == header && $0.processor == processor
    }
    if let known { return known.profile }
    let profile = makeProfile(interpreter, platform, processor)
    profiles.append(
      KnownProfile(
        interpreter: interpreter.path, header: header, processor: processor, profile: profile))
    return profile
  }

  private func makeProfile(
    _ interpreter: Interpreter, _ platform: LoaderPlatform, _ processor: Processor
  ) -> LoaderProfile {
    switch interpreter.libc {
    case .musl:
      .musl(interpreter: interpreter.path, strings: interpreter.strings, platform: platform)
    case .glibc, nil:
      .glibc(
        interpreter: interpreter.path, soname: interpreter.object?.image.dynamic?.soname,
        strings: interpreter.strings, platform: platform, processor: processor)
    }
  }

  // MARK: Plain files

  /// Nil only where there is none: musl takes a path file that it can't read as an empty one
  /// (`ldso/dynlink.c`, `load_library`).
  private mutating func readPathFile(_ path: ByteString) -> ByteString? {
    if let bytes = readConfiguration(path) { return ByteString(bytes) }
    do {
      _ = try files.resolve(path, from: .root)
      return ""
    } catch {
      return error == .noSuchFileOrDirectory ? nil : ""
    }
  }

  private func readStrings(
    of path: RootPath, in segments: ElfImage.ConstantSegments
  ) throws -> InterpreterStrings {
    InterpreterStrings(
      constants: try ElfImage.constants(
        of: tree.open(path), in: segments, limit: InterpreterStrings.segmentLimit))
  }

  private mutating func readConfiguration(_ path: ByteString) -> [UInt8]? {
    if let known = configurations[path] { return known }
    var bytes: [UInt8]?
    if let file = try? files.resolve(path, from: .root), file.status.kind == .regular {
      bytes = read(file.real, limit: Self.configurationLimit)
    }
    configurations[path] = .some(bytes)
    return bytes
  }

  private func read(_ path: RootPath, limit: Int) -> [UInt8]? {
    do {
      return try tree.open(path).readAll(limit: limit)
    } catch {
      return nil
    }
  }
}
