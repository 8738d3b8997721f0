internal import ArgumentParser
internal import Report

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    _superCommandName: "rootfs-pack",
    abstract: "Show what the dynamic loader would load for programs or libraries, and why.",
    discussion: """
      Everything is read from the files; nothing is executed. In a directory, every ELF file is found \
      by its first bytes.

      Examples:
        rootfs-pack inspect ./server
        rootfs-pack inspect --sizes /usr/bin/git
        rootfs-pack inspect --json /usr/bin/git
        rootfs-pack inspect --reverse /opt/app
        rootfs-pack inspect --format dot ./server | dot -Tsvg > server.svg
        rootfs-pack inspect --root /usr/aarch64-linux-gnu ./server-arm64
        rootfs-pack inspect --env LD_PRELOAD=libjemalloc.so.2 ./server

      Exit code: 0 complete, 1 a library or version is missing, 2 wrong usage, 3 unreadable input.
      """)

  @Argument(
    help: ArgumentHelp("A program, a shared library, or a directory.", valueName: "file"))
  var files: [String]

  // Strings, and in no group of their own: each further type that the parser meets costs the start
  // some time, whether or not its option is given.
  @Option(
    help: ArgumentHelp(
      "How to show it: tree, flat, paths, reverse, dot, mermaid, json or json-lines.",
      discussion: "The following flags are short for some.", valueName: "format"),
    completion: .list(InspectFormat.allCases.map(\.rawValue)))
  var format: String?

  @Flag(help: "A list in load order instead of a tree.")
  var flat = false

  @Flag(help: "Only the paths of all files, each once, one a line.")
  var paths = false

  @Flag(help: "For each file, those that ask for it, over all subjects.")
  var reverse = false

  @Flag(help: "Write one JSON document.")
  var json = false

  @Flag(help: "Write one JSON document a line, for each subject.")
  var jsonLines = false

  @Option(help: ArgumentHelp("Show the tree only so many steps deep.", valueName: "steps"))
  var depth: String?

  @Flag(help: "Show also how many bytes would go with each library.")
  var sizes = false

  @OptionGroup var needsOptions: NeedsOptions

  @OptionGroup var guessOptions: GuessOptions

  @OptionGroup var loaderOptions: LoaderOptions

  @OptionGroup var configurationOptions: ConfigurationOptions

  func validate() throws {
    guard choices.count <= 1 else {
      let names = choices.map { "--" + $0.rawValue }.joined(separator: ", ")
      throw ValidationError("\(names): choose one way to show it.")
    }
    if let format, InspectFormat(rawValue: format) == nil {
      let known = InspectFormat.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--format \(format): must be one of \(known).")
    }
    if let depth, Int(depth).map({ $0 < 1 }) ?? true {
      throw ValidationError("--depth \(depth): must be a number from 1 on.")
    }
    if depth != nil, chosenFormat != .tree {
      throw ValidationError("--depth: only the tree has a depth.")
    }
    if sizes, chosenFormat != .tree, chosenFormat != .flat {
      throw ValidationError("--sizes: for the tree and --flat; JSON always has them.")
    }
  }

  private var choices: [InspectFormat] {
    let flags: [(Bool, InspectFormat)] = [
      (flat, .flat), (paths, .paths), (reverse, .reverse), (json, .json), (jsonLines, .jsonLines),
    ]
    return [format.flatMap { InspectFormat(rawValue: $0) }].compactMap(\.self)
      + flags.filter(\.0).map(\.1)
  }

  private var chosenFormat: InspectFormat { choices.first ?? .tree }

  private var textOptions: ClosureTextOptions {
    var options = ClosureTextOptions()
    options.depth = depth.flatMap { Int($0) }
    options.showsRetainedSizes = sizes
    return options
  }

  func run() throws {
    let settings = loaderOptions.settings(try needsOptions.ruleSet())
    try Inspection(
      files: files, format: chosenFormat, options: textOptions, settings: settings,
      policy: needsOptions.policy(guesses: guessOptions.guess, given: settings.givenNames)
    ).run()
  }
}
