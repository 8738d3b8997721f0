internal import ELF
package import FileTree
internal import Loader
internal import SystemPackage

extension NeedsFinder {
  /// Adds a program as the user names it: an ELF file, a script, or a managed assembly.
  ///
  /// - Parameter path: in-root.
  package mutating func add(
    program path: ByteString, destination: RootPath?, to inputs: inout DiscoveryInputs
  ) throws(NeedsError) {
    var launcher: ByteString?
    switch try? root.resolve(path).flatMap({ try root.tree.programFormat(of: $0.real) }) {
    case .portableExecutable:
      launcher = try addAssembly(path, destination: destination, to: &inputs)
    case .script:
      guard try !addScript(path, destination: destination, to: &inputs) else { break }
      fallthrough
    default:
      inputs.subjects.append(try program(path, destination: destination, reason: .program))
    }
    inputs.programs.append(
      FoundProgram(path: path, destination: destination, launcher: launcher))
  }

  /// Adds a file or tree that the user names, and what the programs in it need.
  ///
  /// - Parameter source: in-root, links unresolved.
  package mutating func add(
    addition source: ByteString, destination: RootPath?, to inputs: inout DiscoveryInputs
  ) throws(NeedsError) {
    var resolver = PathResolver(tree: root.tree)
    do {
      inputs.additions.append(
        .init(source: source, file: try resolver.resolve(source), destination: destination))
    } catch {
      throw .unreadable(path: source, error)
    }
  }

  /// Something that is started.
  private mutating func program(
    _ path: ByteString, destination: RootPath?, reason: InclusionReason
  ) throws(NeedsError) -> NeededSubject {
    do {
      return NeededSubject(
        path: path, destination: destination, reason: reason,
        closures: try loader.closures(of: path))
    } catch {
      throw .loader(error)
    }
  }

  /// Adds a managed assembly and the runtime that starts it; that runtime's path.
  private mutating func addAssembly(
    _ path: ByteString, destination: RootPath?, to inputs: inout DiscoveryInputs
  ) throws(NeedsError) -> ByteString {
    guard let file = root.resolve(path), let runtime = ManagedRuntime.kind(of: path, in: &root)
    else { throw .windowsProgram(path: path) }
    guard let starter = runtime.program(in: &root) else {
      throw .noRuntime(path: path, runtime: "\(runtime)")
    }
    inputs.subjects.append(
      try program(starter, destination: nil, reason: .interpreter(of: path)))
    inputs.inclusions.append(
      Inclusion(source: path, destination: destination, reason: .program))
    inputs.scripts[path] = ScriptChain(runtime: starter)
    inputs.files.append(ObservedFile(path, file, destination: destination, isProgram: true))
    return starter
  }

  /// Adds a script and what reads it; false if it names no interpreter.
  private mutating func addScript(
    _ path: ByteString, destination: RootPath?, to inputs: inout DiscoveryInputs
  ) throws(NeedsError) -> Bool {
    let chain: ScriptChain?
    do { chain = try ScriptChain(of: path, in: &root) } catch { throw .script(error) }
    guard let chain else { return false }
    inputs.inclusions.append(
      Inclusion(source: path, destination: destination, reason: .program))
    inputs.scripts[path] = chain
    for step in chain.steps {
      let reason = InclusionReason.interpreter(of: path)
      if let file = root.resolve(step.path), (try? isElf(file.real)) == true {
        inputs.subjects.append(try program(step.path, destination: nil, reason: reason))
      } else {
        // An interpreter that is a script itself ships as it is; its own is the next step.
        inputs.inclusions.append(Inclusion(source: step.path, destination: nil, reason: reason))
      }
    }
    if let file = root.resolve(path) {
      inputs.files.append(ObservedFile(path, file, destination: destination, isProgram: true))
    }
    return true
  }

  /// Takes a subject of the inputs in.
  mutating func add(_ subject: NeededSubject) { search.add(subject) }

  /// A file that no loader loads is read by a subject, or by any.
  mutating func observe(_ file: ObservedFile, by subject: Int?) { search.add(file, of: subject) }

