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
