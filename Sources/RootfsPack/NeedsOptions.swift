internal import ArgumentParser
internal import Discovery

/// What of the needs at run time goes in; shared by all commands.
struct NeedsOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How far 'dlopen' notes of objects are followed: required, recommended, suggested or none.",
      discussion: "Without it: recommended.", valueName: "priority"),
    completion: .list(["required", "recommended", "suggested", "none"]))
  var dlopen: String?

  @Option(
    help: ArgumentHelp(
      "Presets to pack as well, such as ca-certificates,timezone. Repeatable.",
      discussion: "'rootfs-pack presets' lists them.", valueName: "name,..."))
  var with: [String] = []

  @Option(help: ArgumentHelp("Presets to leave out. Repeatable.", valueName: "name,..."))
  var without: [String] = []

  @Flag(help: "Pack nothing for the run time but what --with and --dlopen name.")
  var minimal = false

  @Flag(help: "Pack libraries too that only a text in an object hints at.")
  var guess = false

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
  var policy: NeedsPolicy {
    get throws {
      var policy = NeedsPolicy()
      policy.isMinimal = minimal
      policy.packsGuesses = guess
      policy.wanted = Set(try topics(with, "--with"))
      policy.unwanted = Set(try topics(without, "--without"))
      policy.notes = dlopen.map { Self.priority($0) } ?? (minimal ? nil : .recommended)
      return policy
    }
  }

  private func topics(_ words: [String], _ option: String) throws -> [Topic] {
    try words.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }.map { word in
      let topic = Topic(String(word))
      guard Preset.isKnown(topic) else {
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
