/// The lines on which the keys of a TOML document stand, since the parser doesn't tell them.
///
/// It relies on a document that the parser took, so it needs to know only where strings, comments,
/// arrays and inline tables end (TOML 1.0.0). Keys with escapes are left out.
struct TomlKeyLines {
  private var lines: [[String]: Int] = [:]
  private let bytes: [UInt8]
  private var position = 0
  private var line = 1

  init(_ bytes: [UInt8]) {
    self.init(at: bytes)
    var table: [String] = []
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "#"): skipComment()
      case UInt8(ascii: "["):
        while peek() == UInt8(ascii: "[") { advance() }
        let start = line
        table = readKey(until: UInt8(ascii: "]"))
        note(table, start)
        while peek() == UInt8(ascii: "]") { advance() }
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): advance()
      default:
        let start = line
        note(table + readKey(until: UInt8(ascii: "=")), start)
        skipValue()
      }
    }
  }

  private init(at bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// How many dots stand outside of strings and comments: what keys with dots nest is no deeper.
  static func countDots(in bytes: [UInt8]) -> Int {
    var scanner = TomlKeyLines(at: bytes)
    var count = 0
    while let byte = scanner.peek() {
      switch byte {
      case UInt8(ascii: "#"): scanner.skipComment()
      case UInt8(ascii: "\""), UInt8(ascii: "'"): scanner.skipString(byte)
      default:
        if byte == UInt8(ascii: ".") { count += 1 }
        scanner.advance()
      }
    }
    return count
  }

  /// The line of a key, from 1 on: a path of one name at the top, of two in a table.
  subscript(path: [String]) -> Int? { lines[path] }

  /// Deeper names belong to a value as far as options are concerned.
  private mutating func note(_ path: [String], _ line: Int) {
    for length in 1...2 where path.count >= length {
      let prefix = Array(path.prefix(length))
      if lines[prefix] == nil { lines[prefix] = line }
    }
  }

  private func peek(_ distance: Int = 0) -> UInt8? {
    position + distance < bytes.count ? bytes[position + distance] : nil
  }

  private mutating func advance(_ count: Int = 1) {
    for _ in 0..<count {
      if peek() == UInt8(ascii: "\n") { line += 1 }
      position += 1
    }
  }

  private mutating func skipComment() {
    while let byte = peek(), byte != UInt8(ascii: "\n") { advance() }
  }

  /// Reads the names up to a sign, and the sign.
  private mutating func readKey(until end: UInt8) -> [String] {
    var names: [String] = []
    while let byte = peek(), byte != UInt8(ascii: "\n") {
      if byte == end {
        advance()
        break
      }
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        let start = position + 1
        skipString(byte)
        names.append(String(decoding: bytes[start..<max(start, position - 1)], as: UTF8.self))
      case UInt8(ascii: "."), UInt8(ascii: " "), UInt8(ascii: "\t"): advance()
      default:
        let start = position
        while let byte = peek(), Self.isBare(byte) { advance() }
        // Nothing bare: whatever it is, the loop goes on.
        if position == start { advance() }
        names.append(String(decoding: bytes[start..<position], as: UTF8.self))
      }
    }
    return names
  }

  private static func isBare(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// Skips to the end of the line on which the value ends.
  private mutating func skipValue() {
    var depth = 0
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        skipString(byte)
        continue
      case UInt8(ascii: "#"):
        skipComment()
        continue
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      case UInt8(ascii: "\n") where depth <= 0: return
      default: break
      }
      advance()
    }
  }

  /// Skips a string of one line or, between three quotes, of many.
  private mutating func skipString(_ quote: UInt8) {
    let isLong = peek(1) == quote && peek(2) == quote
    advance(isLong ? 3 : 1)
    while let byte = peek() {
      if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
        advance(2)
      } else if byte == quote, !isLong || (peek(1) == quote && peek(2) == quote) {
        advance(isLong ? 3 : 1)
        // Up to two quotes may stand before the three that end it.
        while isLong, peek() == quote { advance() }
        return
      } else {
        advance()
      }
    }
  }
}
