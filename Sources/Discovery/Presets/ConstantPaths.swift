internal import FileTree

/// Files and directories of a library's own, whose paths were compiled into it.
enum ConstantPaths {
  /// What is there for compilers and people.
  private static let others: [RootPath] = [
    "/usr/include", "/usr/share/doc", "/usr/share/info", "/usr/share/man",
  ]
  /// In paths of one object.
  private static let limit = 64

  /// The paths that have a part and exist, alone or in lists with colons or blanks.
  ///
  /// - Parameter part: with `*` at its end, what begins with such a path is meant, and with `/..` a
  ///   directory that it lies in.
  static func wishes(
    _ part: String?, of object: ObservedObject?, in root: inout RootView
  ) -> [Wish] {
    guard let part, let object else { return [] }
    var text = ByteString(part)
    var ending: ByteString = ""
    while let mark = [ByteString("*"), "/.."].first(where: { text.hasSuffix($0) }) {
      text = ByteString(text.bytes.dropLast(mark.count))
      ending = mark + ending
    }
    let candidates = ObjectStrings(of: object, in: &root).containing(text).flatMap {
      $0.split { $0 == UInt8(ascii: ":") || ConfigurationText.isBlank($0) }
    }
    var paths: [ByteString] = []
    var seen: Set<RootPath> = []
    for candidate in candidates {
      guard candidate.hasPrefix("/"), ConfigurationText.contains(text, in: candidate),
        !PathPattern.isPattern(candidate), !isForPeople(candidate)
      else { continue }
      for path in PathPattern.paths(matching: candidate + ending, in: &root) {
        let path = RootPath(normalising: path)
        // A file may be any that the compiler told of, and a top directory anybody's.
        guard path.names.count > 2, ending == "*" || root.isDirectory(path.text) else { continue }
        if paths.count < limit, seen.insert(path).inserted { paths.append(path.text) }
      }
    }
    return paths.flatMap { path in
      root.isDirectory(path)
        ? TreeSelection.wishes(for: path, in: &root) : [.path(path, at: nil)]
    }
  }

  private static func isForPeople(_ path: ByteString) -> Bool {
    let path = RootPath(normalising: path)
    return others.contains { path.isInside($0) }
  }
}
