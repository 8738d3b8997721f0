internal import FileTree
internal import Toml

/// What the arguments and a configuration file ask for together.
struct Configuration {
  /// For the parser.
  let arguments: [String]
  /// The file as it was named; nil without one.
  private let path: ByteString?
  private let settings: [ConfigurationSettings.Setting]

  /// Reads the configuration file that counts, if one does.
  ///
  /// Without one nothing is done but to look for it: the start-up of small commands is measured in
  /// tenths of a millisecond, and all else here takes several.
  init(_ arguments: [String]) throws(Diagnostic) {
    let asks = Self.asksForFile(arguments)
    let found = asks ? nil : try ConfigurationFile.inWorkingDirectory()
    guard asks || found != nil, let configured = try Self.configure(arguments, found: found) else {
      self.arguments = arguments
      (path, settings) = (nil, [])
      return
    }
    self.arguments = configured.arguments.words
    settings = configured.arguments.settings
    path = configured.path
  }

  /// Whether words may name a file, or leave something of it out.
  private static func asksForFile(_ arguments: [String]) -> Bool {
    arguments.contains { $0.hasPrefix("--config") || $0.hasPrefix("--no-") }
  }

  /// Nil where the arguments ask for help and the like: a broken file mustn't be in the way.
  private static func configure(
    _ arguments: [String], found: ConfigurationFile?
  ) throws(Diagnostic) -> (arguments: ConfiguredArguments, path: ByteString?)? {
    let grammars = CommandGrammar.all
    let named = grammars.first { $0.command == arguments.first }
    guard let command = named ?? grammars.first, arguments.first != "help" else { return nil }
    let given = GivenOptions(named == nil ? arguments : Array(arguments.dropFirst()), command)
    guard !given.asksForDescription else { return nil }
    var file = found
    switch given.source {
    case .none: file = nil
    case .file(let name): file = try ConfigurationFile(named: name)
    case .workingDirectory: if file == nil { file = try ConfigurationFile.inWorkingDirectory() }
    }
    guard let file else {
      return (ConfiguredArguments(given, [], in: "", for: command), nil)
    }
    let settings = try settings(of: file, command, grammars)
    let configured = ConfiguredArguments(
      given, settings, in: RawArguments.encode(file.directory), for: command)
    let isQuiet = given.names.contains("quiet") || settings.contains { $0.key == "quiet" }
    if given.source == .workingDirectory, !configured.settings.isEmpty, !isQuiet {
      Terminal.warn(
        Diagnostic("taking options from \(file.path)", remedy: "--no-config leaves them out"))
    }
    return (configured, file.path)
  }

  private static func settings(
    of file: ConfigurationFile, _ command: CommandGrammar, _ all: [CommandGrammar]
  ) throws(Diagnostic) -> [ConfigurationSettings.Setting] {
    let entries: [ConfigurationEntry]
    do {
      entries = try ConfigurationEntry.read(file.bytes, tables: Set(all.map(\.command)))
    } catch {
      let place = error.column.map { "\(error.line):\($0)" } ?? "\(error.line)"
      throw Diagnostic(
        "\(file.path):\(place): \(ByteString(error.message))", status: .usage)
    }
    let settings = ConfigurationSettings(entries, for: command, of: all)
    let problems = settings.problems.sorted { ($0.line ?? 0) < ($1.line ?? 0) }.map {
      Diagnostic(
        place(file.path, $0.line) + ": " + $0.message, remedy: $0.remedy, status: .usage)
    }
    for problem in problems.dropLast() { Terminal.warn(problem) }
    if let last = problems.last { throw last }
    return settings.settings
  }

  private static func place(_ path: ByteString, _ line: Int?) -> String {
    path.description + (line.map { ":\($0)" } ?? "")
  }

  /// A complaint about an option, with the place in the file that gives it.
  func locating(_ diagnostic: Diagnostic) -> Diagnostic {
    guard let path, diagnostic.status == .usage,
      let setting = settings.first(where: { Self.names($0.key, diagnostic.message) })
    else { return diagnostic }
    return Diagnostic(
      "\(Self.place(path, setting.line)): \(diagnostic.message)", remedy: diagnostic.remedy,
      status: diagnostic.status)
  }

  /// Whether a message speaks of an option, as all that are about one do.
  private static func names(_ key: String, _ message: String) -> Bool {
    message.split { !($0.isLetter || $0.isNumber || $0 == "-") }.contains { $0 == "--\(key)" }
  }
}
