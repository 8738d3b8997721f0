package import FileTree

/// One name that an object asks for, and what came of it.
package struct LibraryRequest: Sendable {
  /// What makes the name be asked for.
  package enum Kind: String, Hashable, Sendable {
    /// PT_INTERP.
    case interpreter
    /// DT_NEEDED.
    case needed
    /// DT_FILTER: loaded before the object that names it.
    case filter
    /// DT_AUXILIARY: the same, if it is there.
    case auxiliary
    /// LD_PRELOAD or `/etc/ld.so.preload`.
    case preload
    /// LD_AUDIT, or DT_AUDIT or DT_DEPAUDIT of the program.
    case audit
    /// A call of `dlopen`.
    case dlopen

    /// Whether the program fails without it.
    var isRequired: Bool {
      switch self {
      case .interpreter, .needed, .filter, .dlopen: true
      case .auxiliary, .preload, .audit: false
      }
    }
  }

  package let kind: Kind
  /// As it stands in the requester: tokens unexpanded.
  package let name: ByteString
  /// What was searched for: the name with tokens expanded.
  package let expandedName: ByteString
  /// The requester's place in the graph.
  package let requester: Int
  /// The rule that decided; nil if nothing was found.
  package let rule: SearchRule?
  /// The place in the graph of what was found; nil if it is missing.
  package let object: Int?
  /// Every place that was tried, in order; empty where the name was loaded already.
  package let attempts: [SearchAttempt]
  /// Whether the program fails without it.
  package let isRequired: Bool
  /// Whether the run time brings it, so that nobody looked for it.
  package let isGiven: Bool

  init(
    kind: Kind, name: ByteString, expandedName: ByteString, requester: Int, rule: SearchRule?,
    object: Int?, attempts: [SearchAttempt], isRequired: Bool, isGiven: Bool = false
  ) {
    self.kind = kind
    self.name = name
    self.expandedName = expandedName
    self.requester = requester
    self.rule = rule
    self.object = object
    self.attempts = attempts
    self.isRequired = isRequired
    self.isGiven = isGiven
  }
}
