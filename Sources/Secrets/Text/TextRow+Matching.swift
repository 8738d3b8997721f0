extension TextRow {
  /// Whether the row's marker stands where it has to, with what has to follow.
  func holds(at place: Int, in bytes: [UInt8]) -> Bool {
    stands(at: place, in: bytes) && follows(bytes[(place + marker.count)...])
  }

  private func stands(at start: Int, in bytes: [UInt8]) -> Bool {
    switch place {
    case .any: return true
    case .word: return start == 0 || !TextAlphabet.word.has(bytes[start - 1])
    case .line:
      return bytes[..<start].last { !Self.isBlank($0) }.map(Self.endsLine) ?? true
    case .account:
      let name = bytes[..<start].suffix(64).reversed().prefix { !Self.endsLine($0) }
      return !name.isEmpty && name.count < 64
        && name.allSatisfy { !Self.isBlank($0) && $0 != UInt8(ascii: ":") && $0 < 0x7F }
    }
  }

  private func follows(_ rest: ArraySlice<UInt8>) -> Bool {
    switch follower {
    case .nothing: return true
    case .run(let alphabet, let count):
      let run = rest.prefix(while: alphabet.has)
      return run.count >= count && !Self.isPlaceholder(run)
    case .value(let count):
      let value = Self.value(rest)
      return value.count >= count && !Self.isPlaceholder(value)
    case .crypt: return Self.isHash(rest)
    case .scheme:
      let name = rest.prefix { TextAlphabet.word.has($0) || "-.".utf8.contains($0) }
      let hash = rest[name.endIndex...]
      return hash.first == UInt8(ascii: "}")
        && hash.dropFirst().prefix { !Self.isBlank($0) && !Self.endsLine($0) }.count >= 8
    }
  }

  /// In some formats parameters, then salt and hash.
  private static func isHash(_ rest: ArraySlice<UInt8>) -> Bool {
    rest.prefix { TextAlphabet.base64.has($0) || "$.,-_".utf8.contains($0) }.count >= 20
  }

  /// What stands behind a name: in quotes or not, behind a sign or not.
  private static func value(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var rest = text.drop { "\"'\\".utf8.contains($0) }
    rest = rest.drop(while: isBlank)
    if let sign = rest.first, ":=".utf8.contains(sign) { rest = rest.dropFirst() }
    if rest.first == UInt8(ascii: ">") { rest = rest.dropFirst() }
    rest = rest.drop(while: isBlank).drop { "\"'\\".utf8.contains($0) }
    // What follows without anything between belongs to the name.
    guard rest.startIndex > text.startIndex else { return [] }
    return rest.prefix { $0 > 0x20 && $0 < 0x7F && !"\"',;<>(){}\\".utf8.contains($0) }
  }

  /// Whether a text stands for one that somebody has to fill in.
  private static func isPlaceholder(_ text: ArraySlice<UInt8>) -> Bool {
    guard let first = text.first else { return true }
    if "$%[*".utf8.contains(first) { return true }
    if text.allSatisfy({ "xX*.-_0".utf8.contains($0) }) { return true }
    return ["EXAMPLE", "example", "YOUR", "your", "xxxx", "XXXX", "...", "****"].contains { word in
      !text.ranges(of: Array(word.utf8)).isEmpty
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
  private static func endsLine(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
}
