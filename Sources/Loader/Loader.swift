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
  private var interpreterStrings: [RootPath: InterpreterStrings?] = [:]
  private var configurations: [ByteString: [UInt8]?] = [:]

  /// No configuration file of a loader is larger.
  private static let configurationLimit = 64 << 20

  package init(tree: any FileTree, environment: SearchEnvironment = SearchEnvironment()) {
    self.tree = tree
    self.environment = environment
    files = LoaderFiles(tree: tree)
  }

  /// Builds the closure of the program or library at `path`, an in-root path text.
  package mutating func closure(of path: ByteString) throws(LoaderError) -> ClosureGraph {
    let subject = try readSubject(path)
    let header = subject.image.header
    guard subject.image.linkage == .dynamic else {
      return ClosureGraph(
        profile: nil, workingDirectory: environment.workingDirectory, objects: [subject])
    }
    let platform = LoaderPlatform(header)
    let (interpreter, attempt) = findInterpreter(of: subject, platform)
    guard let interpreter else {
      return ClosureGraph(
        profile: nil, workingDirectory: environment.workingDirectory, objects: [subject])
    }
    let profile = profile(interpreter, platform)
    var walk = ClosureWalk(
      subject: subject, interpreter: interpreter.object, profile: profile,
      environment: environment)
    let systemDirectories = complete(&walk, platform)
    guard !walk.isTooLarge else {
      throw .tooManyCandidates(path: path, limit: ClosureWalk.workLimit)
    }
    if subject.image.interpreter != nil {
      let index = walk.placeInterpreter()
      walk.record(
        LibraryRequest(
          name: interpreter.path, expandedName: interpreter.path, requester: 0,
          rule: index == nil ? nil : .interpreter, object: index,
          attempts: attempt.map { [$0] } ?? []))
    }
    return ClosureGraph(
      profile: profile, systemDirectories: systemDirectories,
      workingDirectory: environment.workingDirectory, objects: walk.objects,
      interpreter: walk.interpreterIndex, requests: walk.requests)
  }

  /// Walks by the rules of the profile's libc; returns the directories that are searched last.
  private mutating func complete(
    _ walk: inout ClosureWalk, _ platform: LoaderPlatform
  ) -> [ByteString] {
    let profile = walk.profile
    switch profile.libc {
    case .glibc:
      let cache = readConfiguration(profile.configurationPath).flatMap {
        LdSoCache(bytes: $0, platform: platform)
      }
      var rules = GlibcRules(
        profile: profile, environment: environment, cache: cache, subject: platform.header)
      rules.complete(&walk, files: &files)
      return profile.defaultDirectories
    case .musl:
      let pathFile = readPathFile(profile.configurationPath)
      var rules = MuslRules(
        profile: profile, environment: environment, pathFile: pathFile)
      rules.complete(&walk, files: &files)
      return rules.systemDirectories
    }
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
    switch files.entry(at: file.real) {
    case .unopenable(let error): throw .unopenable(path: path, error)
    case .notElf(let error), .damaged(_, let error): throw .unreadable(path: path, error)
    case .image(let image):
      guard image.header.type == .executable || image.header.type == .sharedObject else {
        throw .notLoadable(path: path, image.header.type)
      }
      guard image.header.machine.isKnown else {
        throw .unknownMachine(path: path, image.header.machine)
      }
      guard image.hasLoadSegment else { throw .noLoadSegment(path: path) }
      guard !image.isDebugDataOnly else { throw .debugDataOnly(path: path) }
      if let damage = image.truncation { throw .unreadable(path: path, damage) }
      return LoadedObject(openedPath: path, file: file, image: image, loadedBy: nil)
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
      if interpreter.object != nil { return (interpreter, nil) }
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
      guard file.status.kind == .regular, case .image(let image) = files.entry(at: file.real) else {
        outcome = .unusable("it is no ELF file")
        return Interpreter(
          path: path, object: nil, strings: nil,
          libc: LoaderProfile.libc(interpreter: path, strings: nil))
      }
      let strings = strings(ofInterpreter: file.real)
      return Interpreter(
        path: path,
        object: LoadedObject(openedPath: path, file: file, image: image, loadedBy: 0),
        strings: strings, libc: LoaderProfile.libc(interpreter: path, strings: strings))
    } catch {
      outcome = CandidateOutcome(error)
      return Interpreter(
        path: path, object: nil, strings: nil,
        libc: LoaderProfile.libc(interpreter: path, strings: nil))
    }
  }

  private mutating func strings(ofInterpreter path: RootPath) -> InterpreterStrings? {
    if let known = interpreterStrings[path] { return known }
    let strings = (try? readConstants(of: path)).map { InterpreterStrings(constants: $0) }
    interpreterStrings[path] = .some(strings)
    return strings
  }

  private func profile(_ interpreter: Interpreter, _ platform: LoaderPlatform) -> LoaderProfile {
    switch interpreter.libc {
    case .musl:
      .musl(interpreter: interpreter.path, strings: interpreter.strings, platform: platform)
    case .glibc, nil:
      .glibc(
        interpreter: interpreter.path, soname: interpreter.object?.image.dynamic?.soname,
        strings: interpreter.strings, platform: platform)
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

  private func readConstants(of path: RootPath) throws -> [[UInt8]] {
    try ElfImage.constants(
      of: tree.open(path), limit: InterpreterStrings.segmentLimit)
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
