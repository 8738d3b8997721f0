internal import FileTree

/// Users and groups that arguments, variables and configuration name, by what stands before them.
///
/// Whether there is such a user says the root: what isn't one is dropped later.
enum AccountWords {
  /// What names end in.
  private static let users: [ByteString] = [
    "user", "users", "username", "uid", "owner", "runas",
  ]
  private static let groups: [ByteString] = ["group", "groups", "groupname", "gid"]
  private enum Kind { case user, group }

  /// Accounts behind `-u`, `--user`, `user=` and their like.
  static func facts(in words: [ByteString], _ evidence: Evidence) -> ServiceFacts {
    var facts = ServiceFacts()
    for (place, word) in words.enumerated() {
      if let (key, value) = ConfigurationText.pair(word, at: "=") {
        add(kind(of: key), value, evidence, to: &facts)
      } else if place + 1 < words.count {
        add(option(word), words[place + 1], evidence, to: &facts)
      }
    }
    return facts
  }

  /// The account of a variable or setting by its name.
  static func facts(
    of name: ByteString, _ value: ByteString, _ evidence: Evidence
  ) -> ServiceFacts {
    var facts = ServiceFacts()
    add(kind(of: name), value, evidence, to: &facts)
    return facts
  }

  private static func add(
    _ kind: Kind?, _ value: ByteString, _ evidence: Evidence, to facts: inout ServiceFacts
  ) {
    let owner = StartAction.Owner(ConfigurationText.withoutQuotes(value))
    switch kind {
    case .user:
      if let user = owner.user { facts.users.append(Stated(user, evidence)) }
      if let group = owner.group { facts.groups.append(Stated(group, evidence)) }
    case .group:
      if let group = owner.user { facts.groups.append(Stated(group, evidence)) }
    case nil: break
    }
  }

  private static func option(_ word: ByteString) -> Kind? {
    switch word {
    case "-u", "-U": .user
    case "-g", "-G": .group
    default: word.hasPrefix("--") ? kind(of: word) : nil
    }
  }

  /// `DAEMON_USER`, `$PrivDropToUser`, `server.username`, `cache_effective_user`: by the last part of it.
  private static func kind(of key: ByteString) -> Kind? {
    let name = ConfigurationText.lowercased(key)
    if users.contains(where: { name.hasSuffix($0) }) { return .user }
    return groups.contains(where: { name.hasSuffix($0) }) ? .group : nil
  }
}
