internal import FileTree
package import Rules

/// What is known of families of programs: the rules that are compiled in, and a user's own.
package struct RuleSet: Sendable {
  /// Of what is compiled in, what counts; a user's rule of the same name goes before.
  private let compiled: [Int]
  private let own: [Rule]
  let signs: SignIndex
  /// The symbols that rules look for among those that an object imports.
  let symbols: Set<ByteString>
  /// Those that they look for among an object's own.
  let definitions: [ByteString]
  /// What has to be looked for among constants.
  let slashTexts: SlashTexts

  /// Nothing but what is compiled in.
  package static let compiledIn = RuleSet()

  /// - Parameter own: a user's.
  package init(own: [Rule] = []) {
    self.init(own: own, CompiledRules.names)
  }

  /// - Parameter names: of what is compiled in, those that count unless a user's has the same name.
  init(own: [Rule], _ names: [String]) {
    let usable = Set(names).subtracting(own.map(\.name))
    let compiled = CompiledRules.names.indices.filter {
      usable.contains(CompiledRules.names[$0])
    }
    self.compiled = compiled
    self.own = own
    let usual = CompiledRules.names.count
    var signs = SignIndex(
      compiled.count == CompiledRules.names.count
        ? CompiledRules.signs : CompiledRules.signs.filter { compiled.contains($0.rule) })
    for (index, rule) in own.enumerated() { signs.add(rule.signs, of: usual + index) }
    self.signs = signs
    let conditions = own.flatMap(\.conditions)
    symbols = Set(
      (CompiledRules.conditionalImports + conditions.flatMap(\.imports)).map { ByteString($0) }
    ).union(signs.imports)
    definitions =
      signs.definitions
      + Set(CompiledRules.conditionalDefinitions + conditions.flatMap(\.definitions)).sorted()
      .map { ByteString($0) }
    slashTexts = SlashTexts(NeedsTable.texts + signs.anchors)
  }

  /// - Parameter number: as ``SignIndex`` tells it.
  func rule(_ number: Int) -> Rule {
    let usual = CompiledRules.names.count
    return number < usual ? CompiledRules.rule(at: number) : own[number - usual]
  }

  /// The presets that rules make, each with a line for people, by their names.
  package var presets: [(topic: String, summary: String)] {
    let compiled = Set(compiled)
    var found = CompiledRules.presets.filter { compiled.contains($0.rule) }
      .map { (topic: $0.topic, summary: $0.summary) }
    for rule in own where !found.contains(where: { $0.topic == rule.topic }) {
      found.append((rule.topic, rule.summary ?? "what the rule \(rule.name) says"))
    }
    return found.sorted { $0.topic < $1.topic }
  }

  /// All of them, by their names.
  package var all: [Rule] {
    (compiled.map { CompiledRules.rule(at: $0) } + own).sorted { $0.name < $1.name }
  }
}
