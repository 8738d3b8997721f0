internal import FileTree
internal import Loader

/// Objects that define all that one object binds: wherever they are loaded together, nothing of it is
/// undefined, and no symbol has to be looked up again.
struct BindingWitness: Sendable {
  let libc: Libc
  let definers: Set<Definer>

  /// An object that defines something.
  struct Definer: Hashable, Sendable {
    /// Of ``ObjectFacts``.
    let number: Int
    /// The library that its version is asked of: it has to be the one that bears the name, for the search
    /// ends there.
    let library: ByteString?
  }

  func holds(in scope: LookupScope, _ libc: Libc) -> Bool {
    self.libc == libc
      && definers.allSatisfy { definer in
        guard let library = definer.library else { return scope.numbers.contains(definer.number) }
        return scope.bearer(of: library)?.facts.number == definer.number
      }
  }
}
