package import Discovery
internal import FileTree

/// One line that says what of the needs isn't packed, and what would pack it: what the program most probably
/// fails without first; nil if all is packed.
package func renderUnpackedNeeds(_ needs: [FoundNeed]) -> String? {
  let entries = UnpackedNeed.all(in: needs)
  guard !entries.isEmpty else { return nil }
  let shown = entries.prefix(UnpackedNeed.limit)
  let topics = shown.compactMap(\.topic)
  let flags = [
    topics.isEmpty ? nil : "--with " + topics.joined(separator: ","),
    shown.compactMap { entry in
      if case .notes(let priority) = entry.kind { "--dlopen \(priority)" } else { nil }
    }.first,
    shown.contains { $0.kind == .guesses } ? "--guess" : nil,
  ].compactMap(\.self)
  let purposes = shown.map { $0.name + ": " + $0.purpose }.joined(separator: "; ")
  let rest = entries.count - shown.count
  return "asked for at run time and not packed: \(flags.joined(separator: ", ")) would add it "
    + "(\(purposes))" + (rest > 0 ? ", and \(rest) weaker" : "")
}

/// All needs of one kind that aren't packed.
private struct UnpackedNeed {
  enum Kind: Hashable {
    case topic(String)
    case notes(Grade.Priority)
    case guesses
  }

  /// How probably something fails without it, the surest first.
  enum Strength: Int {
    /// The program itself, or what it is configured by, leads there.
    case ownUse
    case use
    /// It runs without it, in other ways.
    case ways
    case guess
  }

  var kind: Kind
  var strength: Strength
  var grade: Grade
  var purpose: String

  /// In presets.
  static let limit = 3
  /// Without these, C libraries and OpenSSL go on by what is built in: UTC, the locale C, UTF-8, the usual
  /// configuration; a crash is told in fewer words.
  private static let ways: Set<String> = [
    "gconv", "libgcc", "locale", "openssl", "terminfo", "timezone",
  ]

  var topic: String? {
    if case .topic(let name) = kind { name } else { nil }
  }

  var name: String {
    switch kind {
    case .topic(let name): name
    case .notes: "dlopen"
    case .guesses: "guess"
    }
  }

  /// The strongest first, of equal ones the one that was found first.
  static func all(in needs: [FoundNeed]) -> [UnpackedNeed] {
    var entries: [UnpackedNeed] = []
    for need in needs.compactMap(UnpackedNeed.init) {
      if let place = entries.firstIndex(where: { $0.name == need.name }) {
        entries[place].merge(need)
      } else {
        entries.append(need)
      }
    }
    return entries.enumerated().sorted {
      ($0.element.strength.rawValue, $0.element.grade, $0.offset)
        < ($1.element.strength.rawValue, $1.element.grade, $1.offset)
    }.map(\.element)
  }

  /// Nil for what is packed, or said elsewhere.
  private init?(_ need: FoundNeed) {
    guard case .hint = need.outcome else { return nil }
    grade = need.grade
    // A few words are enough.
    purpose = need.purpose.split(separator: ";").first.map(String.init) ?? ""
    switch need.grade {
    case .noted(let priority) where need.topic == .notes:
      (kind, strength) = (.notes(priority), .use)
    case .guessed:
      guard !need.found.isEmpty else { return nil }
      (kind, strength, purpose) = (.guesses, .guess, "what looks like names of libraries")
    default:
      let isOwn = need.evidence.contains { $0.file.map { !$0.isOfLibrary } ?? false }
      let changesWays = Self.ways.contains(need.topic.name)
      kind = .topic(need.topic.name)
      strength = changesWays ? .ways : isOwn ? .ownUse : .use
    }
  }

  private mutating func merge(_ other: UnpackedNeed) {
    if case .notes(let one) = kind, case .notes(let two) = other.kind {
      kind = .notes(max(one, two))
    }
    if (other.strength.rawValue, other.grade) < (strength.rawValue, grade) {
      (strength, grade, purpose) = (other.strength, other.grade, other.purpose)
    }
  }
}

extension ByteString {
  fileprivate var isOfLibrary: Bool { hasSuffix(".so") || description.contains(".so.") }
}
