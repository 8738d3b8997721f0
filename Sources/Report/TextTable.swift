/// Rows whose cells stand in columns; the last column isn't padded.
struct TextTable {
  struct Cell {
    let text: String
    let tone: TextStyle.Tone?
    let alignsRight: Bool
    /// In columns of a terminal: one for each scalar, which is right for paths and tree lines.
    let width: Int

    init(_ text: String, _ tone: TextStyle.Tone? = nil, alignsRight: Bool = false) {
      self.text = text
      self.tone = tone
      self.alignsRight = alignsRight
      width = text.utf8.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    }
  }

  var rows: [[Cell]] = []

  private static let gap = "  "

  func render(_ style: TextStyle) -> String {
    let widths = columnWidths(style)
    var text = ""
    for row in rows {
      for (column, cell) in row.enumerated() {
        if column > 0 { text += Self.gap }
        let padding = max(0, widths[column] - cell.width)
        if cell.alignsRight { Self.pad(&text, padding) }
        text += cell.tone.map { style.paint(cell.text, $0) } ?? cell.text
        if !cell.alignsRight, column < row.count - 1 { Self.pad(&text, padding) }
      }
      text += "\n"
    }
    return text
  }

  private func columnWidths(_ style: TextStyle) -> [Int] {
    var widths: [Int] = []
    for row in rows {
      for (column, cell) in row.enumerated() {
        if column == widths.count { widths.append(0) }
        widths[column] = max(widths[column], cell.width)
      }
    }
    // Where a table is wider than the screen, its widest column isn't padded: rows that fit stay on
    // one line.
    if let width = style.width, widths.reduce(-2, { $0 + $1 + Self.gap.count }) > width,
      let widest = widths.indices.dropLast().max(by: { widths[$0] < widths[$1] })
    {
      widths[widest] = 0
    }
    return widths
  }

  private static func pad(_ text: inout String, _ count: Int) {
    for _ in 0..<count { text.append(" ") }
  }
}
