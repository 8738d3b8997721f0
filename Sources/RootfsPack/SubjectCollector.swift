internal import Bundle
internal import FileTree
internal import Loader
internal import SystemPackage

/// Turns programs and additions into subjects with closures.
struct SubjectCollector {
  private let context: ResolutionContext
  private var loader: Loader
  private(set) var subjects: [PackSubject] = []
  private(set) var additions: [Addition] = []

  init(context: ResolutionContext) {
    self.context = context
    loader = context.loader
  }

  mutating func addProgram(_ word: String, destination: RootPath?) throws(Diagnostic) {
    let graph = try context.closure(of: word, &loader)
    subjects.append(PackSubject(graph: graph, destination: destination))
  }

  /// Adds a file or tree, and the closure of every ELF file in it.
  mutating func add(_ request: AdditionRequest) throws(Diagnostic) {
    let path = context.hostPath(request.source)
    var resolver = PathResolver(tree: context.host)
    let source: ResolvedPath
    do {
      source = try resolver.resolve(path)
    } catch {
      throw Diagnostic(
        "--add \(path): \(Diagnostic.describe(error))", remedy: "name an existing file or directory"
      )
    }
    var destination = request.destination
    if destination?.isRoot == true, source.status.kind != .directory {
      destination = RootPath.root.appending(RootPath(normalising: path).name)
    }
    additions.append(Addition(tree: context.host, source: path, destination: destination))
    try addObjects(
      source.real, source.status, destination: destination, origin: path, keptPath: path)
  }

  private mutating func addObjects(
    _ path: RootPath, _ status: FileStatus, destination: RootPath?, origin: ByteString,
    keptPath: ByteString
  ) throws(Diagnostic) {
    switch status.kind {
    case .directory:
      for name in try read(path, { tree throws(Errno) in try tree.names(in: path) }) {
        let child = path.appending(name)
        let childStatus = try read(child) { tree throws(Errno) in try tree.status(of: child) }
        try addObjects(
          child, childStatus, destination: destination?.appending(name), origin: origin,
          keptPath: keptPath + "/" + name)
      }
    case .regular:
      let magic = try read(path) { tree throws(Errno) in
        try tree.open(path).read(at: 0, count: 4)
      }
      if magic == [0x7F, 0x45, 0x4C, 0x46] {
        try addObject(path, destination: destination, origin: origin, keptPath: keptPath)
      }
    default: break
    }
  }

  private mutating func addObject(
    _ path: RootPath, destination: RootPath?, origin: ByteString, keptPath: ByteString
  ) throws(Diagnostic) {
    let inRoot = destination == nil ? keptPath : path.text
    do {
      let graph = try loader.closure(of: context.locate(inRoot.description).path)
      subjects.append(
        PackSubject(graph: graph, destination: destination, addition: origin))
    } catch {
      // An object file or a foreign machine's binary is data: it ships as it is.
      Terminal.warn("rootfs-pack: warning: packed as data: \(Diagnostic(error).message)")
    }
  }

  private func read<T>(
    _ path: RootPath, _ body: (DirectoryTree) throws(Errno) -> T
  ) throws(Diagnostic) -> T {
    do {
      return try body(context.host)
    } catch {
      throw Diagnostic("--add: \(path): \(Diagnostic.describe(error))")
    }
  }
}
