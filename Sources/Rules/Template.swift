/// A text with names in braces: `{NAME}`, or `{NAME.parent}` for a part of the value.
package struct Template: Hashable, Sendable {
  package enum Part: Hashable, Sendable {
    case text(String)
    case value(String, [Piece])
  }

  /// What of a path is meant.
  package enum Piece: String, CaseIterable, Hashable, Sendable {
    /// The directory that it is in.
    case parent
    /// The last name.
    case name
    /// The last name up to its last dot.
    case stem
  }

  package let parts: [Part]

  /// Why a text is no template, in words.
  package struct SyntaxError: Error, Equatable {
    package let message: String
  }

  package init(_ text: String) throws(SyntaxError) {
    var parts: [Part] = []
    var rest = text[...]
    while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
      guard rest[open] == "{", let close = rest[open...].firstIndex(of: "}") else {
        throw SyntaxError(message: "has a brace without its other")
      }
      if open > rest.startIndex { parts.append(.text(String(rest[..<open]))) }
      parts.append(try Self.value(String(rest[rest.index(after: open)..<close])))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { parts.append(.text(String(rest))) }
    self.parts = parts
  }

  private static func value(_ text: String) throws(SyntaxError) -> Part {
    let words = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard let name = words.first, !name.isEmpty else {
      throw SyntaxError(message: "has braces without a name")
    }
    var pieces: [Piece] = []
    for word in words.dropFirst() {
      guard let piece = Piece(rawValue: word) else {
        let known = Piece.allCases.map { ".\($0.rawValue)" }.joined(separator: ", ")
        throw SyntaxError(message: "asks for .\(word) of a value, which has \(known)")
      }
      pieces.append(piece)
    }
    return .value(name, pieces)
  }

  /// The names that it asks for.
  package var names: [String] {
    parts.compactMap { part in
      if case .value(let name, _) = part { name } else { nil }
    }
  }
}

extension Template {
  /// Of the object that a rule is about.
  package enum Own: String, CaseIterable, Sendable {
    /// The path by which it was opened.
    case object
    /// Where its file is.
    case real
    /// Where the files of the programs are that have it.
    case program
  }

  /// Of an entry of a file.
  package enum Entry: String, CaseIterable, Sendable {
    case key, value
    /// The last word of the value.
    case last
    /// The file.
    case file
  }

  /// How many words of a value have names: `{1}` to `{9}`.
  package static let wordCount = 9
}
