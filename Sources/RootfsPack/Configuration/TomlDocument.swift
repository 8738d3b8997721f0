internal import FileTree
internal import TOMLKit

/// The text of a configuration file as keys and values; the only place that knows the TOML library.
enum TomlDocument {
  struct SyntaxError: Error, Equatable {
    /// From 1 on.
    let line: Int
    let column: Int?
    let message: String
  }

  /// In bytes; larger than any list of options.
  static let sizeLimit = 1 << 16
  /// The library bounds how deep brackets nest, but not how deep keys with dots do.
  private static let dotLimit = 1000

  /// All keys of the top and of some tables, sorted bytewise; any other table is a value.
  static func read(
    _ bytes: [UInt8], tables: Set<String>
  ) throws(SyntaxError) -> [ConfigurationEntry] {
    let text = try text(bytes)
    guard TomlKeyLines.countDots(in: bytes) <= dotLimit else {
      throw SyntaxError(line: 1, column: nil, message: "more than \(dotLimit) dots are in its keys")
    }
    let table: TOMLTable
    do {
      table = try TOMLTable(string: text)
    } catch let error as TOMLParseError {
      let said = ByteString(error.description).description
      throw SyntaxError(
        line: error.source.begin.line, column: error.source.begin.column,
        message: said.prefix(1).lowercased() + said.dropFirst())
    } catch {
      throw SyntaxError(line: 1, column: nil, message: "can't be read as TOML")
    }
    let lines = TomlKeyLines(bytes)
    var entries: [ConfigurationEntry] = []
    // By keys: the library's own loop ends the process where a key holds a NUL.
    for key in table.keys {
      guard let value = table[key]?.tomlValue else { continue }
      guard tables.contains(key), let inner = value.table else {
        entries.append(
          ConfigurationEntry(table: nil, key: key, value: Self.value(value), line: lines[[key]]))
        continue
      }
      for innerKey in inner.keys {
        guard let value = inner[innerKey]?.tomlValue else { continue }
        entries.append(
          ConfigurationEntry(
            table: key, key: innerKey, value: Self.value(value),
            line: lines[[key, innerKey]] ?? lines[[key]]))
      }
    }
    return entries
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

  private static func value(_ value: TOMLValue) -> ConfigurationEntry.Value {
    switch value.type {
    case .string:
      // As arguments stand, which have a meaning for some of the private-use scalars.
      value.string.map { .text(RawArguments.encode(ByteString($0))) } ?? .other("a string")
    case .int: value.int.map { .integer($0) } ?? .other("a number")
    case .bool: value.bool.map { .boolean($0) } ?? .other("true or false")
    case .array:
      .list(
        value.array.map { array in
          (0..<array.count).map { Self.value(array[$0].tomlValue) }
        } ?? [])
    case .double: .other("a number with a fraction")
    case .date, .time, .dateTime: .other("a date without quotes")
    case .table: .other("a table")
    }
  }
}
