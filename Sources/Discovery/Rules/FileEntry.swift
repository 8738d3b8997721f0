internal import FileTree
internal import Rules

/// One entry of a configuration file, as its grammar divides it.
struct FileEntry: Hashable {
  /// Empty where the grammar has none.
  var section: ByteString = ""
  var key: ByteString = ""
  /// Without quotes and comments.
  var value: ByteString
  var words: [ByteString]
  /// The first being 1.
  let line: Int
}

extension FileEntry {
  /// The entries in the file's order; none if it isn't there or isn't of the grammar.
  static func entries(
    at path: ByteString, _ grammar: Grammar, in root: inout RootView
  ) -> [FileEntry] {
    switch grammar {
    case .lines: lines(of: root.lines(at: path))
    case .ini: ini(of: root.lines(at: path))
    case .words: words(of: root.lines(at: path))
    case .directives: directives(of: root.lines(at: path))
    case .assignments: assignments(of: root.lines(at: path))
    case .xml: elements(of: root.text(at: path) ?? [])
    case .json: JsonTexts.entries(of: root.text(at: path) ?? [])
    }
  }

  private typealias Lines = [(number: Int, text: ByteString)]

  // MARK: Lines

  private static func lines(of lines: Lines) -> [FileEntry] {
    lines.compactMap { number, text in
      let value = ConfigurationText.trim(text)
      guard !value.isEmpty, !value.hasPrefix("#") else { return nil }
      return FileEntry(value: value, words: ConfigurationText.quotedWords(value), line: number)
    }
  }

  private static func ini(of lines: Lines) -> [FileEntry] {
    var section: ByteString = ""
    var entries: [FileEntry] = []
    for (number, text) in lines {
      let line = ConfigurationText.trim(text)
      guard let first = line.bytes.first else { continue }
      switch first {
      case UInt8(ascii: "#"), UInt8(ascii: ";"): continue
      case UInt8(ascii: "["):
        section = ConfigurationText.trim(
          ByteString(line.bytes.dropFirst().prefix { $0 != UInt8(ascii: "]") }))
      default:
        let (key, text) = pair(line)
        let value = unquoted(text)
        entries.append(
          FileEntry(
            section: section, key: key, value: value, words: ConfigurationText.words(value),
            line: number))
      }
    }
    return entries
  }

  /// At an equals sign; without one at a colon that stands behind one word, or else at a blank.
  private static func pair(_ line: ByteString) -> (key: ByteString, value: ByteString) {
    if let pair = ConfigurationText.pair(line, at: "=") { return pair }
    if let pair = ConfigurationText.pair(line, at: ":"),
      !pair.key.bytes.contains(where: ConfigurationText.isBlank)
    {
      return pair
    }
    let key = ByteString(line.bytes.prefix { !ConfigurationText.isBlank($0) })
    return (key, ConfigurationText.trim(ByteString(line.bytes.dropFirst(key.count))))
  }

  /// What is in quotes, or stands before a comment.
  private static func unquoted(_ text: ByteString) -> ByteString {
    guard let first = text.bytes.first else { return text }
    if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
      return ByteString(text.bytes.dropFirst().prefix { $0 != first })
    }
    var isBehindBlank = true
    for (index, byte) in text.bytes.enumerated() {
      if isBehindBlank, byte == UInt8(ascii: "#") || byte == UInt8(ascii: ";") {
        return ConfigurationText.trim(ByteString(text.bytes[..<index]))
      }
      isBehindBlank = ConfigurationText.isBlank(byte)
    }
    return text
  }

  private static func words(of lines: Lines) -> [FileEntry] {
    logicalLines(lines).compactMap { number, text in
      let words = ConfigurationText.bracketedWords(text)
      guard let key = words.first else { return nil }
      return FileEntry(key, Array(words.dropFirst()), line: number)
    }
  }

  private init(_ key: ByteString, _ words: [ByteString], line: Int) {
    let value = words.map(\.bytes).joined(separator: [UInt8(ascii: " ")])
    self.init(key: key, value: ByteString(Array(value)), words: words, line: line)
  }

  /// Lines that end in a backslash are joined with the next.
  private static func logicalLines(_ lines: Lines) -> Lines {
    var result: Lines = []
    var continues = false
    for (number, text) in lines {
      var line = ConfigurationText.trim(text)
      let isOpen = line.hasSuffix("\\")
      if isOpen { line.bytes[line.count - 1] = UInt8(ascii: " ") }
      if continues, let last = result.indices.last {
        result[last].text.bytes += line.bytes
      } else {
        result.append((number, line))
      }
      continues = isOpen
    }
    return result
  }

  private static func assignments(of lines: Lines) -> [FileEntry] {
    lines.compactMap { number, text in
      var line = ConfigurationText.trim(text)
      if line.hasPrefix("export ") {
        line = ConfigurationText.trim(ByteString(line.bytes.dropFirst("export ".utf8.count)))
      }
      guard let (key, text) = ConfigurationText.pair(line, at: "="), isVariable(key) else {
        return nil
      }
      let value = unquoted(text)
      return FileEntry(
        key: key, value: value, words: ConfigurationText.words(value), line: number)
    }
  }

  private static func isVariable(_ text: ByteString) -> Bool {
    !text.isEmpty && text.bytes.allSatisfy { ConfigurationVariables.isNameByte($0) }
  }

  // MARK: Other divisions

  /// Words up to `;`, `{` or `}`, comments left out; the line is that of the first word.
  private static func directives(of lines: Lines) -> [FileEntry] {
    var entries: [FileEntry] = []
    var words: [ByteString] = []
    var start = 0
    for (number, text) in lines {
      var rest = text.bytes[...]
      while let first = rest.first {
        switch first {
        case UInt8(ascii: "#"): rest = []
        case UInt8(ascii: ";"), UInt8(ascii: "{"), UInt8(ascii: "}"):
          if let key = words.first {
            entries.append(FileEntry(key, Array(words.dropFirst()), line: start))
          }
          words = []
          rest = rest.dropFirst()
        case _ where ConfigurationText.isBlank(first): rest = rest.dropFirst()
        default:
          if words.isEmpty { start = number }
          words.append(directiveWord(&rest))
        }
      }
    }
    return entries
  }

  private static func directiveWord(_ rest: inout ArraySlice<UInt8>) -> ByteString {
    if let quote = rest.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
      let body = rest.dropFirst().prefix { $0 != quote }
      rest = rest[body.endIndex...].dropFirst()
      return ByteString(body)
    }
    let body = rest.prefix { byte in
      !ConfigurationText.isBlank(byte) && byte != UInt8(ascii: ";") && byte != UInt8(ascii: "{")
        && byte != UInt8(ascii: "}")
    }
    rest = rest[body.endIndex...]
    return ByteString(body)
  }

  private static func elements(of text: [UInt8]) -> [FileEntry] {
    MarkupTag.tags(in: text).filter { $0.kind == .start && !$0.text.isEmpty }.map { tag in
      FileEntry(
        key: tag.name, value: tag.text, words: ConfigurationText.words(tag.text), line: tag.line)
    }
  }
}
