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

  /// What came of one look-up.
  private enum Outcome {
    /// Defined by the object at a place in the graph.
    case found(Int)
    case notFound
    /// The library that the version is asked of lacks it, which is an error whether or not the object
    /// could do without.
    case versionLacking
  }

  /// What an object binds and nobody defines.
  func undefined(of place: Int) -> [BoundReference] {
    guard let own = facts[place] else { return [] }
    let scope = scopes.scope(of: place)
    if place != 0, own.witnesses.withLock({ $0.contains { $0.holds(in: scope, libc) } }) {
      return []
    }
    var definers: Set<BindingWitness.Definer> = []
    var isSettledEverywhere = true
    var undefined: [BoundReference] = []
    for reference in own.references {
      switch settle(reference, in: scope, &definers) {
      case .everywhere: break
      case .here: isSettledEverywhere = false
      case .undefined: undefined.append(reference)
      }
    }
    if undefined.isEmpty, isSettledEverywhere, place != 0 {
      let witness = BindingWitness(libc: libc, definers: definers)
      own.witnesses.withLock { $0.append(witness) }
    }
    return undefined
  }

  private enum Settlement {
    /// It isn't undefined wherever the same definers are.
    case everywhere
    /// It isn't undefined in this scope, as it is.
    case here
    case undefined
  }

  private func settle(
    _ reference: BoundReference, in scope: LookupScope,
    _ definers: inout Set<BindingWitness.Definer>
  ) -> Settlement {
    // The library that the version is asked of, most likely: whatever stands before it may only define
    // the symbol too.
    if libc == .glibc, let library = reference.version?.library,
      let bearer = scope.bearer(of: library), !reference.uses.contains(.copy),
      reference.uses.each.allSatisfy({ bearer.facts.match(reference, $0, libc) == .defines })
    {
      definers.insert(.init(number: bearer.facts.number, library: library))
      return .everywhere
    }
    var isEverywhere = true
    for use in reference.uses.each {
      switch find(reference, use, in: scope) {
      case .found(let place):
        guard reference.version?.library == nil || libc == .musl, use != .copy,
          let definer = facts[place]
        else {
          isEverywhere = false
          continue
        }
        definers.insert(.init(number: definer.number, library: nil))
      case .versionLacking: return .undefined
      case .notFound:
        if !reference.isWeak { return .undefined }
        // Another scope may have it, and it is no error there either, unless a version is asked of a
        // library.
        if reference.version?.library != nil { isEverywhere = false }
      }
    }
    return isEverywhere ? .everywhere : .here
  }

  private func find(
    _ reference: BoundReference, _ use: SymbolReference.Uses, in scope: LookupScope
  ) -> Outcome {
    for member in scope.members {
      // A copy is made of a library's data, never of the program's own.
      if use == .copy, member.place == 0 { continue }
      guard member.facts.tables.symbols.hasHashTable else { continue }
      switch member.facts.match(reference, use, libc) {
      case .defines: return .found(member.place)
      case .passed: continue
      case .absent:
        if libc == .glibc, let library = reference.version?.library,
          scope.bears(library, member)
        {
          return .versionLacking
        }
      }
    }
    return .notFound
  }

  /// The objects that an object's symbols are bound to, by their places in the graph.
  func definers(of place: Int) -> Set<Int> {
    guard let own = facts[place] else { return [] }
    let scope = scopes.scope(of: place)
    var places: Set<Int> = []
    for reference in own.references {
      for use in reference.uses.each {
        if case .found(let place) = find(reference, use, in: scope) {
          places.insert(place)
        }
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
