internal import FileTree
internal import FoundationEssentials

/// What a configuration file says to one command, checked against what the command knows.
struct ConfigurationSettings: Equatable {
  /// One key's value, as words of a command line.
  struct Setting: Equatable {
    let key: String
    /// A value each for an option; none for a flag that isn't set.
    let values: [String]
    let isFlag: Bool
    let line: Int?
  }

  /// Keys of the command's own table, before those of the top that it doesn't replace.
  private(set) var settings: [Setting] = []
  /// What is wrong with the file, each thing with its line.
  private(set) var problems: [Problem] = []

  struct Problem: Equatable {
    let line: Int?
    let message: String
    let remedy: String?
  }

  /// - Parameters:
  ///   - command: the command that runs.
  ///   - all: every command: a key that only another one knows isn't wrong.
  init(_ entries: [ConfigurationEntry], for command: CommandGrammar, of all: [CommandGrammar]) {
    var top: [Setting] = []
    for entry in entries {
      guard let grammar = grammar(of: entry, command, all) else { continue }
      guard let setting = setting(entry, grammar) else { continue }
      if entry.table == command.command {
        settings.append(setting)
      } else if entry.table == nil, grammar.command == command.command {
        top.append(setting)
      }
    }
    let own = Set(settings.flatMap { command.alternatives(of: $0.key) })
    settings += top.filter { !own.contains($0.key) }
  }

  /// The command by whose options a key is checked; nil if none knows it, which is a problem.
  private mutating func grammar(
    of entry: ConfigurationEntry, _ command: CommandGrammar, _ all: [CommandGrammar]
  ) -> CommandGrammar? {
    let isAmbiguous = CommandGrammar.ambiguousNames.contains(entry.key)
    var candidates = all
    if let table = entry.table {
      candidates = all.filter { $0.command == table }
    } else if !isAmbiguous {
      candidates = [command] + all
    }
    if let known = candidates.first(where: { $0.valueKind(of: entry.key) != nil }) { return known }
    let key = Self.shown(entry.key)
    let isTable = entry.table == nil && entry.value == .other("a table")
    let names = isTable ? all.map(\.command) : candidates.flatMap(\.keys)
    let near =
      candidates.lazy.compactMap { grammar in
        entry.key.count == 1 ? entry.key.first.flatMap { grammar.option(short: $0)?.name } : nil
      }.first ?? NearestKey.find(entry.key, in: names)
    let place = entry.table.map { " in [\($0)]" } ?? ""
    problems.append(
      Problem(
        line: entry.line,
        message: isTable ? "unknown table [\(key)]" : "unknown key '\(key)'\(place)",
        remedy: near.map { isTable ? "did you mean [\($0)]?" : "did you mean '\($0)'?" }
          ?? "'rootfs-pack \(entry.table ?? command.command) --help' lists the options"))
    return nil
  }

  /// A name from a file, bounded.
  private static func shown(_ key: String) -> String {
    let limit = 40
    return ByteString(key.count > limit ? key.prefix(limit) + "..." : key).description
  }

  private mutating func setting(
    _ entry: ConfigurationEntry, _ grammar: CommandGrammar
  ) -> Setting? {
    guard let (kind, isRepeating) = grammar.valueKind(of: entry.key) else { return nil }
    func setting(_ values: [String], isFlag: Bool = false) -> Setting {
      Setting(key: entry.key, values: values, isFlag: isFlag, line: entry.line)
    }
    switch (kind, entry.value) {
    case (.flag, .boolean(let isSet)): return setting(isSet ? [""] : [], isFlag: true)
    case (.flag, _): return wrongType(entry, "is true or false")
    case (_, .text(let text)): return setting([text])
    case (_, .integer(let number)): return setting([String(number)])
    case (_, .list(let list)) where isRepeating || kind == .words:
      let values = list.compactMap { value -> String? in
        switch value {
        case .text(let text): text
        case .integer(let number): String(number)
        case .boolean, .list, .other: nil
        }
      }
      guard values.count == list.count else { return wrongType(entry, "is an array of strings") }
      guard kind == .words else { return setting(values) }
      let json = try? JSONEncoder().encode(values)
      return setting([json.map { String(decoding: $0, as: UTF8.self) } ?? ""])
    case (.words, _): return wrongType(entry, "is a string, or an array of strings")
    case (.value, .other("a date without quotes")): return wrongType(entry, "is a string in quotes")
    case (.value, _) where isRepeating:
      return wrongType(entry, "is a string, or an array of strings")
    case (.value, _): return wrongType(entry, "is one string or number")
    }
  }

  private mutating func wrongType(_ entry: ConfigurationEntry, _ expected: String) -> Setting? {
    let isList =
      if case .list = entry.value { expected.hasSuffix("array of strings") } else { false }
    problems.append(
      Problem(
        line: entry.line,
        message: "'\(entry.key)' \(expected), "
          + (isList ? "and holds something else" : "not \(entry.value.description)"), remedy: nil))
    return nil
  }
}
