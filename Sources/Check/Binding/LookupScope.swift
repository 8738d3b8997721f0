internal import ELF
internal import FileTree
internal import Loader

/// The objects in which an object's symbols are looked up, in order.
struct LookupScope {
  struct Member {
    /// In the graph.
    let place: Int
    let facts: ObjectFacts
  }

  let members: [Member]
  /// The members' numbers.
  let numbers: Set<Int>
  /// The member that bears a library's name.
  private let bearers: [ByteString: Int]

  /// - Parameter names: by name, the place in the graph of the object that bears it.
  init(_ places: [Int], _ facts: [ObjectFacts?], names: [ByteString: Int]) {
    let members = places.compactMap { place in
      facts[place].map { Member(place: place, facts: $0) }
    }
    self.members = members
    numbers = Set(members.map(\.facts.number))
    let order = Dictionary(
      members.enumerated().map { ($1.place, $0) }, uniquingKeysWith: { first, _ in first })
    bearers = names.compactMapValues { order[$0] }
  }

  func bearer(of library: ByteString) -> Member? { bearers[library].map { members[$0] } }
}

/// The scopes of one closure.
///
/// Source: glibc `elf/dl-object.c` (`_dl_new_object`), `elf/dl-open.c`; musl `ldso/dynlink.c`
/// (`add_syms`, `dlopen`).
struct LookupScopes {
  /// Objects whose symbols are bound, in the order of the search.
  let binders: [Int]
  /// What is loaded at the start.
  let global: LookupScope
  /// By the place of an object that `dlopen` brought: the global scope, then what came with it.
  private var opened: [Int: LookupScope] = [:]

  /// - Parameter facts: by place in the graph.
  init(_ graph: ClosureGraph, _ facts: [ObjectFacts?]) {
    let own = graph.order.filter { graph.objects[$0].residence == .program }
    let roots = Self.openedRoots(of: graph)
    let names = Self.names(of: graph)
    let start = own.filter { roots[$0] == nil }
    binders = own.filter { $0 != graph.interpreter }
    global = LookupScope(start, facts, names: names)
    var local: [Int: LookupScope] = [:]
    for place in own {
      guard let root = roots[place] else { continue }
      let scope =
        local[root]
        ?? LookupScope(start + Self.tree(below: root, in: graph), facts, names: names)
      local[root] = scope
      opened[place] = scope
    }
  }

  func scope(of place: Int) -> LookupScope { opened[place] ?? global }

  /// By the place of an object that isn't loaded at the start: the one whose `dlopen` brings it.
  private static func openedRoots(of graph: ClosureGraph) -> [Int: Int] {
    var roots: [Int: Int] = [:]
    var isLoaded: Set<Int> = [0]
    for request in graph.requests {
      guard let object = request.object, isLoaded.insert(object).inserted else { continue }
      if request.kind == .dlopen {
        roots[object] = object
      } else if let root = roots[request.requester] {
        roots[object] = root
      }
    }
    return roots
  }

  /// An object with all that it needs, breadth first, whether or not that was loaded before.
  private static func tree(below root: Int, in graph: ClosureGraph) -> [Int] {
    var order = [root]
    var isSeen: Set<Int> = [root]
    var next = 0
    while next < order.count {
      for request in graph.requests where request.requester == order[next] {
        guard let object = request.object, request.kind.isOfDynamicSection,
          isSeen.insert(object).inserted
        else { continue }
        order.append(object)
      }
      next += 1
    }
    return order
  }

  /// What each object is called: what it was asked for by, and its soname; the first one counts.
  private static func names(of graph: ClosureGraph) -> [ByteString: Int] {
    var names: [ByteString: Int] = [:]
    for request in graph.requests {
      guard let object = request.object, graph.objects[object].residence == .program else {
        continue
      }
      if names[request.expandedName] == nil { names[request.expandedName] = object }
    }
    for place in graph.order where graph.objects[place].residence == .program {
      if let soname = graph.objects[place].image.dynamic?.soname, names[soname] == nil {
        names[soname] = place
      }
    }
    return names
  }
}

extension LibraryRequest.Kind {
  /// Whether it is an entry of the requester's dynamic section.
  fileprivate var isOfDynamicSection: Bool {
    switch self {
    case .needed, .filter, .auxiliary: true
    case .interpreter, .preload, .audit, .dlopen: false
    }
  }
}
