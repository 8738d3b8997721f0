internal import FileTree

/// One tag of an XML text, as far as configuration files of runtimes need it.
///
/// Source: the XML 1.0 recommendation, 3.1; of entities the five predefined ones are known.
struct MarkupTag: Hashable, Sendable {
  enum Kind: Hashable, Sendable { case start, end }

  let kind: Kind
  let name: ByteString
  let attributes: [ByteString: ByteString]
  /// What stands between it and the next tag, without the blanks around it.
  private(set) var text: ByteString = ""
  /// The line that it begins in, the first being 1.
  let line: Int

  /// In tags of one text.
  private static let limit = 1 << 16

  /// The tags in order; an empty element gives a start and an end. What isn't well formed ends the list.
  static func tags(in text: [UInt8]) -> [MarkupTag] {
    var tags: [MarkupTag] = []
    var scanner = Scanner(bytes: text)
    while tags.count < limit, scanner.skip(to: UInt8(ascii: "<")) {
      let line = scanner.line
      if scanner.takes("<!--") {
        guard scanner.skip(behind: "-->") else { break }
      } else if scanner.takes("<![CDATA[") {
        guard scanner.skip(behind: "]]>") else { break }
      } else if scanner.takes("<?") || scanner.takes("<!") {
        guard scanner.skip(behind: ">") else { break }
      } else {
        guard var tag = scanner.tag(line: line) else { break }
        if !tag.isEmpty { tag.tag.text = scanner.textToNextTag }
        tags.append(tag.tag)
        if tag.isEmpty {
          tags.append(MarkupTag(kind: .end, name: tag.tag.name, attributes: [:], line: line))
        }
      }
    }
    return tags
  }

  private struct Scanner {
    let bytes: [UInt8]
    var position = 0
    var line = 1

    mutating func advance(_ count: Int = 1) {
      for _ in 0..<count where position < bytes.count {
        if bytes[position] == UInt8(ascii: "\n") { line += 1 }
        position += 1
      }
    }

    mutating func skip(to byte: UInt8) -> Bool {
      while position < bytes.count, bytes[position] != byte { advance() }
      return position < bytes.count
    }

    var textToNextTag: ByteString {
      let text = bytes[position...].prefix { $0 != UInt8(ascii: "<") }
      return ConfigurationText.trim(MarkupTag.withoutEntities(text))
    }

    mutating func takes(_ text: StaticString) -> Bool {
      let text = Array("\(text)".utf8)
      guard bytes[position...].starts(with: text) else { return false }
      advance(text.count)
      return true
    }

    mutating func skip(behind end: StaticString) -> Bool {
      while position < bytes.count {
        if takes(end) { return true }
        advance()
      }
      return false
    }

    mutating func skipBlanks() {
      while position < bytes.count, ConfigurationText.isBlank(bytes[position]) { advance() }
    }

    /// Behind `<`: a name, attributes, and the sign that ends the tag.
    mutating func tag(line: Int) -> (tag: MarkupTag, isEmpty: Bool)? {
      advance()
      let kind: Kind = takes("/") ? .end : .start
      let name = word()
      guard !name.isEmpty else { return nil }
      var attributes: [ByteString: ByteString] = [:]
      while true {
        skipBlanks()
        if takes("/>") {
          return (MarkupTag(kind: kind, name: name, attributes: attributes, line: line), true)
        }
        if takes(">") {
          return (MarkupTag(kind: kind, name: name, attributes: attributes, line: line), false)
        }
        let key = word()
        skipBlanks()
        guard !key.isEmpty, takes("=") else { return nil }
        skipBlanks()
        guard let value = value() else { return nil }
        attributes[key] = value
      }
    }

    private mutating func word() -> ByteString {
      let start = position
      while position < bytes.count, !ConfigurationText.isBlank(bytes[position]),
        !Array("=/><\"'".utf8).contains(bytes[position])
      {
        advance()
      }
      return ByteString(bytes[start..<position])
    }

    private mutating func value() -> ByteString? {
      guard position < bytes.count else { return nil }
      let quote = bytes[position]
      guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
      advance()
      let start = position
      guard skip(to: quote) else { return nil }
      defer { advance() }
      return MarkupTag.withoutEntities(bytes[start..<position])
    }
  }

  private static let entities: [(text: ByteString, byte: UInt8)] = [
    ("&lt;", UInt8(ascii: "<")), ("&gt;", UInt8(ascii: ">")), ("&quot;", UInt8(ascii: "\"")),
    ("&apos;", UInt8(ascii: "'")), ("&amp;", UInt8(ascii: "&")),
  ]

  private static func withoutEntities(_ text: ArraySlice<UInt8>) -> ByteString {
    var rest = text
    var result: [UInt8] = []
    while let first = rest.first {
      let entity =
        first == UInt8(ascii: "&") ? entities.first { rest.starts(with: $0.text.bytes) } : nil
      result.append(entity?.byte ?? first)
      rest = rest.dropFirst(entity?.text.count ?? 1)
    }
    return ByteString(result)
  }
}
