internal import FileTree

/// The words of a shell script that stand where a command's name does.
///
/// Source: POSIX.1-2017, Shell Command Language: 2.2 Quoting, 2.3 Token Recognition, 2.7.4
/// Here-Document, 2.9 Shell Commands. What expands to something else is no name.
struct ShellScript {
  struct Command: Hashable {
    let name: ByteString
    /// The first being 1.
    let line: Int
  }

  private(set) var commands: [Command] = []
  private(set) var functions: Set<ByteString> = []

  private var text: ShellText
  /// Whether the next backquote ends a substitution.
  private var isBackquoted = false
  /// How many commands more are kept.
  private var commandsLeft = 1 << 12

  /// In substitutions within each other.
  private static let depthLimit = 32

  /// What a `case` expects next.
  private enum Case { case word, pattern, list }

  /// Where a simple command is.
  private enum Position {
    case name
    /// Behind a word that starts the command that its arguments are.
    case nameBehindOptions
    case argument
  }

  private struct State {
    var position = Position.name
    var cases: [Case] = []
  }

  init(_ bytes: [UInt8]) {
    text = ShellText(bytes)
    while !text.isAtEnd { scan(until: nil, depth: 0) }
  }

  // MARK: Lists of commands

  /// - Parameter end: what closes a substitution or subshell.
  private mutating func scan(until end: UInt8?, depth: Int) {
    guard depth < Self.depthLimit else { return text.skipAll() }
    let wasBackquoted = isBackquoted
    isBackquoted = end == UInt8(ascii: "`")
    defer { isBackquoted = wasBackquoted }
    var state = State()
    while let byte = text.current {
      switch byte {
      case UInt8(ascii: ")") where state.cases.last == .pattern:
        text.advance()
        state.cases[state.cases.count - 1] = .list
        state.position = .name
      case end:
        text.advance()
        return
      case UInt8(ascii: "("):
        text.advance()
        if state.cases.last == .pattern { continue }
        scan(until: UInt8(ascii: ")"), depth: depth + 1)
        state.position = .argument
      case UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "\n"),
        UInt8(ascii: ")"):
        if text.starts(with: ";;"), !state.cases.isEmpty {
          state.cases[state.cases.count - 1] = .pattern
          text.advance()
        }
        text.advance()
        state.position = .name
      case UInt8(ascii: " "), UInt8(ascii: "\t"): text.advance()
      case UInt8(ascii: "#"): text.skipLine()
      case UInt8(ascii: "<"), UInt8(ascii: ">"): redirect(depth)
      default: take(&state, depth)
      }
    }
  }

  private mutating func redirect(_ depth: Int) {
    let isHere = text.starts(with: "<<") && !text.starts(with: "<<<")
    let isIndented = text.starts(with: "<<-")
    while let byte = text.current, "<>&|-".utf8.contains(byte) { text.advance() }
    while let byte = text.current, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
      text.advance()
    }
    // A process's output takes the place of a file.
    if text.current == UInt8(ascii: "(") { return }
    let word = readWord(depth)
    if isHere { text.expectDocument(until: word.text, isIndented: isIndented) }
  }

  private mutating func take(_ state: inout State, _ depth: Int) {
    let line = text.line
    let word = readWord(depth)
    switch state.cases.last {
    case .word:
      if word.text == "in" { state.cases[state.cases.count - 1] = .pattern }
      return
    case .pattern:
      if word.text == "esac" { state.cases.removeLast() }
      return
    case .list, nil: break
    }
    guard state.position != .argument else { return }
    // The number of a file that is redirected.
    if let next = text.current, "<>".utf8.contains(next), word.isNumber { return }
    if state.position == .nameBehindOptions, word.text.hasPrefix("-") || word.isNumber {
      // `command -v` only asks.
      if word.text == "-v" || word.text == "-V" { state.position = .argument }
      return
    }
    if word.isAssignment { return }
    take(word, at: line, &state)
  }

  private mutating func take(_ word: ShellText.Word, at line: Int, _ state: inout State) {
    guard word.isLiteral, !word.text.isEmpty else {
      state.position = .argument
      return
    }
    if text.starts(with: "()") {
      functions.insert(word.text)
      text.advance()
      text.advance()
      return
    }
    state.position = .argument
    if ShellWords.reserved.contains(word.text) {
      state.position = .name
    } else if word.text == "case" {
      state.cases.append(.word)
    } else if word.text == "esac" {
      _ = state.cases.popLast()
    } else if !ShellWords.closing.contains(word.text) {
      if ShellWords.prefixes.contains(word.text) { state.position = .nameBehindOptions }
      guard !ShellWords.builtIn.contains(word.text), commandsLeft > 0 else { return }
      commandsLeft -= 1
      commands.append(Command(name: word.text, line: line))
    }
  }

  // MARK: Words

  private mutating func readWord(_ depth: Int) -> ShellText.Word {
    var word = ShellText.Word()
    let start = text.index
    while let byte = text.current {
      switch byte {
      case _ where ShellText.endsWord(byte):
        // Whatever can't begin a word is passed over, lest nothing ever is.
        if text.index == start { text.advance() }
        return word
      case UInt8(ascii: "`") where isBackquoted: return word
      case UInt8(ascii: "\\"):
        text.advance()
        if let next = text.current, next != UInt8(ascii: "\n") { word.append(next) }
        text.advance()
      case UInt8(ascii: "'"):
        text.advance()
        while let inner = text.current, inner != byte {
          word.append(inner)
          text.advance()
        }
        text.advance()
      case UInt8(ascii: "\""): readQuoted(&word, depth)
      default: readByte(byte, &word, depth)
      }
    }
    return word
  }

  private mutating func readQuoted(_ word: inout ShellText.Word, _ depth: Int) {
    text.advance()
    while let byte = text.current, byte != UInt8(ascii: "\"") {
      if byte == UInt8(ascii: "`"), isBackquoted { return }
      if byte == UInt8(ascii: "\\") { text.advance() }
      readByte(byte == UInt8(ascii: "\\") ? 0 : byte, &word, depth)
    }
    text.advance()
  }

  /// One byte of a word, or a whole expansion.
  private mutating func readByte(_ byte: UInt8, _ word: inout ShellText.Word, _ depth: Int) {
    switch byte {
    case UInt8(ascii: "$"):
      word.isLiteral = false
      if text.starts(with: "$((") {
        text.skip(past: "))")
      } else if text.starts(with: "$(") {
        text.advance()
        text.advance()
        scan(until: UInt8(ascii: ")"), depth: depth + 1)
      } else if text.starts(with: "${") {
        text.skip(past: "}")
      } else {
        text.advance()
      }
    case UInt8(ascii: "`"):
      word.isLiteral = false
      text.advance()
      scan(until: byte, depth: depth + 1)
    default:
      if let current = text.current { word.append(current) }
      text.advance()
    }
  }
}
