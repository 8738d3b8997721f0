internal import ArgumentParser
internal import Discovery
internal import FileTree

/// Which needs at run time count; shared by all commands.
struct NeedsOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How far 'dlopen' notes of objects are followed: required, recommended, suggested or none.",
      discussion: "Without it: recommended.", valueName: "priority"),
    completion: .list(["required", "recommended", "suggested", "none"]))
  var dlopen: String?

  @Option(
    help: ArgumentHelp(
      "Take these presets too, such as ca-certificates,timezone. Repeatable.",
      discussion: "'rootfs-pack presets' lists them.", valueName: "name,..."))
  var with: [String] = []

  @Option(help: ArgumentHelp("Leave these presets out. Repeatable.", valueName: "name,..."))
  var without: [String] = []

  @Option(
    help: ArgumentHelp(
      "Know families of programs by the rules in this directory too. Repeatable.",
      discussion: "Its files end in .toml; a rule of the same name goes before ours.",
      valueName: "dir"))
  var rules: [String] = []

  @Flag(help: "Take nothing for the run time but what --with and --dlopen name.")
  var minimal = false

  func validate() throws {
    if let dlopen, dlopen != "none", Self.priority(dlopen) == nil {
      throw ValidationError(
        "--dlopen \(dlopen): must be one of required, recommended, suggested, none.")
    }
    let (wanted, unwanted) = (topics(with), topics(without))
    // Whether a preset is one of a rule is known when the rules are.
    if rules.isEmpty { try check(nil) }
    if let both = wanted.first(where: unwanted.contains) {
      throw ValidationError("--with \(both.name) and --without \(both.name): choose one.")
    }
  }

  /// The rules that count beside ours; nil for none.
  func ruleSet() throws -> RuleSet? {
    guard let rules = try RuleDirectory.rules(rules) else { return nil }
    try check(rules)
    return rules
  }

  /// What they say, after ``validate()``.
  ///
  /// - Parameter given: what the run time brings.
  func policy(guesses: Bool = false, given: Set<ByteString>) -> NeedsPolicy {
    var policy = NeedsPolicy()
    policy.given = given
    policy.packsGuesses = guesses
    policy.isMinimal = minimal
    policy.wanted = Set(topics(with))
    policy.unwanted = Set(topics(without))
    policy.notes = dlopen.map { Self.priority($0) } ?? (minimal ? nil : .recommended)
    return policy
  }

  private func topics(_ words: [String]) -> [Topic] {
    words.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
      .map { Topic(String($0)) }
  }

  /// - Parameter rules: nil for ours alone, which need not be made where no preset is named.
  private func check(_ rules: RuleSet?) throws {
    for (option, words) in [("--with", with), ("--without", without)] {
      guard
        let unknown = topics(words).first(where: {
          !Preset.isKnown($0, to: rules ?? .compiledIn)
        })
      else { continue }
      throw ValidationError(
        "\(option) '\(unknown.name)': no such preset; 'rootfs-pack presets' lists them.")
    }
  }

  private static func priority(_ word: String) -> Grade.Priority? {
    Grade.Priority.allCases.first { "\($0)" == word }
  }
}

/// What nothing but a text speaks for; shared by the commands that look for libraries.
struct GuessOptions: ParsableArguments {
  @Flag(help: "Take libraries too that only a text in an object hints at.")
  var guess = false
}
