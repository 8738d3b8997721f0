/// The lines on which the keys of a TOML document stand, since the parser doesn't tell them.
///
/// It relies on a document that the parser took, so it needs to know only where strings, comments,
/// arrays and inline tables end (TOML 1.0.0). Keys with escapes are left out.
package struct TomlKeyLines {
  private var lines: [[String]: Int] = [:]
  /// How many elements each array of tables has so far.
  private var counts: [[String]: Int] = [:]
  private let bytes: [UInt8]
  private var position = 0
  private var line = 1

  package init(_ bytes: [UInt8]) {
    self.init(at: bytes)
    var table: [String] = []
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "#"): skipComment()
      case UInt8(ascii: "["): table = readHeader()
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): advance()
      default: readEntry(in: table)
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

  /// The line of a key, from 1 on, by the names that lead to it; that of an array's element has
  /// ``element(_:)`` among them.
  package subscript(path: [String]) -> Int? { lines[path] }

  /// What stands for an element of an array: no key that is written without quotes looks like it.
  static func element(_ index: Int) -> String { "#\(index)" }

  // MARK: Keys

  /// Reads the key, the equals sign and the value, in a table that braces may stand around.
  private mutating func readEntry(in table: [String]) {
    let start = line
    let path = table + readKey(until: UInt8(ascii: "="))
    note(path, start, below: table.count)
    readValue(of: path, depth: 0)
  }

  private mutating func readHeader() -> [String] {
    var brackets = 0
    while peek() == UInt8(ascii: "[") {
      advance()
      brackets += 1
    }
    let start = line
    let names = readKey(until: UInt8(ascii: "]"))
    while peek() == UInt8(ascii: "]") { advance() }
    var path: [String] = []
    for (index, name) in names.enumerated() {
      path.append(name)
      let isNew = brackets > 1 && index == names.count - 1
      if isNew { counts[path, default: 0] += 1 }
      note(path, start, below: path.count - 1)
      guard let count = counts[path] else { continue }
      path.append(Self.element(count - 1))
      note(path, start, below: path.count - 1)
    }
    return path
  }

  /// Keeps the line for a path, and for the tables that its dots make on the way.
  private mutating func note(_ path: [String], _ line: Int, below: Int) {
    guard path.count > below else { return }
    for length in (below + 1)...path.count {
      let prefix = Array(path.prefix(length))
      if lines[prefix] == nil { lines[prefix] = line }
    }
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

  // MARK: Values

  /// No document that the parser takes nests deeper by much.
  private static let depthLimit = 512

  /// Reads a value to its end, with the keys of tables in it.
  private mutating func readValue(of path: [String], depth: Int) {
    skipBlanks(andLines: false)
    guard let byte = peek(), depth < Self.depthLimit else { return skipRest() }
    switch byte {
    case UInt8(ascii: "["): readArray(of: path, depth: depth)
    case UInt8(ascii: "{"): readInlineTable(of: path, depth: depth)
    case UInt8(ascii: "\""), UInt8(ascii: "'"): skipString(byte)
    default: skipScalar()
    }
  }

  private mutating func readArray(of path: [String], depth: Int) {
    advance()
    var index = 0
    while true {
      skipBlanks(andLines: true)
      guard let byte = peek() else { return }
      switch byte {
      case UInt8(ascii: "]"): return advance()
      case UInt8(ascii: ","): advance()
      default:
        let (start, element) = (position, path + [Self.element(index)])
        note(element, line, below: path.count)
        readValue(of: element, depth: depth + 1)
        // Nothing that is a value: whatever it is, the loop goes on.
        if position == start { advance() }
        index += 1
      }
    }
  }

  private mutating func readInlineTable(of path: [String], depth: Int) {
    advance()
    while true {
      skipBlanks(andLines: true)
      guard let byte = peek() else { return }
      switch byte {
      case UInt8(ascii: "}"): return advance()
      case UInt8(ascii: ","): advance()
      default:
        let (start, place) = (position, line)
        let inner = path + readKey(until: UInt8(ascii: "="))
        note(inner, place, below: path.count)
        readValue(of: inner, depth: depth + 1)
        if position == start { advance() }
      }
    }
  }

  /// A number, a date, or a word.
  private mutating func skipScalar() {
    while let byte = peek(), byte != UInt8(ascii: "\n"), byte != UInt8(ascii: ","),
      byte != UInt8(ascii: "]"), byte != UInt8(ascii: "}"), byte != UInt8(ascii: "#")
    {
      advance()
    }
  }

  private mutating func skipBlanks(andLines: Bool) {
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): advance()
      case UInt8(ascii: "\n") where andLines: advance()
      case UInt8(ascii: "#") where andLines: skipComment()
      default: return
      }
    }
  }

  // MARK: Bytes

  private func peek(_ distance: Int = 0) -> UInt8? {
    position + distance < bytes.count ? bytes[position + distance] : nil
  }

  private mutating func advance() { advance(1) }

  private mutating func advance(_ count: Int) {
    for _ in 0..<count {
      if peek() == UInt8(ascii: "\n") { line += 1 }
      position += 1
    }
  }

  private mutating func skipRest() { position = bytes.count }

  private mutating func skipComment() {
    while let byte = peek(), byte != UInt8(ascii: "\n") { advance() }
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
