internal import FileTree
internal import Loader

/// One row of ``NeedsTable``.
struct NeedsRow: Sendable {
  enum Trigger: String { case symbol, soname, string, foreign, linked }

  let trigger: Trigger
  let words: [ByteString]
  let topic: Topic
  /// What of the preset is meant; nil for all.
  let detail: String?
  let isEssential: Bool
  /// Nil for any.
  let libc: Libc?
  let purpose: String
  let source: String

  /// Whether its words are texts among constants.
  var isText: Bool {
    switch trigger {
    case .string, .foreign, .linked: true
    case .symbol, .soname: false
    }
  }

  /// Whether a text says what the row says.
  ///
  /// - Parameters:
  ///   - isStatic: whether it stands in a program that may have a C library inside.
  ///   - isTerminated: whether it ends as texts of C do.
  func holds(isStatic: Bool, isTerminated: Bool) -> Bool {
    switch trigger {
    case .foreign: !isStatic || !isTerminated
    case .linked: isStatic
    case .symbol, .soname, .string: true
    }
  }

  /// Nil for a line that is no row.
  init?(_ line: Substring) {
    let columns = line.split(separator: "|").map {
      $0.split(separator: " ").map(String.init)
    }
    guard columns.count == 5, columns.allSatisfy({ !$0.isEmpty }),
      let trigger = Trigger(rawValue: columns[0][0]), columns[0].count > 1, columns[1].count == 1,
      columns[2].count == 2, ["fails", "changes"].contains(columns[2][0])
    else { return nil }
    self.trigger = trigger
    words = columns[0].dropFirst().map { ByteString($0) }
    let target = columns[1][0].split(separator: ":", maxSplits: 1).map(String.init)
    topic = Topic(target[0])
    detail = target.count > 1 ? target[1] : nil
    isEssential = columns[2][0] == "fails"
    guard columns[2][1] == "any" || Libc(rawValue: columns[2][1]) != nil else { return nil }
    libc = Libc(rawValue: columns[2][1])
    purpose = columns[3].joined(separator: " ")
    source = columns[4].joined(separator: " ")
  }

  /// The rows of a table; empty lines and those that begin with `#` are none.
  static func rows(of table: String) -> [NeedsRow] {
    table.split(separator: "\n").compactMap { NeedsRow($0) }
  }
}
