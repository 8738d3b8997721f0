internal import FileTree

/// The simple commands of a shell script.
///
/// Source: POSIX.1-2017, Shell Command Language: 2.2 Quoting, 2.3 Token Recognition, 2.7.4
/// Here-Document, 2.9 Shell Commands.
struct ShellScript {
  /// In the order of the text; those of a word's expansion are in the word.
  private(set) var statements: [ShellStatement] = []
  private(set) var functions: Set<ByteString> = []

  var text: ShellText
  /// Whether the next backquote ends a substitution.
  var isBackquoted = false
  /// How many commands more are kept.
  private var statementsLeft = 1 << 13

  /// In substitutions within each other.
  static let depthLimit = 32

  /// What a `case` expects next.
  private enum Case { case word, pattern, list }

  /// Where a simple command is.
  private enum Position {
    case name
    /// Behind a word that starts the command that its arguments are.
    case nameBehindOptions
    case argument
    /// Behind `function`.
    case functionName
  }

  private struct State {
    var position = Position.name
    var cases: [Case] = []
    var statement = ShellStatement()
    var statements: [ShellStatement] = []
    /// In lists that may be left out, within each other.
    var nesting = 0
    /// Whether what comes next depends on what came before.
    var isBehindCondition = false
  }

  init(_ bytes: [UInt8]) {
    text = ShellText(bytes)
    while !text.isAtEnd { statements += scan(until: nil, depth: 0) }
  }

  // MARK: Lists of commands

  /// - Parameter end: what closes a substitution or subshell.
  mutating func scan(until end: UInt8?, depth: Int) -> [ShellStatement] {
    guard depth < Self.depthLimit else {
      text.skipAll()
      return []
    }
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
        finish(&state)
        return state.statements
      case UInt8(ascii: "("): openParenthesis(&state, depth)
      case UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "\n"),
        UInt8(ascii: ")"):
        separate(&state)
      case UInt8(ascii: " "), UInt8(ascii: "\t"): text.advance()
      // A line that goes on in the next one.
      case UInt8(ascii: "\\") where text.starts(with: "\\\n"):
        text.advance()
        text.advance()
      case UInt8(ascii: "#"): text.skipLine()
      case UInt8(ascii: "<"), UInt8(ascii: ">"): redirect(&state, depth)
      default: take(&state, depth)
      }
    }
    finish(&state)
    return state.statements
  }

  private mutating func openParenthesis(_ state: inout State, _ depth: Int) {
    text.advance()
    if state.cases.last == .pattern { return }
    for var inner in scan(until: UInt8(ascii: ")"), depth: depth + 1) {
      inner.isConditional = true
      state.statements.append(inner)
    }
    state.position = .argument
  }

  private mutating func separate(_ state: inout State) {
    finish(&state)
    state.isBehindCondition = text.starts(with: "&&") || text.starts(with: "||")
    if state.isBehindCondition { text.advance() }
    if text.starts(with: ";;"), !state.cases.isEmpty {
      state.cases[state.cases.count - 1] = .pattern
      text.advance()
    }
    text.advance()
    state.position = .name
  }

  private mutating func finish(_ state: inout State) {
    defer { state.statement = ShellStatement() }
    guard !state.statement.isEmpty, statementsLeft > 0 else { return }
    statementsLeft -= 1
    state.statement.isConditional = state.isBehindCondition || state.nesting > 0
    state.statements.append(state.statement)
  }

  private mutating func redirect(_ state: inout State, _ depth: Int) {
    let isHere = text.starts(with: "<<") && !text.starts(with: "<<<")
    let isIndented = text.starts(with: "<<-")
    while let byte = text.current, "<>&|-".utf8.contains(byte) { text.advance() }
    while let byte = text.current, ShellText.isBlank(byte) { text.advance() }
    // A process's output takes the place of a file.
    if text.current == UInt8(ascii: "(") { return }
    let word = readWord(depth)
    if isHere {
      text.expectDocument(until: word.text, isIndented: isIndented)
    } else {
      state.statement.redirections.append(word)
    }
  }

  private mutating func take(_ state: inout State, _ depth: Int) {
    let line = text.line
    let word = readWord(depth)
    // The number of a file that is redirected.
    if let next = text.current, "<>".utf8.contains(next), word.isNumber { return }
    if state.statement.isEmpty { state.statement.line = line }
    switch state.cases.last {
    case .word:
      if word.isLiteral, word.text == "in" {
        finish(&state)
        state.cases[state.cases.count - 1] = .pattern
      } else {
        state.statement.words.append(word)
      }
      return
    case .pattern:
      if word.isLiteral, word.text == "esac" {
        state.cases.removeLast()
        state.nesting -= 1
      }
      return
    case .list, nil: break
    }
    switch state.position {
    case .argument: state.statement.words.append(word)
    case .functionName:
      functions.insert(word.text)
      _ = text.takeParentheses()
      state.position = .name
    case .nameBehindOptions where word.text.hasPrefix("-") || word.isNumber:
      state.statement.words.append(word)
      // `command -v` only asks.
      if word.text == "-v" || word.text == "-V" { state.position = .argument }
    case .name, .nameBehindOptions:
      if word.assignment != nil {
        state.statement.assignments.append(word)
      } else {
        takeName(word, &state)
      }
    }
  }

  private mutating func takeName(_ word: ShellWord, _ state: inout State) {
    guard word.isLiteral, !word.isEmpty else {
      if !word.isEmpty {
        state.statement.names.append(state.statement.words.count)
        state.statement.words.append(word)
      }
      state.position = .argument
      return
    }
    if text.takeParentheses() {
      functions.insert(word.text)
      return
    }
    state.position = .argument
    if ShellWords.opening.contains(word.text) { state.nesting += 1 }
    if ShellWords.ending.contains(word.text) { state.nesting = max(0, state.nesting - 1) }
    switch word.text {
    case _ where ShellWords.reserved.contains(word.text): state.position = .name
    case "case": state.cases.append(.word)
    case "esac": _ = state.cases.popLast()
    case "function": state.position = .functionName
    case "for", "select": state.statement.words.append(word)
    case _ where ShellWords.closing.contains(word.text): break
    default:
      if ShellWords.prefixes.contains(word.text) { state.position = .nameBehindOptions }
      if !ShellWords.builtIn.contains(word.text) {
        state.statement.names.append(state.statement.words.count)
      }
      state.statement.words.append(word)
    }
  }
}
