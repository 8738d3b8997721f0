internal import ArgumentParser
internal import Discovery

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

  @Flag(help: "Take nothing for the run time but what --with and --dlopen name.")
  var minimal = false

  func validate() throws {
    if let dlopen, dlopen != "none", Self.priority(dlopen) == nil {
      throw ValidationError(
        "--dlopen \(dlopen): must be one of required, recommended, suggested, none.")
    }
    let (wanted, unwanted) = (try topics(with, "--with"), try topics(without, "--without"))
    if let both = wanted.first(where: unwanted.contains) {
      throw ValidationError("--with \(both.name) and --without \(both.name): choose one.")
    }
  }

  /// What they say; after ``validate()`` nothing is thrown.
  func policy(guesses: Bool = false) throws -> NeedsPolicy {
    var policy = NeedsPolicy()
    policy.packsGuesses = guesses
    policy.isMinimal = minimal
    policy.wanted = Set(try topics(with, "--with"))
    policy.unwanted = Set(try topics(without, "--without"))
    policy.notes = dlopen.map { Self.priority($0) } ?? (minimal ? nil : .recommended)
    return policy
  }

  private func topics(_ words: [String], _ option: String) throws -> [Topic] {
    try words.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }.map { word in
      let topic = Topic(String(word))
      guard Preset.isKnown(topic, to: .compiledIn) else {
        throw ValidationError(
          "\(option) '\(word)': no such preset; 'rootfs-pack presets' lists them.")
      }
      return topic
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
