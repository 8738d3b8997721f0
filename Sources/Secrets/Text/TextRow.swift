/// One row of ``TextTable``.
struct TextRow: Sendable {
  enum Place: String { case line, word, account, any }

  /// What has to stand behind a marker.
  enum Follower: Equatable {
    case nothing
    /// So many bytes of an alphabet.
    case run(TextAlphabet, Int)
    /// A value of so many bytes behind quotes, blanks and a sign.
    case value(Int)
    /// The rest of a hash behind its name, as crypt(5) writes it.
    case crypt
    /// The rest of a scheme's name and braces, and a hash.
    case scheme
  }

  let place: Place
  let marker: [UInt8]
  let follower: Follower
  /// What has to stand anywhere in the same file; nil for nothing.
  let companion: [UInt8]?
  let rule: SecretRule
  let source: String

  /// Nil for a line that is no row.
  init?(_ line: Substring) {
    let columns = line.split(separator: "|").map { column in
      column.split(separator: " ").joined(separator: " ")
    }
    guard columns.count == 6, columns.allSatisfy({ !$0.isEmpty }),
      let place = Place(rawValue: columns[0]), let follower = Follower(columns[2]),
      columns[1].utf8.count >= MarkerSearch.shortest
    else { return nil }
    self.place = place
    self.follower = follower
    marker = Array(columns[1].utf8)
    let names = columns[3].split(separator: " ", maxSplits: 2).map(String.init)
    guard names.count == 1 || names.count == 3 && names[1] == "with" else { return nil }
    companion = names.count == 3 ? Array(names[2].utf8) : nil
    rule = SecretRule(name: names[0], what: columns[4])
    source = columns[5]
  }
}

extension TextRow.Follower {
  fileprivate init?(_ text: String) {
    let words = text.split(separator: " ")
    switch (words.first, words.dropFirst().first.flatMap { Int($0) }) {
    case ("-", nil): self = .nothing
    case ("crypt", nil): self = .crypt
    case ("scheme", nil): self = .scheme
    case ("value", let count?): self = .value(count)
    case (let name?, let count?):
      guard let alphabet = TextAlphabet(rawValue: String(name)) else { return nil }
      self = .run(alphabet, count)
    default: return nil
    }
  }
}

/// What tokens are written with.
enum TextAlphabet: String {
  /// Letters, digits and underscores.
  case word
  /// The same with the dash and the dot.
  case dash
  /// The same with the slash.
  case path
  case base64, hex
  /// Capital letters and digits.
  case upper

  func has(_ byte: UInt8) -> Bool {
    let isDigit = (0x30...0x39).contains(byte)
    let isUpper = (0x41...0x5A).contains(byte)
    let isLetter = isUpper || (0x61...0x7A).contains(byte)
    switch self {
    case .word: return isDigit || isLetter || byte == UInt8(ascii: "_")
    case .dash: return isDigit || isLetter || "_-.".utf8.contains(byte)
    case .path: return isDigit || isLetter || "_-./".utf8.contains(byte)
    case .base64: return isDigit || isLetter || "+/=".utf8.contains(byte)
    case .hex: return isDigit || (0x61...0x66).contains(byte) || (0x41...0x46).contains(byte)
    case .upper: return isDigit || isUpper
    }
  }
}
