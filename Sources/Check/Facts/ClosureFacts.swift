internal import ELF
internal import FileTree
internal import Loader

/// A closure with what was read of its objects and around them: all that rules look at.
struct ClosureFacts: Sendable {
  let graph: ClosureGraph
  /// By place in the graph; nil where nothing could be read.
  let objects: [ObjectFacts?]
  /// Objects whose tables make no sense, by place.
  let unreadable: [Unreadable]
  /// What objects get for a library because of another one.
  var choices: [LibraryChoice] = []
  /// By place of the object and text of the element, the directory on the way to it that everybody may
  /// write to.
  var writable: [WritableElement] = []

  struct Unreadable: Sendable {
    let place: Int
    let error: ELF.ElfReadError
  }

  struct WritableElement: Sendable {
    let place: Int
    let element: SearchPathElement
    let directory: ByteString
  }

  init(_ graph: ClosureGraph, _ store: FactStore) {
    self.graph = graph
    var objects = [ObjectFacts?](repeating: nil, count: graph.objects.count)
    var unreadable: [Unreadable] = []
    for (place, object) in graph.objects.enumerated() where object.residence == .program {
      switch store.entry(of: object, in: graph.libc) {
      case .facts(let facts): objects[place] = facts
      case .unreadable(let error): unreadable.append(Unreadable(place: place, error: error))
      }
    }
    self.objects = objects
    self.unreadable = unreadable
  }

  /// The program's own objects: neither auditors' nor unloaded again.
  var ownPlaces: [Int] {
    graph.objects.indices.filter { graph.objects[$0].residence == .program }
  }

  /// A finding about an object of the closure.
  func finding(_ problem: Problem, at place: Int, _ severity: Severity? = nil) -> Finding {
    Finding(
      problem, severity: severity, object: found(place), chain: chain(to: place))
  }

  func found(_ place: Int) -> FoundObject {
    let object = graph.objects[place]
    return FoundObject(path: object.openedPath, real: object.file.real)
  }

  func chain(to place: Int) -> [ByteString] {
    graph.loadChain(to: place).map { graph.objects[$0].openedPath }
  }

  /// The object that answers an object's request for a name.
  func provider(of name: ByteString, for requester: Int) -> Int? {
    let own = graph.requests.first { $0.requester == requester && $0.expandedName == name }
    return own?.object ?? graph.requests.first { $0.expandedName == name }?.object
  }
}

/// What an object gets for a library that another object loaded before, and would load by itself.
struct LibraryChoice: Hashable, Sendable {
  /// Places in the graph.
  let requester: Int
  let loaded: Int
  let name: ByteString
  /// As the loader would open it.
  let own: ByteString
}
