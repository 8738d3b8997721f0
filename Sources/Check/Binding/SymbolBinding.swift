internal import ELF
internal import FileTree
internal import Loader
internal import Synchronization

/// Binds the symbols of a closure's objects, as the loader would with LD_BIND_NOW.
///
/// Source: glibc `elf/dl-lookup.c` (`_dl_lookup_symbol_x`), `elf/dl-reloc.c`; musl `ldso/dynlink.c`
/// (`do_relocs`).
struct SymbolBinding {
  private let scopes: LookupScopes
  private let facts: [ObjectFacts?]
  private let libc: Libc

  /// - Parameter facts: by place in the graph.
  init(_ graph: ClosureGraph, _ facts: [ObjectFacts?], _ libc: Libc) {
    scopes = LookupScopes(graph, facts)
    self.facts = facts
    self.libc = libc
  }

  /// Objects whose symbols are bound, in the order of the search.
  var binders: [Int] { scopes.binders }

  /// What an object binds and nobody defines.
  func undefined(of place: Int) -> [BoundReference] {
    guard let own = facts[place] else { return [] }
    let scope = scopes.scope(of: place)
    if own.witnesses.withLock({ $0.contains { $0.holds(in: scope, libc) } }) { return [] }
    var definers: Set<Int> = []
    let undefined = own.references.filter { reference in
      guard let definer = anyDefiner(of: reference, in: scope) else { return !reference.isWeak }
      definers.formUnion(definer)
      return false
    }
    // Who is the program isn't the same everywhere, and a copy is never made of its data.
    if undefined.isEmpty, place != 0 {
      let witness = BindingWitness(libc: libc, definers: definers)
      own.witnesses.withLock { known in
        if known.count < BindingWitness.limit { known.append(witness) }
      }
    }
    return undefined
  }

  /// The numbers of objects that together define a symbol for all its uses; nil if some use has none.
  private func anyDefiner(of reference: BoundReference, in scope: LookupScope) -> [Int]? {
    // Most likely it is the library that the version is asked of: what stands before it may only
    // define the symbol too.
    if libc == .glibc, let library = reference.version?.library,
      let bearer = scope.bearer(of: library), !reference.uses.contains(.copy),
      reference.uses.each.allSatisfy({ bearer.facts.match(reference, $0, libc) })
    {
      return [bearer.facts.number]
    }
    var definers: [Int] = []
    for use in reference.uses.each {
      guard let member = definer(of: reference, use, in: scope) else { return nil }
      definers.append(member.facts.number)
    }
    return definers
  }

  /// The first object that defines a symbol.
  private func definer(
    of reference: BoundReference, _ use: SymbolReference.Uses, in scope: LookupScope
  ) -> LookupScope.Member? {
    scope.members.first { member in
      // A copy is made of a library's data, never of the program's own.
      guard use != .copy || member.place != 0 else { return false }
      return member.facts.match(reference, use, libc)
    }
  }

  /// The objects that an object's symbols are bound to, by their places in the graph.
  func definers(of place: Int) -> Set<Int> {
    guard let own = facts[place] else { return [] }
    let scope = scopes.scope(of: place)
    var places: Set<Int> = []
    for reference in own.references {
      for use in reference.uses.each {
        if let member = definer(of: reference, use, in: scope) { places.insert(member.place) }
      }
    }
    return places
  }
}

extension SymbolReference.Uses {
  /// Each use by itself: a loader looks up the symbol for each.
  fileprivate var each: [SymbolReference.Uses] {
    [.definition, .address, .copy].filter { contains($0) }
  }
}
