internal import ELF
package import FileTree
internal import Loader
internal import SystemPackage

extension NeedsFinder {
  /// Adds a program as the user names it: an ELF file, a script, or a managed assembly.
  ///
  /// - Parameter path: in-root.
  package mutating func add(
    program path: ByteString, destination: RootPath?
  ) throws(NeedsError) {
    var launcher: ByteString?
    switch try? root.resolve(path).flatMap({ try root.tree.programFormat(of: $0.real) }) {
    case .portableExecutable:
      launcher = try addAssembly(path, destination: destination)
    case .script:
      guard try !addScript(path, destination: destination, reason: .program) else { break }
      fallthrough
    default:
      do {
        add(path, try loader.closures(of: path), destination: destination, reason: .program)
      } catch {
        throw .loader(error)
      }
    }
    found.programs.append(FoundProgram(path: path, destination: destination, launcher: launcher))
  }

  /// Adds a managed assembly and the runtime that starts it; that runtime's path.
  private mutating func addAssembly(
    _ path: ByteString, destination: RootPath?
  ) throws(NeedsError) -> ByteString {
    guard let file = root.resolve(path), let runtime = ManagedRuntime.kind(of: path, in: &root)
    else { throw .windowsProgram(path: path) }
    guard let program = runtime.program(in: &root) else {
      throw .noRuntime(path: path, runtime: "\(runtime)")
    }
    do {
      add(
        program, try loader.closures(of: program), destination: nil,
        reason: .interpreter(of: path))
    } catch {
      throw .loader(error)
    }
    _ = record(Inclusion(source: path, destination: destination, reason: .program))
    found.scripts[path] = ScriptChain(runtime: program)
    root.systemDirectories = found.subjects.last?.closures.graph.systemDirectories ?? []
    observe(file: path, file, destination: destination, isProgram: true)
    return program
  }

  /// Adds a script and what reads it; false if it names no interpreter.
  private mutating func addScript(
    _ path: ByteString, destination: RootPath?, reason: InclusionReason
  ) throws(NeedsError) -> Bool {
    let chain: ScriptChain?
    do { chain = try ScriptChain(of: path, in: &root) } catch { throw .script(error) }
    guard let chain else { return false }
    _ = record(Inclusion(source: path, destination: destination, reason: reason))
    found.scripts[path] = chain
    try addInterpreters(of: path, chain)
    if let file = root.resolve(path) {
      observe(file: path, file, destination: destination, isProgram: true)
    }
    return true
  }

  private mutating func addInterpreters(
    of script: ByteString, _ chain: ScriptChain
  ) throws(NeedsError) {
    for step in chain.steps {
      guard let file = root.resolve(step.path), (try? isElf(file.real)) == true else {
        // An interpreter that is a script itself ships as it is; its own is the next step.
        _ = record(
          Inclusion(source: step.path, destination: nil, reason: .interpreter(of: script)))
        continue
      }
      do {
        add(
          step.path, try loader.closures(of: step.path), destination: nil,
          reason: .interpreter(of: script))
      } catch {
        throw .loader(error)
      }
    }
  }

  /// Adds a file or tree that the user names, and what the programs in it need.
  ///
  /// - Parameter source: in-root, links unresolved.
  package mutating func add(
    addition source: ByteString, destination: RootPath?
  ) throws(NeedsError) {
    let file: ResolvedPath
    var resolver = PathResolver(tree: root.tree)
    do {
      file = try resolver.resolve(source)
    } catch {
      throw .unreadable(path: source, error)
    }
    let reason = InclusionReason.addition(of: source)
    guard record(Inclusion(source: source, destination: destination, reason: reason)) else {
      return
    }
    descend(into: file, openedPath: source, destination: destination, reason: reason)
  }

  /// Looks at the files below a file or directory that ships.
  ///
  /// - Parameter openedPath: the way by which it was named.
  mutating func descend(
    into file: ResolvedPath, openedPath: ByteString, destination: RootPath?,
    reason: InclusionReason
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
          reason: reason)
      default: break
      }
    }
  }

  private mutating func look(
    at real: RootPath, _ status: FileStatus, openedPath: ByteString, destination: RootPath?,
    reason: InclusionReason
  ) {
    let path = destination == nil ? openedPath : real.text
    switch try? root.tree.programFormat(of: real) {
    case .elf:
      do {
        add(
          path, try libraryLoader.closures(of: path), destination: destination, reason: reason)
      } catch .unknownMachine(_, .none) {
        // EM_NONE: code of a virtual machine, such as Guile's, which no loader is for.
      } catch {
        found.unloadable.append(error)
      }
    case .script where status.permissions & 0o111 != 0:
      lookAtScript(path, isAdded: isAddition(reason))
    case .portableExecutable:
      if let file = root.resolve(path) {
        observe(file: path, file, destination: destination, isProgram: false)
      }
    default: break
    }
  }

  private func isAddition(_ reason: InclusionReason) -> Bool {
    if case .addition = reason { true } else { false }
  }

  /// A script among other files needs its interpreter. Who adds it means to start it; among what a need
  /// brings are helpers for all sorts of jobs, in all sorts of languages.
  private mutating func lookAtScript(_ path: ByteString, isAdded: Bool) {
    let chain: ScriptChain?
    do {
      chain = try ScriptChain(of: path, in: &root)
    } catch {
      found.brokenScripts.append(error)
      return
    }
    guard let chain else { return }
    register(
      RuntimeNeed(
        topic: .interpreters, grade: .registered,
        evidence: Evidence(file: path, mark: .line(1)),
        wishes: chain.steps.map { .path($0.path, at: nil) }, isEssential: isAdded,
        purpose: "reads the script"),
      of: max(0, found.subjects.count - 1))
    if isAdded, let file = root.resolve(path) {
      observe(file: path, file, destination: nil, isProgram: false)
    }
  }

  private func isElf(_ path: RootPath) throws(Errno) -> Bool {
    try root.tree.programFormat(of: path) == .elf
  }
}
