internal import FileTree

/// Whether commands start a program, and what else they do on the way.
struct ServiceStart {
  /// The program's file. Physical.
  let program: RootPath
  /// All ways to write its path that scripts may use.
  private let spellings: [ByteString]

  /// Whether something that was looked at starts the program.
  private(set) var startsProgram = false
  private(set) var facts = ServiceFacts()

  /// No script of a service is larger. In bytes.
  private static let sizeLimit = 1 << 18

  /// - Parameter path: as the user named it.
  init(of program: RootPath, named path: ByteString) {
    self.program = program
    let usr: ByteString = "/usr"
    let short =
      program.text.hasPrefix("/usr/") ? ByteString(program.text.bytes.dropFirst(usr.count)) : nil
    spellings = [program.text, path] + (short.map { [$0] } ?? [])
  }

  // MARK: Commands of units

  /// - Parameter isMain: whether it is the service itself, and not what goes before or after.
  mutating func read(
    _ command: UnitCommand, isMain: Bool, _ variables: [ByteString: ByteString],
    in root: inout RootView
  ) {
    let (wasStarted, arguments) = (startsProgram, facts.arguments)
    defer {
      if !isMain { (startsProgram, facts.arguments) = (wasStarted, arguments) }
    }
    let words = command.expanded(variables)
    take(words.map { $0 }, command.evidence, in: &root)
    guard let first = words.first else { return }
    let name = ConfigurationText.name(of: first)
    if Self.shells.contains(name), let place = words.firstIndex(of: "-c"), place + 1 < words.count {
      let script = ShellEvaluation(
        ShellScript(words[place + 1].bytes), at: ShellPlace(path: first, real: .root),
        environment: variables, in: &root)
      // The text is part of a line.
      take(script, in: &root) { _ in command.evidence }
    } else if first.hasPrefix("/") {
      readScript(first, variables, in: &root)
    }
  }

  private static let shells: Set<ByteString> = ["sh", "bash", "dash", "ash", "ksh"]

  // MARK: Scripts

  /// Reads a script that a service starts with; a program of any other kind says nothing.
  mutating func readScript(
    _ path: ByteString, _ variables: [ByteString: ByteString] = [:], in root: inout RootView
  ) {
    guard let file = root.resolve(path), file.status.kind == .regular, file.real != program,
      file.status.size <= Self.sizeLimit,
      (try? root.tree.head(of: file.real, count: 2)) == Array("#!".utf8),
      let bytes = root.text(at: file.real.text)
    else { return }
    if spellings.contains(where: { mentions($0, in: bytes) }) { startsProgram = true }
    let line = ByteString(bytes.prefix { $0 != UInt8(ascii: "\n") }.dropFirst(2))
    let isShell = ConfigurationText.words(line).contains { word in
      let name = ConfigurationText.name(of: word)
      return Self.shells.contains(name) || name == "openrc-run" || name == "init-d-script"
    }
    guard isShell else { return }
    let place = ShellPlace(path: file.real.text, real: file.real)
    let script = ShellEvaluation(
      ShellScript(bytes), at: place, environment: variables, in: &root)
    take(script, in: &root) { Evidence(file: $0.file, mark: .line($0.line)) }
  }

  /// Whether a path stands in a text as a whole.
  private func mentions(_ path: ByteString, in bytes: [UInt8]) -> Bool {
    var start = 0
    while let place = find(path.bytes, in: bytes, from: start) {
      let end = place + path.count
      let isWhole =
        end >= bytes.count
        || !(UnitCommand.isNameByte(bytes[end]) || "-./".utf8.contains(bytes[end]))
      if isWhole { return true }
      start = place + 1
    }
    return false
  }

  private mutating func take(
    _ script: ShellEvaluation, in root: inout RootView,
    _ evidence: ((file: ByteString, line: Int)) -> Evidence
  ) {
    for invocation in script.invocations {
      take(invocation.words, evidence((invocation.file, invocation.line)), in: &root)
    }
    for setting in script.settings {
      let evidence = evidence((setting.file, setting.line))
      facts.add(AccountWords.facts(of: setting.name, setting.value, evidence))
      if isProgram(setting.value, in: &root) { startsProgram = true }
      if setting.name == "command_args" {
        facts.arguments = Stated(ConfigurationText.words(setting.value), evidence)
      }
    }
  }

  // MARK: One command

  private mutating func take(
    _ words: [ByteString?], _ evidence: Evidence, in root: inout RootView
  ) {
    facts.add(StartAction.facts(of: words, evidence))
    guard
      let place = words.prefix(64).firstIndex(where: { word in
        word.map { isProgram($0, in: &root) } ?? false
      })
    else { return }
    startsProgram = true
    // start-stop-daemon's own arguments end there.
    let end = words[..<place].isEmpty ? nil : words[place...].firstIndex(of: "--")
    let arguments = words[((end ?? place) + 1)...]
    facts.add(AccountWords.facts(in: arguments.compactMap { $0 }, evidence))
    if facts.arguments == nil, !arguments.contains(nil) {
      facts.arguments = Stated(arguments.compactMap { $0 }, evidence)
    }
  }

  private func isProgram(_ word: ByteString, in root: inout RootView) -> Bool {
    guard word.hasPrefix("/"), word.count < PathResolver.textLimit else { return false }
    return spellings.contains(word) || root.resolve(word)?.real == program
  }
}
