internal import FileTree

/// A file of `[section]` lines and `key = value` lines.
enum SectionedFile {
  struct Entry: Hashable {
    /// Empty before the first section.
    let section: ByteString
    let key: ByteString
    /// Without quotes.
    let value: ByteString
    /// The first being 1.
    let line: Int
  }

  /// The entries in the file's order. Lines that begin with `#` or `;` are comments.
  static func entries(at path: ByteString, in root: inout RootView) -> [Entry] {
    var section: ByteString = ""
    var entries: [Entry] = []
    for (number, text) in root.lines(at: path) {
      let line = ConfigurationText.trim(text)
      guard let first = line.bytes.first else { continue }
      switch first {
      case UInt8(ascii: "#"), UInt8(ascii: ";"): continue
      case UInt8(ascii: "["):
        section = ConfigurationText.trim(
          ByteString(line.bytes.dropFirst().prefix { $0 != UInt8(ascii: "]") }))
      default:
        guard let (key, value) = ConfigurationText.pair(line, at: "=") else { continue }
        entries.append(
          Entry(
            section: section, key: key, value: ConfigurationText.withoutQuotes(value),
            line: number))
      }
    }
    return entries
  }
}
