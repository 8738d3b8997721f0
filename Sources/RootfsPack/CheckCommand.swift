internal import Archive
internal import ArgumentParser
internal import Check
internal import Discovery
internal import FileTree
internal import Report
internal import SystemPackage

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    _superCommandName: "rootfs-pack",
    abstract: "Find what would fail when programs run, and what makes them weaker.",
    discussion: """
      Everything that a program loads is read, and nothing is executed: missing and unfit libraries, \
      symbols and versions that nobody defines (as 'ldd -r' would tell, for any machine), libraries \
      that aren't used ('ldd -u') or stand in each other's way. Only problems are told. In a \
      directory, an archive or an image, every ELF file and every executable script is checked; the \
      last two are roots of their own.

      Executable stacks, text relocations and unsafe search paths are always told; what else an \
      object lacks of hardening, only with --hardening or --require.

      Examples:
        rootfs-pack check ./server
        rootfs-pack check --max-glibc 2.31 --max-cpu x86-64-v2 ./server
        rootfs-pack check --require pie,relro,bind-now ./server
        rootfs-pack check --root /srv/image /srv/image/usr/bin
        rootfs-pack check --sarif build/bin > check.sarif
        rootfs-pack check server.oci.tar

      Exit code: 0 nothing would fail, 1 something would or isn't as demanded, 2 wrong usage, \
      3 unreadable input.
      """)

  @Argument(
    help: ArgumentHelp(
      "A program, a shared library, a script, a directory, an archive or an image.",
      valueName: "file"))
  var files: [String] = []

  @Flag(help: "Write one JSON document.")
  var json = false

  @Flag(help: "Write SARIF 2.1.0, for code hosts.")
  var sarif = false

  @Option(
    help: ArgumentHelp(
      "Demand that this release of glibc is new enough, such as 2.31.", valueName: "release"))
  var maxGlibc: String?

  @Option(
    help: ArgumentHelp(
      "Demand that the libraries of this release of GCC are new enough, such as 10.",
      discussion: "That is libstdc++ and libgcc_s.", valueName: "release"))
  var maxGCC: String?

  @Option(
    help: ArgumentHelp(
      "Demand that this processor is new enough: x86-64, x86-64-v2, ...",
      discussion: "By the marks of objects: those that have none are let through.",
      valueName: "level"))
  var maxCPU: String?

  @Option(
    help: ArgumentHelp(
      "Demand these of every object. Repeatable.",
      discussion: HardeningProperty.allCases.map(\.rawValue).joined(separator: ", ") + ".",
      valueName: "property,..."))
  var require: [String] = []

  @Flag(help: "Tell every lack of hardening.")
  var hardening = false

  @Option(
    help: ArgumentHelp(
      "Tell nothing of these rules. Repeatable.", discussion: "--list-rules names them.",
      valueName: "rule,..."))
  var ignore: [String] = []

  @Flag(help: "List what is looked for.")
  var listRules = false

  @Option(
    help: ArgumentHelp(
      "Which image of an input with several. (default: all of the platform)",
      discussion: "By its name, tag, digest or id.", valueName: "image"))
  var image: String?

  @Option(
    help: ArgumentHelp(
      "The platform of an input with several. (default: this machine's, or the first)",
      valueName: "os/arch[/variant]"))
  var imagePlatform: String?

  // In the words of NeedsOptions: to a configuration file, it's one option.
  @Option(
    help: ArgumentHelp(
      "Know families of programs by the rules in this directory too. Repeatable.",
      discussion: "Its files end in .toml; a rule of the same name goes before ours.",
      valueName: "dir"))
  var rules: [String] = []

  @OptionGroup var loaderOptions: LoaderOptions

  @OptionGroup var configurationOptions: ConfigurationOptions

  func validate() throws {
    if files.isEmpty, !listRules {
      throw ValidationError("Missing expected argument '<file> ...'")
    }
    if json, sarif { throw ValidationError("--json, --sarif: choose one way to show it.") }
    _ = try policy
  }

  /// What they say; after ``validate()`` nothing is thrown.
  private var policy: CheckPolicy {
    get throws {
      var policy = CheckPolicy()
      policy.maximumGlibc = try release(maxGlibc, of: "--max-glibc")
      policy.maximumGCC = try release(maxGCC, of: "--max-gcc")
      policy.maximumLevel = try level
      policy.required = Set(
        try words(require, of: "--require") { HardeningProperty(rawValue: $0) })
      policy.tellsHardening = hardening
      policy.ignored = Set(try words(ignore, of: "--ignore") { Rule(rawValue: $0) })
      return policy
    }
  }

  private func release(_ text: String?, of option: String) throws -> Release? {
    guard let text else { return nil }
    guard let release = Release(text) else {
      throw ValidationError("\(option) \(text): must be numbers with dots between them.")
    }
    return release
  }

  private var level: Int? {
    get throws {
      guard let maxCPU else { return nil }
      let levels = ["x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4"]
      guard let level = levels.firstIndex(of: maxCPU) else {
        throw ValidationError(
          "--max-cpu \(maxCPU): must be one of \(levels.joined(separator: ", ")).")
      }
      return level + 1
    }
  }

  private func words<Value>(
    _ texts: [String], of option: String, _ value: (String) -> Value?
  ) throws -> [Value] {
    try texts.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }.map { word in
      guard let value = value(String(word)) else {
        let source = option == "--ignore" ? "--list-rules names them" : "--help names them"
        throw ValidationError("\(option) '\(word)': there is no such thing; \(source).")
      }
      return value
    }
  }

  func run() throws {
    let variables = ProcessEnvironment.current()
    let style = Terminal.style(of: .standardOutput, environment: variables)
    guard !listRules else {
      try Terminal.write(renderRules(style), to: .standardOutput)
      return
    }
    let settings = loaderOptions.settings(try RuleDirectory.rules(rules))
    let signals = SignalMask()
    let inputs = try signals.holding { () throws(Diagnostic) in
      var options = try ReadOptions.of(imagePlatform, image: image, variables)
      options.interruption = { signals.pending }
      return try CheckInputs(files, settings, options)
    }
    var run = CheckRun(try policy)
    let reports = inputs.roots.map { run.check($0) }
    try Terminal.write(render(reports, inputs, style), to: .standardOutput)
    if run.status != .done { throw run.status.code }
  }

  private func render(
    _ reports: [RootReport], _ inputs: CheckInputs, _ style: TextStyle
  ) throws -> String {
    if json { return try renderJSON(CheckDocument(reports, root: inputs.rootName)) }
    guard sarif else { return CheckText.render(reports, style) }
    let version = RootfsPackCommand.configuration.version
    return try renderJSON(SarifDocument(reports, toolVersion: version))
  }
}
