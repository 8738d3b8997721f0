internal import FileTree

/// The old names of `/run` and `/run/lock`: what is made in one is opened by the other.
///
/// Source: Filesystem Hierarchy Standard 3.0, 5.13 `/var/run`.
enum RunLinks {
  private static let links: [(path: RootPath, place: RootPath)] = [
    ("/var/run", "/run"), ("/var/lock", "/run/lock"),
  ]

  /// Adds those that the root has, where something lies behind them.
  static func add(of tree: any FileTree, to draft: inout PlanDraft) throws(PlanError) {
    for (path, place) in links where draft.nodes[place] != nil && draft.nodes[path] == nil {
      guard let text = try? tree.linkText(of: path) else { continue }
      try draft.add(.symbolicLink(text), at: path, because: .link(to: place.text))
    }
  }
}
