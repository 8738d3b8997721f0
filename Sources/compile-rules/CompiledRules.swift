internal import Rules

/// The file that the rules become: each is made when somebody asks for it, and what tells which may
/// apply lies in one list.
struct CompiledRules: SwiftSource {
  private let rules: [Rule]

  init(_ rules: [Rule]) { self.rules = rules.sorted { $0.name < $1.name } }

  var source: String {
    let cases = rules.indices.map { "    case \($0): rule\($0)()" }
    let functions = rules.enumerated().map { index, rule in
      """
        private static func rule\(index)() -> Rule {
          \(rule.source)
        }
      """
    }
    return """
      // Made of the files in Knowledge, by compile-rules.
      internal import Rules

      /// What is known of families of programs.
      enum CompiledRules {
        static let names: [String] = \(rules.map(\.name).source)

        static let signs: [CompiledSign] = [
      \(signs.joined(separator: "\n"))
        ]

        /// What a user's words mean, and the rule that says it.
        static let presets: [(topic: String, summary: String, rule: Int)] = \(presets)

        static let conditionalImports: [String] = \(conditional(\.imports).source)
        static let conditionalDefinitions: [String] = \(conditional(\.definitions).source)

        /// - Parameter index: among ``names``.
        static func rule(at index: Int) -> Rule {
          switch index {
      \(cases.joined(separator: "\n"))
          default: preconditionFailure("no rule \\(index)")
          }
        }

      \(functions.joined(separator: "\n\n"))
      }

      """
  }

  private var presets: String {
    let presets = rules.enumerated().compactMap { index, rule in
      rule.summary.map { "(\(rule.topic.source), \($0.source), \(index))" }
    }
    return "[\(presets.joined(separator: ", "))]"
  }

  /// The symbols that rules look for beside those that tell them.
  private func conditional(_ symbols: KeyPath<Signs, [String]>) -> [String] {
    Set(rules.flatMap(\.conditions).flatMap { $0[keyPath: symbols] }).sorted()
  }

  private var signs: [String] {
    rules.enumerated().flatMap { index, rule in
      let kinds: [(kind: String, words: [String])] = [
        ("soname", rule.signs.sonames), ("imported", rule.signs.imports),
        ("defined", rule.signs.definitions), ("constant", rule.signs.constants),
        ("interpreter", rule.signs.interpreters),
      ]
      return kinds.flatMap { kind, words in
        words.map { "    CompiledSign(.\(kind), \($0.source), rule: \(index))," }
      }
    }
  }
}
