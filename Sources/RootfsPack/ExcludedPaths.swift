internal import Bundle
internal import Discovery
internal import FileTree
internal import Loader

/// What the user leaves out of a bundle: files of the root that aren't there for anybody.
struct ExcludedPaths {
  /// Of physical, in-root paths; a star stands for slashes too.
  let globs: [ByteString]

  /// The glob by which a path is left out, or a directory above it.
  func glob(for path: RootPath) -> ByteString? {
    globs.first { glob in
      PathPattern.matches(path.text, glob)
        || path.ancestors.contains { PathPattern.matches($0.text, glob) }
    }
  }

  /// The root without what is left out.
  func applied(to tree: any FileTree) -> any FileTree {
    guard !globs.isEmpty else { return tree }
    let globs = globs
    return FilteredTree(tree) { path in
      globs.contains { PathPattern.matches(path.text, $0) }
    }
  }

  /// What asks for something that is left out, a line for each.
  func complaints(of contents: PlanContents) -> [String] {
    guard !globs.isEmpty else { return [] }
    var lines: [String] = []
    func add(_ path: ByteString, _ words: String) {
      guard let glob = glob(for: RootPath(normalising: path)) else { return }
      let line = "warning: --exclude \(glob): leaves out \(path), \(words)"
      if !lines.contains(line) { lines.append(line) }
    }
    for graph in contents.subjects.map(\.graph) {
      for request in graph.missing {
        let requester = graph.objects[request.requester].openedPath
        for attempt in request.attempts { add(attempt.path, "needed by \(requester)") }
      }
    }
    for need in contents.needs where need.isEssential {
      let evidence = need.evidence.first.map { " (\($0))" } ?? ""
      for wish in need.wishes {
        if case .path(let source, _) = wish { add(source, need.purpose + evidence) }
      }
    }
    return lines
  }
}
