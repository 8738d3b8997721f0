internal import FileTree

/// How text is to look: with colour or not, and how many columns there are.
package struct TextStyle: Sendable {
  package enum Tone: String, Sendable {
    case strong = "1"
    case faint = "2"
    case bad = "31"
    case good = "32"
  }

  package let usesColor: Bool
  /// Columns of the terminal; nil if the text goes elsewhere.
  package let width: Int?

  package init(usesColor: Bool, width: Int?) {
    self.usesColor = usesColor
    self.width = width
  }

  package static let plain = TextStyle(usesColor: false, width: nil)

  package func paint(_ text: String, _ tone: Tone) -> String {
    usesColor && !text.isEmpty ? "\u{1B}[\(tone.rawValue)m\(text)\u{1B}[0m" : text
  }
}

/// Renders a size in bytes with decimal units: `532 B`, `1.9 kB`, `25.4 MB`.
package func renderSize(_ bytes: UInt64) -> String {
  if bytes < 1000 { return "\(bytes) B" }
  var tenths = (bytes + 50) / 100
  for unit in ["kB", "MB", "GB"] {
    if tenths < 10_000 || unit == "GB" { return "\(tenths / 10).\(tenths % 10) \(unit)" }
    tenths = (tenths + 500) / 1000
  }
  return "\(bytes) B"
}

/// The singular or the plural with its number: `1 object`, `3 objects`.
package func count(_ number: Int, _ singular: String, _ plural: String? = nil) -> String {
  "\(number) \(number == 1 ? singular : plural ?? singular + "s")"
}

/// Text from a file with what could move a terminal's cursor escaped, as in a file's name.
func escape(_ text: String) -> String { ByteString(text).description }
