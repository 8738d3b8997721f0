internal import Loader

/// Objects that define all that one object binds: wherever they are loaded together, nothing of it is
/// undefined, and no symbol has to be looked up again.
struct BindingWitness: Sendable {
  let libc: Libc
  /// How many are remembered of an object: most have one, beside a few that have alternatives.
  static let limit = 16

  /// The numbers of ``ObjectFacts``.
  let definers: Set<Int>

  func holds(in scope: LookupScope, _ libc: Libc) -> Bool {
    self.libc == libc && definers.isSubset(of: scope.numbers)
  }
}
