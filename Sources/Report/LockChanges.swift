package import Image

extension [LockChange] {
  /// `2 changed, 1 added`.
  package var summary: String {
    let kinds: [(LockChange.Kind, String)] = [
      (.changed, "changed"), (.added, "added"), (.removed, "removed"),
    ]
    return kinds.compactMap { kind, word in
      let count = count { $0.kind == kind }
      return count > 0 ? "\(count) \(word)" : nil
    }.joined(separator: ", ")
  }
}

/// Renders what two locks tell different things of, one path a line: what became of it, and why it ships.
package func renderLockChanges(_ changes: [LockChange], _ style: TextStyle) -> String {
  var table = TextTable()
  for change in changes {
    let (word, tone): (String, TextStyle.Tone) =
      switch change.kind {
      case .added: ("added", .good)
      case .removed: ("removed", .bad)
      case .changed: ("changed", .strong)
      }
    table.rows.append([
      .init(word, tone), .init((change.platform.map { "\($0): " } ?? "") + change.path),
      .init(describe(change)), .init((change.new ?? change.old)?.reason ?? "", .faint),
    ])
  }
  return table.render(style)
}

/// What of an entry changed: the first that tells most.
private func describe(_ change: LockChange) -> String {
  guard let old = change.old, let new = change.new else {
    return (change.new ?? change.old)?.size.map { renderSize($0) } ?? ""
  }
  if old.type != new.type { return "\(old.type) → \(new.type)" }
  if let before = old.target, let after = new.target, before != after {
    return "\(before) → \(after)"
  }
  if let before = old.size, let after = new.size, before != after {
    return "\(renderSize(before)) → \(renderSize(after))"
  }
  if old.sha256 != new.sha256 { return "other content of the same size" }
  return "mode \(old.mode) → \(new.mode)"
}
