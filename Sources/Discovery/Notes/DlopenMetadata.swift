internal import ELF
internal import FileTree
internal import FoundationEssentials

/// One element of a `.note.dlopen`.
///
/// Source: the UAPI group's specification "ELF Dlopen Metadata".
struct DlopenMetadata: Hashable {
  /// Alternatives: the first that exists wins.
  let sonames: [String]
  let feature: String?
  let description: String?
  let priority: Grade.Priority
}

extension DlopenMetadata {
  /// The elements of one note, those that make sense; nil if the note as a whole makes none.
  static func elements(of descriptor: [UInt8]) -> [DlopenMetadata]? {
    // A NUL ends the text, and padding may follow it.
    let text = descriptor.prefix { $0 != 0 }
    let decoder = JSONDecoder()
    // Old drafts and hand-written notes have one object where an array belongs.
    let elements =
      (try? decoder.decode([Lenient].self, from: Data(text)))
      ?? (try? decoder.decode(Element.self, from: Data(text))).map { [Lenient($0)] }
    return elements?.compactMap { $0.element.flatMap { DlopenMetadata($0) } }
  }

  private init?(_ element: Element) {
    let names = element.soname.names.filter {
      !$0.isEmpty && !$0.unicodeScalars.contains("\0")
    }
    guard !names.isEmpty else { return nil }
    sonames = names
    feature = element.feature
    description = element.description
    // The specification's default; an unknown word says no more than none.
    priority =
      switch element.priority?.lowercased() {
      case "required": .required
      case "suggested": .suggested
      default: .recommended
      }
  }
}

/// An element that may be damaged without the others being lost.
private struct Lenient: Decodable {
  let element: Element?

  init(_ element: Element) { self.element = element }

  init(from decoder: any Decoder) throws {
    element = try? Element(from: decoder)
  }
}

private struct Element: Decodable {
  let soname: Names
  let feature: String?
  let description: String?
  let priority: String?

  private enum Key: CodingKey { case soname, feature, description, priority }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    soname = try container.decode(Names.self, forKey: .soname)
    // What only describes may be of any type without the names being lost.
    feature = try? container.decode(String.self, forKey: .feature)
    description = try? container.decode(String.self, forKey: .description)
    priority = try? container.decode(String.self, forKey: .priority)
  }
}

/// An array of names, or, in old drafts, one name.
private struct Names: Decodable {
  let names: [String]

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let names = try? container.decode([String].self) {
      self.names = names
    } else {
      names = [try container.decode(String.self)]
    }
  }
}
