internal import FileTree

/// A word of a shell script, in the parts that it is put together from.
struct ShellWord: Hashable {
  enum Part: Hashable {
    /// Without quotes.
    case text(ByteString)
    case parameter(ByteString, Operation)
    /// What some commands write.
    case output([ShellStatement])
    /// An expansion that nothing is known of.
    case unknown
  }

  /// What becomes of a parameter's value; POSIX.1-2017, Shell Command Language, 2.6.2.
  enum Operation: Hashable {
    case none
    /// `${NAME:-WORD}`, and `${NAME:=WORD}`, which also assigns it.
    case instead(ShellWord, assigns: Bool)
    /// `${NAME%PATTERN}` and the like.
    case without(ShellWord, atEnd: Bool, isLongest: Bool)
  }

  private(set) var parts: [Part] = []

  var isEmpty: Bool { parts.isEmpty }

  /// Whether nothing in it is expanded.
  var isLiteral: Bool {
    parts.allSatisfy { if case .text = $0 { true } else { false } }
  }

  /// As far as it is literal, from the beginning.
  var text: ByteString {
    // Neighbouring texts are one part.
    if case .text(let text) = parts.first { text } else { "" }
  }

  mutating func append(_ byte: UInt8) {
    if case .text(var text) = parts.last {
      parts.removeLast()
      text.bytes.append(byte)
      parts.append(.text(text))
    } else {
      parts.append(.text(ByteString([byte])))
    }
  }

  mutating func append(_ part: Part) { parts.append(part) }

  var isNumber: Bool {
    isLiteral && !text.isEmpty && text.bytes.allSatisfy(Self.isDigit)
  }

  /// `NAME=VALUE`, whatever the value expands to; nil for what is none.
  var assignment: (name: ByteString, value: ShellWord)? {
    let bytes = text.bytes
    guard let sign = bytes.firstIndex(of: UInt8(ascii: "=")), sign > 0 else { return nil }
    let adds = bytes[sign - 1] == UInt8(ascii: "+")
    let name = bytes[..<(adds ? sign - 1 : sign)]
    guard !name.isEmpty, name.allSatisfy(Self.isNameByte) else { return nil }
    var value = self
    value.parts.removeFirst()
    let rest = ByteString(bytes[(sign + 1)...])
    if !rest.isEmpty { value.parts.insert(.text(rest), at: 0) }
    if adds { value.parts.insert(.parameter(ByteString(name), .none), at: 0) }
    return (ByteString(name), value)
  }

  static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  static func isNameByte(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || isDigit(byte)
      || (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
  }
}

/// One simple command of a shell script.
struct ShellStatement: Hashable {
  /// Where it begins; the first being 1.
  var line = 0
  /// Those before the command, or alone.
  var assignments: [ShellWord] = []
  var words: [ShellWord] = []
  /// Which of the words stand where a command's name does: behind `exec` and the like is another.
  var names: [Int] = []
  /// Files that it reads or writes.
  var redirections: [ShellWord] = []
  /// Whether it may be left out when the script runs.
  var isConditional = false

  var isEmpty: Bool { words.isEmpty && assignments.isEmpty && redirections.isEmpty }
}
