internal import Bundle
internal import FileTree
internal import Loader
internal import SystemPackage

/// Turns programs and additions into subjects with closures.
struct SubjectCollector {
  private let context: ResolutionContext
  private var loader: Loader
  private var libraryLoader: Loader
  private(set) var subjects: [PackSubject] = []
  private(set) var additions: [Addition] = []

  init(context: ResolutionContext) {
    self.context = context
    loader = context.loader
    libraryLoader = context.libraryLoader
  }

  mutating func addProgram(_ argument: String, destination: RootPath?) throws(Diagnostic) {
    let closures = try context.closures(of: argument, &loader)
    subjects += closures.all.map { PackSubject(graph: $0, destination: destination) }
  }

  /// Adds a file or tree, and the closure of every ELF file in it.
  mutating func add(_ request: AdditionRequest) throws(Diagnostic) {
    let path = context.locate(request.source).path
    var resolver = PathResolver(tree: context.tree)
    let source: ResolvedPath
    do {
      source = try resolver.resolve(path)
    } catch {
      throw Diagnostic(
        "--add \(path): \(Diagnostic.describe(error))",
        remedy: "name an existing file or directory")
    }
    let destination = request.destination
    additions.append(Addition(tree: context.tree, source: path, destination: destination))
    try addObjects(
      source.real, source.status, openedPath: path, destination: destination, addition: path)
  }

  /// - Parameters:
  ///   - path: in-root and physical.
  ///   - openedPath: the same by the way that the user named it.
  private mutating func addObjects(
    _ path: RootPath, _ status: FileStatus, openedPath: ByteString, destination: RootPath?,
    addition: ByteString
  ) throws(Diagnostic) {
    switch status.kind {
    case .directory:
      for name in try read(path, { tree throws(Errno) in try tree.names(in: path) }) {
        let child = path.appending(name)
        let childStatus = try read(child) { tree throws(Errno) in try tree.status(of: child) }
        try addObjects(
          child, childStatus, openedPath: openedPath + "/" + name,
          destination: destination?.appending(name), addition: addition)
      }
    case .regular:
      let isElf = try read(path) { tree throws(Errno) in
        try ElfFileFinder.isElf(path, in: tree)
      }
      guard isElf else { return }
      try addObject(
        destination == nil ? openedPath : path.text, destination: destination,
        addition: addition)
    default: break
    }
  }

  private mutating func addObject(
    _ path: ByteString, destination: RootPath?, addition: ByteString
  ) throws(Diagnostic) {
    do {
      let closures = try libraryLoader.closures(of: path)
      subjects += closures.all.map {
        PackSubject(graph: $0, destination: destination, addition: addition)
      }
    } catch {
      switch error {
      case .notLoadable, .unknownMachine, .unreadable, .noLoadSegment, .debugDataOnly:
        // An object file or a damaged binary is data: it ships as it is.
        Terminal.warn(.init("warning: packed as data: \(Diagnostic(error).message)"))
      case .unopenable, .notRegular, .tooManyCandidates, .configurationTooLarge, .unknownLevel,
        .unknownCaller:
        throw Diagnostic(error)
      }
    }
  }

  private func read<T>(
    _ path: RootPath, _ body: (any FileTree) throws(Errno) -> T
  ) throws(Diagnostic) -> T {
    do {
      return try body(context.tree)
    } catch {
      throw Diagnostic("--add: \(path): \(Diagnostic.describe(error))")
    }
  }
}
