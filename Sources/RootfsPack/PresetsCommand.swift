internal import ArgumentParser
internal import Discovery
internal import FileTree
internal import Report
internal import SystemPackage

struct PresetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "presets",
    _superCommandName: "rootfs-pack",
    abstract: "List what --with and --without know, and what each would add here.",
    discussion: """
      The sizes are those of the files of this root, without what their libraries need in turn. \
      --explain tells by which rules a preset is found, and where each can be looked up.

      Examples:
        rootfs-pack presets
        rootfs-pack presets --root /srv/debian
        rootfs-pack presets --json
        rootfs-pack presets --explain nginx

      Exit code: 0 listed, 2 wrong usage, 3 system error.
      """)

  // In the words of LoaderOptions: to a configuration file, it's one option.
  @Option(
    help: ArgumentHelp(
      "Use this directory as the root.", valueName: "sysroot"))
  var root = "/"

  @Option(help: ArgumentHelp("Tell the rules of one preset.", valueName: "name"))
  var explain: String?

  // In the words of NeedsOptions.
  @Option(
    help: ArgumentHelp(
      "Know families of programs by the rules in this directory too. Repeatable.",
      discussion: "Its files end in .toml; a rule of the same name goes before ours.",
      valueName: "dir"))
  var rules: [String] = []

  @Flag(help: "Write one JSON document.")
  var json = false

  @OptionGroup var configurationOptions: ConfigurationOptions

  func run() throws {
    let context = try ResolutionContext(LoaderSettings(root: root), files: [])
    let rules = try RuleDirectory.rules(rules) ?? .compiledIn
    if let explain { return try tell(explain, rules, context.variables) }
    let contents = PresetContents.all(in: context.tree, rules: rules)
    let style = Terminal.style(of: .standardOutput, environment: context.variables)
    try Terminal.write(
      json ? renderJSON(PresetDocument(contents)) : renderPresets(contents, style),
      to: .standardOutput)
  }

  private func tell(_ name: String, _ rules: RuleSet, _ variables: ProcessEnvironment) throws {
    let preset = Preset.all(by: rules).first { $0.topic.name == name }
    let explanations = RuleExplanation.all(named: name, by: rules)
    guard preset != nil || !explanations.isEmpty else {
      throw ValidationError(
        "--explain '\(name)': no such preset; 'rootfs-pack presets' lists them.")
    }
    let style = Terminal.style(of: .standardOutput, environment: variables)
    try Terminal.write(
      json
        ? renderJSON(ExplanationDocument(name, preset, explanations))
        : renderExplanation(name, preset, explanations, style), to: .standardOutput)
  }
}