  /// Takes an addition of the inputs in.
  mutating func add(_ addition: DiscoveryInputs.Addition) {
    let reason = InclusionReason.addition(of: addition.source)
    guard
      record(
        Inclusion(source: addition.source, destination: addition.destination, reason: reason))
    else { return }
    descend(
      into: addition.file, openedPath: addition.source, destination: addition.destination,
      reason: reason, by: nil)
  }

  /// Looks at the files below a file or directory that ships.
  ///
  /// - Parameters:
  ///   - openedPath: the way by which it was named.
  ///   - subject: what reads them; nil for any.
  mutating func descend(
    into file: ResolvedPath, openedPath: ByteString, destination: RootPath?,
    reason: InclusionReason, by subject: Int?
  ) {
    var pending = [(path: file.real, status: file.status, name: openedPath, place: destination)]
    while let next = pending.popLast() {
      switch next.status.kind {
      case .directory:
        // What can't be read is told by whoever copies it.
        let names = (try? root.tree.names(in: next.path)) ?? []
        for name in names.reversed() {
          let child = next.path.appending(name)
          guard let status = try? root.tree.status(of: child) else { continue }
          pending.append((child, status, next.name + "/" + name, next.place?.appending(name)))
        }
      case .regular:
        look(
          at: next.path, next.status, openedPath: next.name, destination: next.place,
          reason: reason, by: subject)
      default: break
      }
    }
  }

  private mutating func look(
    at real: RootPath, _ status: FileStatus, openedPath: ByteString, destination: RootPath?,
    reason: InclusionReason, by subject: Int?
  ) {
    let path = destination == nil ? openedPath : real.text
    switch try? root.tree.programFormat(of: real) {
    case .elf:
      do {
        var subject = NeededSubject(
          path: path, destination: destination, reason: reason,
          closures: try libraryLoader.closures(of: path))
        if subject.isStarted { subject.closures = try loader.closures(of: path) }
        search.add(subject)
      } catch .unknownMachine(_, .none) {
        // EM_NONE: code of a virtual machine, such as Guile's, which no loader is for.
      } catch {
        search.unloadable.append(error)
      }
    case .script where status.permissions & 0o111 != 0:
      lookAtScript(path, destination, isStarted: reason.startsScripts, by: subject)
    case .portableExecutable:
      if let file = root.resolve(path) {
        observe(
          ObservedFile(path, file, destination: destination, isProgram: false), by: subject)
      }
    default: break
    }
  }

  /// A script among other files needs its interpreter.
  private mutating func lookAtScript(
    _ path: ByteString, _ destination: RootPath?, isStarted: Bool, by subject: Int?
  ) {
    let chain: ScriptChain?
    do {
      chain = try ScriptChain(of: path, in: &root)
    } catch {
      search.brokenScripts.append(error)
      return
    }
    guard let chain else { return }
    let script = root.resolve(path)
    if let script, let reader = root.resolve(chain.interpreter) {
      search.add(script: script.real, of: reader.real)
    }
    register(
      RuntimeNeed(
        topic: .interpreters, grade: .registered,
        evidence: Evidence(file: path, mark: .line(1)),
        wishes: chain.steps.map { .path($0.path, at: nil) }, isEssential: isStarted,
        purpose: "reads the script"),
      of: subject)
    if isStarted, let script {
      observe(
        ObservedFile(path, script, destination: destination, isProgram: false), by: subject)
    }
  }

  private func isElf(_ path: RootPath) throws(Errno) -> Bool {
    try root.tree.programFormat(of: path) == .elf
  }
}

extension InclusionReason {
  /// Who adds a script means to start it, as what names it as a command does; among other things that a need
  /// brings are helpers for all sorts of jobs, in all sorts of languages.
  fileprivate var startsScripts: Bool {
    switch self {
    case .program, .interpreter, .addition, .command: true
    case .need: false
    }
  }
}

extension ObservedFile {
  init(_ path: ByteString, _ file: ResolvedPath, destination: RootPath?, isProgram: Bool) {
    self.init(
      path: path, real: file.real, place: destination ?? RootPath(normalising: path),
      isProgram: isProgram)
  }
}
