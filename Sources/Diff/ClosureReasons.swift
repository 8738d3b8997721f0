internal import Archive
internal import ELF
internal import FileTree
internal import Loader

/// Why files of a bundle are there, so far as its programs tell: what their loaders load of it.
struct ClosureReasons {
  struct Reason {
    let text: String
    /// The name that it was asked for by, of a library.
    let library: ByteString?
  }

  /// By physical path.
  private(set) var reasons: [RootPath: Reason] = [:]

  init(in tree: any FileTree, _ entries: [ArchiveEntry], _ environment: SearchEnvironment) {
    let store = ObjectStore(tree: tree)
    var loader = Loader(tree: tree, environment: environment, store: store)
    for entry in entries {
      guard case .file = entry.node, entry.permissions & 0o111 != 0,
        (try? tree.programFormat(of: entry.path)) == .elf,
        let closures = try? loader.closures(of: entry.path.text)
      else { continue }
      // A library is there for the programs that load it; some can be started too, such as glibc's.
      let image = closures.graph.subject.image
      guard image.isProgram, image.dynamic?.soname == nil else { continue }
      reasons[entry.path] = Reason(text: "program", library: nil)
      for graph in closures.all { add(graph) }
    }
  }

  private mutating func add(_ graph: ClosureGraph) {
    for request in graph.requests {
      guard let index = request.object, index != 0 else { continue }
      let object = graph.objects[index]
      guard reasons[object.file.real] == nil else { continue }
      let requester = graph.objects[request.requester].openedPath
      reasons[object.file.real] = Reason(
        text: "\(request.name) for \(requester)",
        library: RootPath(normalising: request.name).name)
    }
  }
}
