internal import ELF
internal import FileTree
internal import Rules

/// The texts with a slash among an object's constants, as rules ask for them; of a script, its words.
struct ConstantTexts {
  private let strings: ObjectStrings
  /// Nil for what isn't a script.
  private let lines: [(number: Int, text: ByteString)]?

  /// What is there for compilers and people, whoever names it.
  private static let others: [ByteString] = [
    "/usr/include", "/usr/share/doc", "/usr/share/info", "/usr/share/man",
  ]

  init(of object: ObservedObject, in root: inout RootView) {
    strings = ObjectStrings(of: object, in: &root)
    let isScript =
      object.image == nil && (try? root.tree.programFormat(of: object.real)) == .script
    lines =
      isScript
      ? root.lines(at: object.path).filter { !ConfigurationText.trim($0.text).hasPrefix("#") } : nil
  }

  /// The texts that a glob matches as a whole, or the parts of them between colons, semicolons, equals signs, quotation marks or
  /// blanks, each once.
  func matching(_ glob: ByteString) -> [ByteString] {
    let core = ByteString(ConstantSign.core(of: glob.bytes))
    let texts =
      lines?.map(\.text) ?? (core.count < 2 ? strings.paths : strings.containing(core))
    var found: [ByteString] = []
    var seen: Set<ByteString> = []
    for text in texts {
      for part in [text] + text.split(on: Self.isBetween)
      where part.contains(UInt8(ascii: "/")) && PathPattern.matches(part, glob)
        && !Self.isForOthers(part) && seen.insert(part).inserted
      { found.append(part) }
    }
    return found
  }

  /// What follows a text, up to the quotation mark that it ends in, or to a blank or any such mark.
  func following(_ marker: ByteString) -> [ByteString] {
    let last = marker.bytes.last
    let quote = last.flatMap { Self.isQuote($0) ? $0 : nil }
    var found: [ByteString] = []
    for text in strings.containing(marker) {
      for place in ConfigurationText.places(of: marker, in: text) {
        let value = text.bytes[(place + marker.count)...].prefix { byte in
          quote.map { byte != $0 } ?? !(ConfigurationText.isBlank(byte) || Self.isQuote(byte))
        }
        if !value.isEmpty, !found.contains(ByteString(value)) { found.append(ByteString(value)) }
      }
    }
    return found
  }

  /// Whole texts that a glob matches, with a slash or without.
  func texts(matching glob: ByteString) -> [ByteString] {
    let core = ByteString(ConstantSign.core(of: glob.bytes))
    return core.isEmpty ? [] : strings.containing(core).filter { PathPattern.matches($0, glob) }
  }

  private static func isBetween(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ":") || byte == UInt8(ascii: ";") || byte == UInt8(ascii: "=")
      || isQuote(byte) || ConfigurationText.isBlank(byte)
  }

  /// The first line of a script with a word that a glob matches.
  func line(matching glob: ByteString) -> Int? {
    lines?.first { line in
      ([line.text] + line.text.split(on: Self.isBetween)).contains { PathPattern.matches($0, glob) }
    }?.number
  }

  private static func isQuote(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
  }

  private static func isForOthers(_ text: ByteString) -> Bool {
    others.contains { text == $0 || text.hasPrefix($0 + "/") }
  }
}
