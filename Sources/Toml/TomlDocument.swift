internal import TOMLKit

/// The text of a TOML document as values; the only place that knows the TOML library.
package enum TomlDocument {
  package struct SyntaxError: Error, Equatable {
    /// From 1 on.
    package let line: Int
    package let column: Int?
    /// As the library or this says it: of bytes that came from outside.
    package let message: String
  }

  /// The library bounds how deep brackets nest, but not how deep keys with dots do.
  private static let dotLimit = 1000

  /// The keys and values of the top.
  package static func read(
    _ bytes: [UInt8]
  ) throws(SyntaxError) -> [(key: String, node: TomlNode)] {
    let text = try text(bytes)
    guard TomlKeyLines.countDots(in: bytes) <= dotLimit else {
      throw SyntaxError(line: 1, column: nil, message: "more than \(dotLimit) dots are in its keys")
    }
    do {
      return entries(of: try TOMLTable(string: text), at: [], TomlKeyLines(bytes))
    } catch let error as TOMLParseError {
      let said = error.description
      throw SyntaxError(
        line: error.source.begin.line, column: error.source.begin.column,
        message: said.prefix(1).lowercased() + said.dropFirst())
    } catch {
      throw SyntaxError(line: 1, column: nil, message: "can't be read as TOML")
    }
  }

  /// The text, if the library can take all of it: it stops at a NUL, and takes no other encoding.
  private static func text(_ bytes: [UInt8]) throws(SyntaxError) -> String {
    func line(before end: Int) -> Int { 1 + bytes[..<end].count { $0 == UInt8(ascii: "\n") } }
    if let end = bytes.firstIndex(of: 0) {
      throw SyntaxError(line: line(before: end), column: nil, message: "holds a NUL character")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      let repaired = Array(String(decoding: bytes, as: UTF8.self).utf8)
      let end = zip(bytes, repaired).prefix { $0 == $1 }.count
      throw SyntaxError(line: line(before: end), column: nil, message: "isn't UTF-8")
    }
    // The library gives strings up to a NUL, so its escape would cut one in silence.
    for escape in [#"\u0000"#, #"\U00000000"#] {
      guard let place = text.firstRange(of: escape)?.lowerBound else { continue }
      throw SyntaxError(
        line: line(before: text.utf8.distance(from: text.startIndex, to: place)), column: nil,
        message: "\(escape) stands for a NUL character, which no option can hold")
    }
    return text
  }

  /// By keys: the library's own loop ends the process where a key holds a NUL.
  private static func entries(
    of table: TOMLTable, at path: [String], _ lines: TomlKeyLines
  ) -> [(key: String, node: TomlNode)] {
    table.keys.compactMap { key in
      table[key].map { (key, node(of: $0.tomlValue, at: path + [key], lines)) }
    }
  }

  private static func node(
    of value: TOMLValue, at path: [String], _ lines: TomlKeyLines
  ) -> TomlNode {
    let place = lines[path]
    return switch value.type {
    case .string: TomlNode(value.string.map { .text($0) } ?? .other("a string"), line: place)
    case .int: TomlNode(value.int.map { .integer($0) } ?? .other("a number"), line: place)
    case .bool: TomlNode(value.bool.map { .boolean($0) } ?? .other("true or false"), line: place)
    case .array: TomlNode(.list(elements(of: value.array, at: path, lines)), line: place)
    case .table:
      TomlNode(.table(value.table.map { entries(of: $0, at: path, lines) } ?? []), line: place)
    case .double: TomlNode(.other("a number with a fraction"), line: place)
    case .date, .time, .dateTime: TomlNode(.other("a date without quotes"), line: place)
    }
  }

  private static func elements(
    of array: TOMLArray?, at path: [String], _ lines: TomlKeyLines
  ) -> [TomlNode] {
    guard let array else { return [] }
    return (0..<array.count).map { index in
      node(of: array[index].tomlValue, at: path + [TomlKeyLines.element(index)], lines)
    }
  }
}
