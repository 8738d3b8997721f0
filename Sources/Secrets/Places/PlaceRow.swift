internal import FileTree

/// One row of ``PlaceTable``.
struct PlaceRow: Sendable {
  enum Kind: String { case directory, place, file }

  let kind: Kind
  let words: [ByteString]
  /// Names that aren't meant.
  let exceptions: [NamePattern]
  let rule: SecretRule
  let source: String

  /// Nil for a line that is no row.
  init?(_ line: Substring) {
    let columns = line.split(separator: "|").map { column in
      column.split(separator: " ").map(String.init)
    }
    guard columns.count == 5, columns.allSatisfy({ !$0.isEmpty }), columns[0].count == 1,
      let kind = Kind(rawValue: columns[0][0]), columns[2].count == 1
    else { return nil }
    self.kind = kind
    let parts = columns[1].split(separator: "but", maxSplits: 1)
    words = parts[0].map { ByteString($0) }
    exceptions = parts.dropFirst().flatMap { $0.map { NamePattern(ByteString($0)) } }
    rule = SecretRule(name: columns[2][0], what: columns[3].joined(separator: " "))
    source = columns[4].joined(separator: " ")
  }
}

/// A name in which `*` may stand for any part, once.
struct NamePattern: Sendable {
  private let prefix: ByteString
  /// Nil where there is no `*`.
  private let suffix: ByteString?

  init(_ text: ByteString) {
    let parts = text.bytes.split(
      separator: UInt8(ascii: "*"), maxSplits: 1, omittingEmptySubsequences: false)
    prefix = ByteString(parts[0])
    suffix = parts.count > 1 ? ByteString(parts[1]) : nil
  }

  /// The whole name, if it is only one.
  var literal: ByteString? { suffix == nil ? prefix : nil }

  func matches(_ name: ByteString) -> Bool {
    guard let suffix else { return name == prefix }
    return name.count >= prefix.count + suffix.count && name.hasPrefix(prefix)
      && name.hasSuffix(suffix)
  }
}
