internal import FileTree

/// One command of a unit's `Exec` line.
///
/// Source: systemd.service(5), "Command Lines"; systemd `src/basic/extract-word.c` and
/// `src/core/load-fragment.c` (`config_parse_exec`).
struct UnitCommand: Hashable {
  /// The program's path first; without quotes and prefixes, variables as they stand.
  let words: [ByteString]
  let evidence: Evidence

  /// No line of a real unit has more words, and no word is longer. Words, and in bytes.
  private static let wordLimit = 1024
  private static let sizeLimit = 1 << 16

  /// The commands of a line, of which `;` may separate several.
  static func commands(in setting: UnitFile.Setting, of unit: UnitName) -> [UnitCommand] {
    var commands: [UnitCommand] = []
    var words: [ByteString] = []
    func end() {
      var words = words
      guard let first = words.first else { return }
      let prefixes = first.bytes.prefix { "@-:+!|".utf8.contains($0) }
      words[0] = ByteString(first.bytes[prefixes.endIndex...])
      // The word behind the program is what it calls itself.
      if prefixes.contains(UInt8(ascii: "@")), words.count > 1 { words.remove(at: 1) }
      commands.append(UnitCommand(words: words, evidence: setting.evidence))
    }
    for word in Self.words(of: setting.value).prefix(wordLimit) {
      if word.text == ";", !word.isQuoted {
        end()
        words = []
      } else {
        // What only a running system knows stays as it stands.
        words.append(unit.expand(word.text) ?? word.text)
      }
    }
    end()
    return commands
  }

  /// The words with variables replaced; one that is a variable alone becomes as many words as that has.
  func expanded(_ variables: [ByteString: ByteString]) -> [ByteString] {
    words.flatMap { word -> [ByteString] in
      let name = ByteString(word.bytes.dropFirst())
      if word.hasPrefix("$"), !name.isEmpty, name.bytes.allSatisfy(Self.isNameByte) {
        return Self.words(of: variables[name] ?? "").map(\.text)
      }
      return [Self.expand(word, variables)]
    }
  }

  private static func expand(
    _ word: ByteString, _ variables: [ByteString: ByteString]
  ) -> ByteString {
    guard word.contains(UInt8(ascii: "$")) else { return word }
    var result: [UInt8] = []
    var rest = word.bytes[...]
    while result.count < sizeLimit, let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "$") else {
        result.append(byte)
        continue
      }
      if rest.first == UInt8(ascii: "$") {
        result.append(byte)
        rest.removeFirst()
      } else if rest.first == UInt8(ascii: "{"), let end = rest.firstIndex(of: UInt8(ascii: "}")) {
        result += variables[ByteString(rest[(rest.startIndex + 1)..<end])]?.bytes ?? []
        rest = rest[(end + 1)...]
      } else {
        result.append(byte)
      }
    }
    return ByteString(result)
  }

  static func isNameByte(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
      || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
  }

  // MARK: Words

  private struct Word {
    var text: ByteString = ""
    var isQuoted = false
  }

  /// The words of any setting that is a list of quoted ones.
  static func texts(of value: ByteString) -> [ByteString] {
    words(of: value).prefix(wordLimit).map(\.text)
  }

  private static func words(of value: ByteString) -> [Word] {
    var words: [Word] = []
    var word: Word?
    var quote: UInt8?
    var rest = value.bytes[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "\\"):
        var current = word ?? Word()
        current.isQuoted = true
        current.text.bytes += escaped(&rest)
        word = current
      case quote: quote = nil
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        guard quote == nil else { fallthrough }
        quote = byte
        word = word ?? Word()
        word?.isQuoted = true
      case _ where quote == nil && ConfigurationText.isBlank(byte):
        if let word { words.append(word) }
        word = nil
      default:
        var current = word ?? Word()
        current.text.bytes.append(byte)
        word = current
      }
    }
    return words + (word.map { [$0] } ?? [])
  }

  /// What stands behind a backslash, as in C.
  private static func escaped(_ rest: inout ArraySlice<UInt8>) -> [UInt8] {
    guard let byte = rest.popFirst() else { return [UInt8(ascii: "\\")] }
    switch Character(Unicode.Scalar(byte)) {
    case "a": return [7]
    case "b": return [8]
    case "f": return [12]
    case "n": return [10]
    case "r": return [13]
    case "t": return [9]
    case "v": return [11]
    case "s": return [UInt8(ascii: " ")]
    case "x": return number(&rest, digits: 2, radix: 16) ?? [UInt8(ascii: "x")]
    case "0"..."7":
      var digits = [byte] + rest.prefix(2)
      guard let value = number(&digits[...], digits: 3, radix: 8) else { return [byte] }
      rest = rest.dropFirst(2)
      return value
    default: return [byte]
    }
  }

  private static func number(
    _ rest: inout ArraySlice<UInt8>, digits: Int, radix: Int
  ) -> [UInt8]? {
    let text = String(decoding: rest.prefix(digits), as: UTF8.self)
    guard text.utf8.count == digits, let value = UInt8(text, radix: radix), value > 0 else {
      return nil
    }
    rest = rest.dropFirst(digits)
    return [value]
  }
}
