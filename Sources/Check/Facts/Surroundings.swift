internal import ELF
internal import FileTree
internal import Loader

/// What has to be asked of the root rather than of the objects themselves.
struct Surroundings: Sendable {
  private var resolver: PathResolver
  private var loader: Loader
  /// By path of a library, what it loads for each name by itself.
  private var ownChoices: [ByteString: [ByteString: LoadedObject]] = [:]

  init(tree: any FileTree, loader: Loader) {
    resolver = PathResolver(tree: tree)
    self.loader = loader
  }

  mutating func complete(_ facts: ClosureFacts) -> ClosureFacts {
    var facts = facts
    for place in facts.ownPlaces {
      facts.writable += writableElements(of: place, in: facts.graph)
    }
    facts.choices = choices(in: facts.graph)
    return facts
  }

  // MARK: Search paths

  private mutating func writableElements(
    of place: Int, in graph: ClosureGraph
  ) -> [ClosureFacts.WritableElement] {
    guard let path = graph.searchPath(of: place) else { return [] }
    return path.elements.compactMap { element in
      // Who can write where the object lies can change the object.
      guard !element.followsOrigin, let expanded = element.expanded, expanded.hasPrefix("/"),
        let directory = writableDirectory(on: RootPath(normalising: expanded))
      else { return nil }
      return ClosureFacts.WritableElement(place: place, element: element, directory: directory)
    }
  }

  /// The first directory on a path in which everybody may make or replace the next name.
  private mutating func writableDirectory(on path: RootPath) -> ByteString? {
    for directory in [path] + path.ancestors {
      guard let found = try? resolver.resolve(directory.text) else { continue }
      if found.status.kind == .directory, found.status.permissions & 0o002 != 0 {
        return directory.text
      }
    }
    return nil
  }

  // MARK: Libraries that come first

  /// Where an object gets a file that another one's RUNPATH or path found, and would find one itself.
  private mutating func choices(in graph: ClosureGraph) -> [LibraryChoice] {
    let found = graph.foundByOneObject
    guard !found.isEmpty else { return [] }
    var choices: [LibraryChoice] = []
    for request in graph.requests {
      guard request.kind == .needed, request.rule == .alreadyLoaded, request.requester != 0,
        let loaded = request.object, found.contains(loaded),
        graph.objects[loaded].loadedBy != request.requester,
        let own = ownChoice(of: graph.objects[request.requester], named: request.name),
        own.file.real != graph.objects[loaded].file.real
      else { continue }
      choices.append(
        LibraryChoice(
          requester: request.requester, loaded: loaded, name: request.name, own: own.openedPath))
    }
    return choices
  }

  private mutating func ownChoice(
    of object: LoadedObject, named name: ByteString
  ) -> LoadedObject? {
    if let known = ownChoices[object.openedPath] { return known[name] }
    var answers: [ByteString: LoadedObject] = [:]
    if let graph = try? loader.closure(of: object.openedPath) {
      for request in graph.requests where request.requester == 0 && request.kind == .needed {
        answers[request.name] = request.object.map { graph.objects[$0] }
      }
    }
    ownChoices[object.openedPath] = answers
    return answers[name]
  }
}

extension ClosureGraph {
  /// Objects that were found by what one object alone names: its RUNPATH, or a path.
  fileprivate var foundByOneObject: Set<Int> {
    Set(
      requests.compactMap { request in
        request.rule == .runpath || request.rule == .path ? request.object : nil
      })
  }
}
