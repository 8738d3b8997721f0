package import Diff

extension [BundleDifference] {
  package var isEmpty: Bool { allSatisfy(\.isEmpty) }

  /// `2 changed, 1 added`.
  package var summary: String {
    let kinds: [BundleDifference.Change.Kind] = [.changed, .added, .removed]
    let changes = flatMap(\.changes)
    let parts = kinds.compactMap { kind in
      let count = changes.count { $0.kind == kind }
      return count > 0 ? "\(count) \(kind.rawValue)" : nil
    }
    let settings = flatMap(\.settings).count
    return (parts + (settings > 0 ? [Report.count(settings, "setting") + " changed"] : []))
      .joined(separator: ", ")
  }
}

/// Renders what bundles hold differently: what is loaded first, then other files, an image's settings, and
/// the libraries that grew or shrank.
package func renderDifferences(_ differences: [BundleDifference], _ style: TextStyle) -> String {
  var text = ""
  for difference in differences where !difference.isEmpty {
    if let title = difference.title { text += style.paint(escape(title), .strong) + "\n" }
    text += renderChanges(difference.changes, style) + renderSettings(difference.settings, style)
    text += renderLibraries(difference.libraries, style)
    text += "size: \(renderSize(difference.oldSize)) → \(renderSize(difference.newSize))"
    text += "\(difference.growth.map { " (\($0))" } ?? "")\n"
  }
  return text + (differences.isEmpty ? "no difference\n" : differences.summary + "\n")
}

private func renderChanges(
  _ changes: [BundleDifference.Change], _ style: TextStyle
) -> String {
  var text = ""
  let parts = [("loaded:", changes.filter(\.isClosure)), ("", changes.filter { !$0.isClosure })]
  for (title, part) in parts where !part.isEmpty {
    var table = TextTable()
    for change in part {
      let tone: TextStyle.Tone =
        switch change.kind {
        case .added: .good
        case .removed: .bad
        case .changed: .strong
        }
      table.rows.append([
        .init("  " + change.kind.rawValue, tone), .init(change.path),
        .init(change.description), .init(change.reason ?? "", .faint),
      ])
    }
    text += (title.isEmpty ? (text.isEmpty ? "" : "not loaded:\n") : title + "\n")
    text += table.render(style)
  }
  return text
}

private func renderSettings(
  _ settings: [BundleDifference.SettingChange], _ style: TextStyle
) -> String {
  guard !settings.isEmpty else { return "" }
  var table = TextTable()
  for setting in settings {
    table.rows.append([
      .init("  " + escape(setting.name), .strong),
      .init("\(escape(setting.old ?? "(none)")) → \(escape(setting.new ?? "(none)"))"),
    ])
  }
  return "settings:\n" + table.render(style)
}

private func renderLibraries(
  _ libraries: [BundleDifference.Library], _ style: TextStyle
) -> String {
  guard !libraries.isEmpty else { return "" }
  var table = TextTable()
  for library in libraries {
    table.rows.append([
      .init("  " + library.name),
      .init(library.oldSize.map { renderSize($0) } ?? "-", alignsRight: true), .init("→"),
      .init(library.newSize.map { renderSize($0) } ?? "-", alignsRight: true),
      .init(library.growth ?? "", .faint),
    ])
  }
  return "libraries by size:\n" + table.render(style)
}

extension BundleDifference.Change {
  /// What of it changed: the first that tells most.
  var description: String {
    guard let old, let new else { return (new ?? old)?.size.map { renderSize($0) } ?? "" }
    if old.kind != new.kind { return "\(old.kind.rawValue) → \(new.kind.rawValue)" }
    if let before = old.target, let after = new.target, before != after {
      return "\(before) → \(after)"
    }
    if let before = old.size, let after = new.size, before != after {
      return "\(renderSize(before)) → \(renderSize(after))"
    }
    if old.digest != new.digest { return "other content of the same size" }
    if old.mode != new.mode {
      return "mode \(String(old.mode, radix: 8)) → \(String(new.mode, radix: 8))"
    }
    if old.attributes != new.attributes, old.attributes != nil, new.attributes != nil {
      return "other extended attributes"
    }
    return "owner \(old.owner ?? "") → \(new.owner ?? "")"
  }
}

extension BundleDifference {
  /// What tells it from others; nil where it is the only one.
  var title: String? {
    guard let platform else { return nil }
    return image.map { "\($0) (\(platform))" } ?? platform
  }

  var growth: String? { Report.growth(from: oldSize, to: newSize) }
}

extension BundleDifference.Library {
  var growth: String? { Report.growth(from: oldSize ?? 0, to: newSize ?? 0) }
}

/// `+1.2 MB`; nil where both are the same.
private func growth(from old: UInt64, to new: UInt64) -> String? {
  if old == new { return nil }
  return new > old ? "+" + renderSize(new - old) : "-" + renderSize(old - new)
}
