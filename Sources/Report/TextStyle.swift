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

/// Rows whose cells stand in columns; the last column isn't padded.
struct TextTable {
  struct Cell {
    var text: String
    var tone: TextStyle.Tone?
    var alignsRight = false

    init(_ text: String, _ tone: TextStyle.Tone? = nil, alignsRight: Bool = false) {
      self.text = text
      self.tone = tone
      self.alignsRight = alignsRight
    }
  }

  var rows: [[Cell]] = []

  func render(_ style: TextStyle) -> String {
    var widths: [Int] = []
    for row in rows {
      for (column, cell) in row.enumerated() {
        if column == widths.count { widths.append(0) }
        widths[column] = max(widths[column], cell.text.count)
      }
    }
    // Where a table is wider than the screen, its widest column isn't padded: rows that fit stay on
    // one line.
    if let width = style.width, widths.reduce(-2, { $0 + $1 + 2 }) > width,
      let widest = widths.indices.dropLast().max(by: { widths[$0] < widths[$1] })
    {
      widths[widest] = 0
    }
    return rows.map { row in
      row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: max(0, widths[column] - cell.text.count))
        let text = cell.tone.map { style.paint(cell.text, $0) } ?? cell.text
        if cell.alignsRight { return padding + text }
        return column == row.count - 1 ? text : text + padding
      }.joined(separator: "  ") + "\n"
    }.joined()
  }
}
