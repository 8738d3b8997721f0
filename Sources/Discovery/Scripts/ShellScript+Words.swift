internal import FileTree

extension ShellScript {
  mutating func readWord(_ depth: Int) -> ShellWord {
    var word = ShellWord()
    let start = text.index
    while let byte = text.current {
      if ShellText.endsWord(byte) {
        // Whatever can't begin a word is passed over, lest nothing ever is.
        if text.index == start { text.advance() }
        return word
      }
      if byte == UInt8(ascii: "`"), isBackquoted { return word }
      readPart(byte, &word, depth)
    }
    return word
  }

  /// A byte outside of double quotes, or all that it begins.
  private mutating func readPart(_ byte: UInt8, _ word: inout ShellWord, _ depth: Int) {
    switch byte {
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

  private mutating func readQuoted(_ word: inout ShellWord, _ depth: Int) {
    text.advance()
    while let byte = text.current, byte != UInt8(ascii: "\"") {
      if byte == UInt8(ascii: "`"), isBackquoted { return }
      guard byte == UInt8(ascii: "\\") else {
        readByte(byte, &word, depth, isQuoted: true)
        continue
      }
      text.advance()
      guard let next = text.current else { return }
      // Only before some is a backslash none; POSIX.1-2017, Shell Command Language, 2.2.3.
      if !"$`\"\\\n".utf8.contains(next) { word.append(byte) }
      if next != UInt8(ascii: "\n") { word.append(next) }
      text.advance()
    }
    text.advance()
  }

  /// One byte of a word, or a whole expansion.
  private mutating func readByte(
    _ byte: UInt8, _ word: inout ShellWord, _ depth: Int, isQuoted: Bool = false
  ) {
    switch byte {
    case UInt8(ascii: "$"):
      if text.starts(with: "$((") {
        word.append(.unknown)
        text.skip(past: "))")
      } else if text.starts(with: "$(") {
        text.advance()
        text.advance()
        word.append(.output(scan(until: UInt8(ascii: ")"), depth: depth + 1)))
      } else if text.starts(with: "${") {
        text.advance()
        text.advance()
        word.append(readBraces(depth + 1, isQuoted))
      } else {
        text.advance()
        word.append(readParameter())
      }
    case UInt8(ascii: "`"):
      text.advance()
      word.append(.output(scan(until: byte, depth: depth + 1)))
    default:
      if let current = text.current { word.append(current) }
      text.advance()
    }
  }

  private mutating func readParameter() -> ShellWord.Part {
    guard let first = text.current else { return .unknown }
    if ShellWord.isDigit(first) {
      text.advance()
      return .parameter(ByteString([first]), .none)
    }
    let name = readName()
    if !name.isEmpty { return .parameter(name, .none) }
    if "@*#?$!-".utf8.contains(first) { text.advance() }
    return .unknown
  }

  private mutating func readName() -> ByteString {
    var name: ByteString = ""
    while let byte = text.current, ShellWord.isNameByte(byte) {
      name.bytes.append(byte)
      text.advance()
    }
    return name
  }

  /// What stands in `${ }`.
  private mutating func readBraces(_ depth: Int, _ isQuoted: Bool) -> ShellWord.Part {
    guard depth < Self.depthLimit else {
      text.skipAll()
      return .unknown
    }
    let name = readName()
    if text.starts(with: "[0]") { text.skip(past: "]") }
    let colon = text.current == UInt8(ascii: ":")
    if colon { text.advance() }
    let sign = text.current
    if sign != UInt8(ascii: "}") { text.advance() }
    let isLongest = sign != nil && text.current == sign && !colon
    if isLongest, sign == UInt8(ascii: "%") || sign == UInt8(ascii: "#") { text.advance() }
    let word = readBracedWord(depth, isQuoted)
    guard !name.isEmpty else { return .unknown }
    switch sign {
    case UInt8(ascii: "}"): return .parameter(name, .none)
    case UInt8(ascii: "-"): return .parameter(name, .instead(word, assigns: false))
    case UInt8(ascii: "="): return .parameter(name, .instead(word, assigns: true))
    case UInt8(ascii: "?"): return .parameter(name, .none)
    case UInt8(ascii: "%") where !colon:
      return .parameter(name, .without(word, atEnd: true, isLongest: isLongest))
    case UInt8(ascii: "#") where !colon:
      return .parameter(name, .without(word, atEnd: false, isLongest: isLongest))
    default: return .unknown
    }
  }

  /// Up to the brace that closes an expansion.
  private mutating func readBracedWord(_ depth: Int, _ isQuoted: Bool) -> ShellWord {
    var word = ShellWord()
    while let byte = text.current, byte != UInt8(ascii: "}") {
      if byte == UInt8(ascii: "`"), isBackquoted { return word }
      if isQuoted, byte == UInt8(ascii: "'") {
        readByte(byte, &word, depth)
      } else {
        readPart(byte, &word, depth)
      }
    }
    text.advance()
    return word
  }
}
