internal import ELF
package import FileTree
package import Loader

/// What the programs of one root define, for libraries that they open: plugins are linked against nothing
/// that would show it.
package struct ProgramSymbols {
  private let store: FactStore
  /// Each file once.
  private var objects: [ObjectFacts] = []
  private var seen: Set<RootPath> = []
  private var known: [ByteString: Bool] = [:]

  package init(_ store: FactStore) {
    self.store = store
  }

  /// Adds all that a program loads.
  package mutating func add(_ closures: ProgramClosures) {
    for object in closures.graph.objects where seen.insert(object.file.real).inserted {
      if case .facts(let facts) = store.entry(of: object, in: closures.graph.libc) {
        objects.append(facts)
      }
    }
  }

  package mutating func define(_ name: ByteString) -> Bool {
    if let answer = known[name] { return answer }
    let symbol = SymbolName(name)
    let answer = objects.contains { facts in
      let symbols = facts.tables.symbols
      return symbols.firstIndex(named: symbol) { !symbols[$0].isUndefined } != nil
    }
    known[name] = answer
    return answer
  }
}
