package import FileTree

/// Which needs go into a bundle.
package struct NeedsPolicy: Sendable {
  /// How far `dlopen` notes are followed; nil for not at all.
  package var notes: Grade.Priority? = .recommended
  package var wanted: Set<Topic> = []
  package var unwanted: Set<Topic> = []
  /// Whether nothing goes in that isn't asked for by name.
  package var isMinimal = false
  /// Whether libraries that are only guessed go in where they are found.
  package var packsGuesses = false

  package init() {}

  /// What the run time brings, and so isn't packed: names of libraries, and paths.
  package var given: Set<ByteString> = []

  /// Whether no need can go in, so that nobody has to look for any.
  package var excludesAll: Bool { isMinimal && wanted.isEmpty && notes == nil && !packsGuesses }

  package enum Decision: Hashable, Sendable {
    case packed
    /// Left out, and what the user would have to write.
    case hint(flag: String)
    /// Left out as the user says, by the flag.
    case leftOut(flag: String)
  }

  package func decision(on need: RuntimeNeed) -> Decision {
    switch need.grade {
    case .noted(let priority) where need.topic == .notes:
      if let notes, priority <= notes { return .packed }
      return .hint(flag: "--dlopen \(priority)")
    case .guessed: return packsGuesses ? .packed : .hint(flag: "--guess")
    default: break
    }
    let name = need.topic.name
    if wanted.contains(need.topic) { return .packed }
    if unwanted.contains(need.topic) { return .leftOut(flag: "--without \(name)") }
    if isMinimal { return .leftOut(flag: "--minimal") }
    return need.isEssential ? .packed : .hint(flag: "--with \(name)")
  }

  /// Whether needs of a topic go in where programs fail without them.
  package func counts(_ topic: Topic) -> Bool {
    wanted.contains(topic) || !isMinimal && !unwanted.contains(topic)
  }
}
