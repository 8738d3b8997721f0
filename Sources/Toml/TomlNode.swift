/// A value of a TOML document, and where it stands.
package struct TomlNode: Equatable, Sendable {
  package let value: Value
  /// From 1 on; nil where a key on the way is written so that only the TOML parser can read it.
  package let line: Int?

  package init(_ value: Value, line: Int?) {
    self.value = value
    self.line = line
  }

  package indirect enum Value: Equatable, Sendable {
    case text(String)
    case integer(Int)
    case boolean(Bool)
    case list([TomlNode])
    /// Sorted bytewise by the keys.
    case table([(key: String, node: TomlNode)])
    /// What nothing here takes, in words: `a date`.
    case other(String)

    package var description: String {
      switch self {
      case .text: "a string"
      case .integer: "a number"
      case .boolean: "true or false"
      case .list: "an array"
      case .table: "a table"
      case .other(let words): words
      }
    }

    package static func == (left: Value, right: Value) -> Bool {
      switch (left, right) {
      case (.text(let left), .text(let right)): left == right
      case (.integer(let left), .integer(let right)): left == right
      case (.boolean(let left), .boolean(let right)): left == right
      case (.list(let left), .list(let right)): left == right
      case (.table(let left), .table(let right)): left.elementsEqual(right, by: ==)
      case (.other(let left), .other(let right)): left == right
      default: false
      }
    }
  }
}
