internal import FileTree
internal import Toml

/// One key of a configuration file.
struct ConfigurationEntry: Equatable {
  /// The table that it stands in: a command's name, or nil at the top, where it is for all commands.
  let table: String?
  let key: String
  let value: Value
  /// From 1 on; nil if the key is written in a way that only the TOML parser can read.
  let line: Int?

  /// As far as options tell values apart.
  indirect enum Value: Equatable {
    case text(String)
    case integer(Int)
    case boolean(Bool)
    case list([Value])
    /// What no option takes, in words: `a date`.
    case other(String)

    var description: String {
      switch self {
      case .text: "a string"
      case .integer: "a number"
      case .boolean: "true or false"
      case .list: "an array"
      case .other(let words): words
      }
    }
  }
}

extension ConfigurationEntry {
  /// In bytes; larger than any list of options.
  static let sizeLimit = 1 << 16

  /// All keys of a file's top and of some tables, sorted bytewise; any other table is a value.
  static func read(
    _ bytes: [UInt8], tables: Set<String>
  ) throws(TomlDocument.SyntaxError) -> [ConfigurationEntry] {
    try TomlDocument.read(bytes).flatMap { key, node in
      guard tables.contains(key), case .table(let inner) = node.value else {
        return [ConfigurationEntry(nil, key, node)]
      }
      return inner.map {
        ConfigurationEntry(key, $0.key, TomlNode($0.node.value, line: $0.node.line ?? node.line))
      }
    }
  }

  private init(_ table: String?, _ key: String, _ node: TomlNode) {
    self.init(table: table, key: key, value: Value(node.value), line: node.line)
  }
}

extension ConfigurationEntry.Value {
  fileprivate init(_ value: TomlNode.Value) {
    self =
      switch value {
      // As arguments stand, which have a meaning for some of the private-use scalars.
      case .text(let text): .text(RawArguments.encode(ByteString(text)))
      case .integer(let number): .integer(number)
      case .boolean(let flag): .boolean(flag)
      case .list(let elements): .list(elements.map { Self($0.value) })
      case .table, .other: .other(value.description)
      }
  }
}
