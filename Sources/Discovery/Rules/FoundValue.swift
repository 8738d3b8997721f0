internal import FileTree
internal import Rules

/// A value that a rule came to: a path, or another text.
struct FoundValue: Hashable {
  var text: ByteString
  /// What names it, where that isn't the object itself.
  var evidence: Evidence?

  /// A part of the text.
  func piece(_ piece: Template.Piece) -> FoundValue {
    let text: ByteString =
      switch piece {
      case .parent: self.text.directoryPart
      case .name: ConfigurationText.name(of: self.text)
      case .stem: Self.stem(of: ConfigurationText.name(of: self.text))
      }
    return FoundValue(text: text, evidence: evidence)
  }

  private static func stem(of name: ByteString) -> ByteString {
    guard let dot = name.bytes.lastIndex(of: UInt8(ascii: ".")), dot > 0 else { return name }
    return ByteString(name.bytes[..<dot])
  }
}

/// An entry of a file as templates ask for it.
struct BoundEntry {
  var entry: FileEntry
  /// The file, by its path.
  let file: ByteString

  var evidence: Evidence { .line(entry.line, of: file) }

  /// Nil where the entry has no such value, or one with a variable that nobody knows.
  subscript(name: String) -> ByteString? {
    let text: ByteString? =
      switch Template.Entry(rawValue: name) {
      case .key: entry.key
      case .value: entry.value.isEmpty ? nil : entry.value
      case .last: entry.words.last
      case .file: file
      case nil:
        Int(name).flatMap { entry.words.indices.contains($0 - 1) ? entry.words[$0 - 1] : nil }
      }
    return text.flatMap { $0.contains(UInt8(ascii: "$")) ? nil : $0 }
  }
}
