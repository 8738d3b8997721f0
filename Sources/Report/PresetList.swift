package import Discovery
internal import FileTree

/// The JSON of `presets`; same rules as for ``InspectDocument``.
package struct PresetDocument: Encodable {
  let schemaVersion: Int
  let presets: [Entry]

  struct Entry: Encodable {
    let name: String
    let summary: String
    /// Whether this root has anything of it.
    let available: Bool
    /// In bytes.
    let size: UInt64
    let wishes: [NeedDocument.Request]
  }

  package init(_ contents: [PresetContents]) {
    schemaVersion = InspectDocument.schemaVersion
    presets = contents.map { content in
      Entry(
        name: content.preset.topic.name, summary: content.preset.summary,
        available: !content.wishes.isEmpty, size: content.size,
        wishes: content.wishes.map { NeedDocument.Request($0) })
    }
  }
}

/// Renders presets as a table: name, size in this root, what it is.
package func renderPresets(_ contents: [PresetContents], _ style: TextStyle) -> String {
  var table = TextTable()
  for content in contents {
    table.rows.append([
      .init(content.preset.topic.name, .strong),
      .init(
        content.wishes.isEmpty ? "-" : renderSize(content.size),
        content.wishes.isEmpty ? .faint : nil,
        alignsRight: true),
      .init(content.preset.summary),
    ])
  }
  return table.render(style)
    + style.paint("-: by itself it adds nothing here; what names it decides\n", .faint)
}
