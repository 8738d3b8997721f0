/// A sign that tells a rule, as the rules' files are compiled.
struct CompiledSign: Sendable {
  enum Kind: Sendable { case soname, imported, defined, constant, interpreter }

  let kind: Kind
  let text: String
  /// By its place in ``CompiledRules/names``.
  let rule: Int

  init(_ kind: Kind, _ text: String, rule: Int) {
    self.kind = kind
    self.text = text
    self.rule = rule
  }
}
