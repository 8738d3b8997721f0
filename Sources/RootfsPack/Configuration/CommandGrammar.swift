internal import ArgumentParser
internal import FoundationEssentials

/// The options of one command, as it declares them to the argument parser.
///
/// Taken from the description that `--experimental-dump-help` writes, so an option that is added to a
/// command is known here by itself.
struct CommandGrammar: Equatable {
  struct Option: Equatable {
    enum Kind: Equatable {
      case flag
      case value
      /// A value that is words, or a JSON array of them.
      case words
    }

    /// The long name, without dashes.
    let name: String
    let shortNames: [Character]
    let kind: Kind
    let isRepeating: Bool
    /// Whether its value may begin with a dash.
    let takesAnyWord: Bool
    /// Whether everything behind it is its value.
    var takesRest = false
  }

  let command: String
  let options: [Option]
  /// Whether its arguments are any number of files.
  let takesFiles: Bool

  /// The key that stands for the arguments.
  static let filesKey = "files"

  /// Options that are no use in a file: they are about the file, make the command do something else, or
  /// take the rest of a command line.
  static let commandLineOnly: Set<String> = [
    "config", "no-config", "help", "help-hidden", "version", "generate-completion-script",
    "experimental-dump-help", "run",
  ]

  /// Options of which only one can be given: one of them on the command line leaves out the others that
  /// a file gives.
  static let alternatives: [String: [Set<String>]] = [
    "inspect": [["format", "flat", "paths", "reverse", "json", "json-lines"]],
    "check": [["json", "sarif"]],
  ]

  /// Names that mean something else to each command: at the top of a file they are for `pack`, and the
  /// table of another command's name is the place for that one.
  static let ambiguousNames: Set<String> = ["format", "json"]

  /// The keys of a file that the command takes.
  var keys: [String] {
    options.map(\.name).filter { !Self.commandLineOnly.contains($0) }
      + (takesFiles ? [Self.filesKey] : [])
  }

  func option(named name: String) -> Option? { options.first { $0.name == name } }

  func option(short name: Character) -> Option? {
    options.first { $0.shortNames.contains(name) }
  }

  /// Options of which only one can be given, with this one.
  func alternatives(of name: String) -> Set<String> {
    Self.alternatives[command, default: []].filter { $0.contains(name) }
      .reduce([name]) { $0.union($1) }
  }

  /// How a key's value is given; nil if the command takes no such key.
  func valueKind(of key: String) -> (kind: Option.Kind, isRepeating: Bool)? {
    if key == Self.filesKey { return takesFiles ? (.value, true) : nil }
    guard !Self.commandLineOnly.contains(key) else { return nil }
    return option(named: key).map { ($0.kind, $0.isRepeating) }
  }
}

extension CommandGrammar {
  /// Those of all commands, the default one first.
  static var all: [CommandGrammar] {
    RootfsPackCommand.configuration.subcommands.compactMap { CommandGrammar($0) }
  }

  init?(_ type: any ParsableCommand.Type) {
    self.init(description: type._dumpHelp())
  }

  /// - Parameter description: of one command, as `--experimental-dump-help` writes it.
  init?(description: String) {
    let decoder = JSONDecoder()
    guard let tool = try? decoder.decode(Description.self, from: Data(description.utf8)) else {
      return nil
    }
    command = tool.command.commandName
    let arguments = tool.command.arguments ?? []
    takesFiles = arguments.contains { $0.kind == "positional" && $0.isRepeating }
    options = arguments.compactMap { Option($0) }
  }

  /// What is of interest of swift-argument-parser's `ToolInfoV0`.
  fileprivate struct Description: Decodable {
    struct Command: Decodable {
      let commandName: String
      let arguments: [Argument]?
    }

    struct Argument: Decodable {
      struct Name: Decodable {
        let kind: String
        let name: String
      }

      let kind: String
      let isRepeating: Bool
      let names: [Name]?
      let parsingStrategy: String
      let valueName: String?
    }

    let command: Command
  }
}

extension CommandGrammar.Option {
  fileprivate init?(_ argument: CommandGrammar.Description.Argument) {
    let names = argument.names ?? []
    guard let name = names.first(where: { $0.kind == "long" })?.name else { return nil }
    self.name = name
    shortNames = names.filter { $0.kind == "short" }.compactMap(\.name.first)
    kind = argument.kind == "flag" ? .flag : argument.valueName == "words" ? .words : .value
    isRepeating = argument.isRepeating
    takesAnyWord = argument.parsingStrategy == "unconditional"
    takesRest = argument.parsingStrategy == "allRemainingInput"
  }
}
