internal import FileTree

/// What the grammars of configuration files have in common.
enum ConfigurationText {
  static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || (byte >= 9 && byte <= 13)
  }

  static func trim(_ text: ByteString) -> ByteString {
    guard let first = text.bytes.firstIndex(where: { !isBlank($0) }),
      let last = text.bytes.lastIndex(where: { !isBlank($0) })
    else { return "" }
    return ByteString(text.bytes[first...last])
  }

  /// The parts between blanks, without empty ones.
  static func words(_ text: ByteString) -> [ByteString] {
    text.bytes.split(whereSeparator: isBlank).map { ByteString($0) }
  }

  /// The same, but that a text in single or double quotes is one word, without them.
  static func quotedWords(_ text: ByteString) -> [ByteString] {
    var words: [ByteString] = []
    var rest = text.bytes[...]
    while true {
      rest = rest.drop(while: isBlank)
      guard let first = rest.first else { return words }
      if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
        let body = rest.dropFirst().prefix { $0 != first }
        words.append(ByteString(body))
        rest = rest[body.endIndex...].dropFirst()
      } else {
        let word = rest.prefix { !isBlank($0) }
        words.append(ByteString(word))
        rest = rest[word.endIndex...]
      }
    }
  }

  /// The same with what is in brackets as one word too, up to a word that begins a comment.
  static func bracketedWords(_ text: ByteString) -> [ByteString] {
    var words: [ByteString] = []
    var rest = text.bytes[...]
    while true {
      rest = rest.drop(while: isBlank)
      guard let first = rest.first, first != UInt8(ascii: "#") else { return words }
      let close: UInt8? =
        switch first {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): first
        case UInt8(ascii: "["): UInt8(ascii: "]")
        default: nil
        }
      let word = rest.dropFirst(close == nil ? 0 : 1).prefix { byte in
        close.map { byte != $0 } ?? !isBlank(byte)
      }
      words.append(ByteString(word))
      rest = rest[word.endIndex...].dropFirst(close == nil ? 0 : 1)
    }
  }

  /// What stands before and behind the first separator, trimmed; nil where there is none.
  static func pair(
    _ text: ByteString, at separator: Character
  ) -> (key: ByteString, value: ByteString)? {
    guard let byte = separator.asciiValue, let place = text.bytes.firstIndex(of: byte) else {
      return nil
    }
    return (
      trim(ByteString(text.bytes[..<place])), trim(ByteString(text.bytes[(place + 1)...]))
    )
  }

  /// The text up to a comment sign, trimmed.
  static func withoutComment(_ text: ByteString, sign: Character = "#") -> ByteString {
    trim(ByteString(text.bytes.prefix { $0 != sign.asciiValue }))
  }

  static func withoutQuotes(_ text: ByteString) -> ByteString {
    guard let first = text.bytes.first, text.count > 1, text.bytes.last == first,
      first == UInt8(ascii: "\"") || first == UInt8(ascii: "'")
    else { return text }
    return ByteString(text.bytes[1..<(text.count - 1)])
  }

  /// ASCII letters as small ones.
  static func lowercased(_ text: ByteString) -> ByteString {
    ByteString(
      text.bytes.map {
        $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 + 32 : $0
      })
  }

  /// A path in a directory; an absolute one stays.
  static func path(_ path: ByteString, in directory: ByteString) -> ByteString {
    if path.hasPrefix("/") { return path }
    return directory.hasSuffix("/") ? directory + path : directory + "/" + path
  }

  /// The last name of a path's text.
  static func name(of path: ByteString) -> ByteString {
    ByteString(path.bytes.split(separator: UInt8(ascii: "/")).last ?? [])
  }

  /// A name without each of some ends that it has, looked at in their order.
  static func withoutSuffixes(_ suffixes: [ByteString], of name: ByteString) -> ByteString {
    suffixes.reduce(name) { name, suffix in
      name.hasSuffix(suffix) ? ByteString(name.bytes.dropLast(suffix.count)) : name
    }
  }

  /// Every place of one text in another, from left to right; they don't overlap.
  static func places(of part: ByteString, in text: ByteString) -> [Int] {
    guard let first = part.bytes.first, part.count <= text.count else { return [] }
    var places: [Int] = []
    var index = 0
    while index <= text.count - part.count {
      if text.bytes[index] == first,
        text.bytes[index..<(index + part.count)].elementsEqual(part.bytes)
      {
        places.append(index)
        index += part.count
      } else {
        index += 1
      }
    }
    return places
  }

  static func contains(_ part: ByteString, in text: ByteString) -> Bool {
    !places(of: part, in: text).isEmpty
  }
}
