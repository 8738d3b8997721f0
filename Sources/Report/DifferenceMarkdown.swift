package import Diff

/// Renders what bundles hold differently as Markdown, for a comment on a pull request.
///
/// - Parameter names: how the two are called.
package func renderDifferenceMarkdown(
  _ differences: [BundleDifference], names: (old: String, new: String)
) -> String {
  var text = "### \(code(escape(names.old))) → \(code(escape(names.new)))\n\n"
  guard !differences.isEmpty else { return text + "No difference.\n" }
  text += differences.summary + "\n"
  for difference in differences where !difference.isEmpty {
    if let title = difference.title { text += "\n#### \(cell(escape(title)))\n" }
    text +=
      "\nSize: \(renderSize(difference.oldSize)) → \(renderSize(difference.newSize))"
      + (difference.growth.map { " (\($0))" } ?? "") + "\n"
    text += table(
      "Loaded", difference.changes.filter(\.isClosure), isOpen: true)
    text += table("Other files", difference.changes.filter { !$0.isClosure }, isOpen: false)
    if !difference.settings.isEmpty {
      text += "\n| setting | before | after |\n| --- | --- | --- |\n"
      for setting in difference.settings {
        let values = [setting.old, setting.new].map { code(escape($0 ?? "")) }
        text += "| \(cell(escape(setting.name))) | \(values[0]) | \(values[1]) |\n"
      }
    }
    if !difference.libraries.isEmpty {
      text += "\n| library | before | after | |\n| --- | ---: | ---: | ---: |\n"
      for library in difference.libraries {
        let sizes = [library.oldSize, library.newSize].map { $0.map { renderSize($0) } ?? "" }
        text += "| \(code(library.name)) | \(sizes[0]) | \(sizes[1]) | \(library.growth ?? "") |\n"
      }
    }
  }
  return text
}

/// A long list is folded: what a reader looks for stands above it.
private func table(
  _ title: String, _ changes: [BundleDifference.Change], isOpen: Bool
) -> String {
  guard !changes.isEmpty else { return "" }
  var rows = "\n| | path | | why |\n| --- | --- | --- | --- |\n"
  for change in changes {
    rows +=
      "| \(change.kind.rawValue) | \(code(change.path)) | \(cell(change.description)) | "
      + "\(cell(change.reason ?? "")) |\n"
  }
  let heading = "\(title) (\(changes.count))"
  return "\n<details\(isOpen ? " open" : "")><summary>\(heading)</summary>\n\(rows)\n</details>\n"
}

/// Text of a table's cell in which nothing is markup.
///
/// - Parameter text: without controls.
private func cell(_ text: String) -> String {
  text.unicodeScalars.reduce(into: "") { result, scalar in
    switch scalar {
    case "|", "\\", "`", "*", "_", "<", ">", "[", "]", "&", "#", "~": result += "\\\(scalar)"
    default: result.unicodeScalars.append(scalar)
    }
  }
}

/// The same between backquotes, where nothing but those and the bar of a table means anything.
private func code(_ text: String) -> String {
  let plain = text.replacing("|", with: "\\|")
  if plain.isEmpty { return "" }
  // A table's bars are looked for before anything else, whatever stands before them.
  return plain.contains("`") || text.contains("\\") ? cell(text) : "`\(plain)`"
}
