/// A group of needs that a user can ask for by name, whether or not anything points to it.
package struct Preset: Sendable {
  package let topic: Topic
  /// One line for people.
  package let summary: String
  /// What it asks of a bundle; nil where only a program or its configuration tells.
  let contents: Contents?

  /// What a preset asks of a bundle in one root.
  struct Contents: Sendable {
    /// Whether it is made anew for each object.
    let dependsOnObject: Bool
    /// - detail: what of the preset is meant; nil for all.
    /// - object: what asks for it; nil for the user alone.
    let wishes: @Sendable (_ detail: String?, _ object: ObservedObject?, inout RootView) -> [Wish]
    /// More that somebody may want who needs a detail of it.
    let hints: @Sendable (_ detail: String, _ purpose: String, inout RootView) -> [RuntimeNeed]

    init(
      dependsOnObject: Bool = false,
      wishes:
        @escaping @Sendable (String?, ObservedObject?, inout RootView) -> [Wish],
      hints:
        @escaping @Sendable (String, String, inout RootView) -> [RuntimeNeed] = { _, _, _ in [] }
    ) {
      self.dependsOnObject = dependsOnObject
      self.wishes = wishes
      self.hints = hints
    }
  }

  init(_ name: String, _ summary: String, _ contents: Contents? = nil) {
    topic = Topic(name)
    self.summary = summary
    self.contents = contents
  }

  /// The same for one that asks for the same whoever needs it.
  init(
    _ name: String, _ summary: String,
    _ wishes: @escaping @Sendable (inout RootView) -> [Wish]
  ) {
    self.init(name, summary, Contents(wishes: { _, _, root in wishes(&root) }))
  }

  /// Those that stand for what a configuration or a managed program names: nothing by themselves. Rules
  /// have more of the kind.
  private static let registered: [Preset] = [
    Preset("home", "what lies in the directory that a program finds from its own place"),
    Preset("resources", "resources of Swift targets, which lie beside the program"),
    Preset("mono", "assemblies, native modules and configuration of Mono"),
    Preset("dotnet", "what an application of .NET names, and its frameworks"),
    Preset("openssl", "openssl.cnf, and the providers and engines that it names"),
    Preset("fonts", "the fonts that fontconfig finds"),
  ]

  /// All of them, those of rules last.
  package static func all(by rules: RuleSet) -> [Preset] {
    let own = all + registered
    let more = rules.presets.map { Preset($0.topic, $0.summary) }
    return own + more.filter { preset in !own.contains { $0.topic == preset.topic } }
  }

  /// Whether a name is one of a preset.
  package static func isKnown(_ topic: Topic, to rules: RuleSet) -> Bool {
    all(by: rules).contains { $0.topic == topic }
  }
}
