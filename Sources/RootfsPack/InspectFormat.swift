internal import ArgumentParser
internal import Report

/// How `inspect` shows closures.
enum InspectFormat: String, CaseIterable, ExpressibleByArgument {
  case tree, flat, paths, reverse, dot, mermaid, json
  case jsonLines = "json-lines"

  /// Whether all subjects make one picture, rather than one piece each.
  var isOverview: Bool {
    switch self {
    case .reverse, .dot, .mermaid: true
    case .tree, .flat, .paths, .json, .jsonLines: false
    }
  }

  /// Whether `--depth` has a meaning.
  var hasDepth: Bool { self == .tree }

  /// Whether `--sizes` has a meaning.
  var hasSizes: Bool { self == .tree || self == .flat }
}

/// The options that choose what `inspect` shows.
struct InspectOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How to show it: tree, flat, paths, reverse, dot, mermaid, json or json-lines.",
      discussion: "The following flags are short for some.", valueName: "format"))
  var format: InspectFormat?

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
  var depth: Int?

  @Flag(help: "Show also how many bytes would go with each library.")
  var sizes = false

  func validate() throws {
    let chosen = choices
    guard chosen.count <= 1 else {
      let names = chosen.map { "--" + $0.rawValue }.joined(separator: ", ")
      throw ValidationError("\(names): choose one way to show it.")
    }
    if let depth, depth < 1 {
      throw ValidationError("--depth \(depth): must be 1 or more.")
    }
    if depth != nil, !chosenFormat.hasDepth {
      throw ValidationError("--depth: only the tree has a depth.")
    }
    if sizes, !chosenFormat.hasSizes {
      throw ValidationError("--sizes: for the tree and --flat; JSON always has them.")
    }
  }

  private var choices: [InspectFormat] {
    let flags: [(Bool, InspectFormat)] = [
      (flat, .flat), (paths, .paths), (reverse, .reverse), (json, .json), (jsonLines, .jsonLines),
    ]
    return [format].compactMap(\.self) + flags.filter(\.0).map(\.1)
  }

  var chosenFormat: InspectFormat { choices.first ?? .tree }

  var textOptions: ClosureTextOptions {
    var options = ClosureTextOptions()
    options.depth = depth
    options.showsRetainedSizes = sizes
    return options
  }
}
