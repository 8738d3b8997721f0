internal import FileTree

/// How the directories of programs and libraries lie in an image that a bundle is unpacked onto.
///
/// Engines that keep layers apart let a directory of one take the place of a lower one's link, with all that
/// is behind it, and the other way round: so a bundle has neither links nor directories that the base has
/// otherwise.
package enum BaseLayout: String, CaseIterable, Hashable, Sendable {
  /// `/bin`, `/lib` and their like are links into `/usr`.
  case merged
  /// They are directories of their own.
  case split

  /// What merging `/usr` makes links of (systemd's `file-hierarchy(7)`, Debian's `usrmerge`).
  static let directories: Set<ByteString> = [
    "bin", "sbin", "lib", "lib32", "lib64", "libx32", "libo32",
  ]

  /// Whether a path is one of those directories.
  static func isDirectory(_ path: RootPath) -> Bool {
    path.parent.isRoot && directories.contains(path.name)
  }

  /// The entries of a plan without its root links. Where the base has a directory of its own in place of one,
  /// links in that lead to the files that the root's link led to.
  ///
  /// - Parameter entries: in the order of an archive.
  /// - Returns: in the same order.
  func entries(from entries: [BundleEntry]) -> [BundleEntry] {
    var result = entries.filter { $0.reason != .rootLink }
    var known = Set(result.map(\.path))
    var resolver = PathResolver(tree: PlanTree(entries))
    for link in entries where link.reason == .rootLink {
      guard case .symbolicLink(let text) = link.node,
        let target = try? resolver.resolve(link.path.text).real
      else { continue }
      let place = place(of: link.path, leadingTo: text)
      guard place != target else { continue }
      for entry in entries where entry.path != target && entry.path.isInside(target) {
        if case .directory = entry.node { continue }
        let path = RootPath(
          normalising: place.text + ByteString(entry.path.text.bytes.dropFirst(target.text.count)))
        for parent in path.ancestors where known.insert(parent).inserted {
          result.append(
            BundleEntry(
              path: parent, node: .directory(permissions: 0o755), reason: .parent,
              stratum: .skeleton))
        }
        guard known.insert(path).inserted else { continue }
        result.append(
          BundleEntry(
            path: path, node: .symbolicLink(ByteString(linkFrom: path, to: entry.path)),
            reason: .link(to: entry.path.text), stratum: entry.stratum))
      }
    }
    return result.map { (name: $0.archiveName, entry: $0) }.sorted { $0.name < $1.name }
      .map(\.entry)
  }

  /// Where a name in a root link lies on the base.
  private func place(of link: RootPath, leadingTo text: ByteString) -> RootPath {
    switch self {
    case .split: link
    // A root that is merged itself, has the base's own link.
    case .merged where PlanDraft.isMergedLink(link, text):
      RootPath(
        normalising: text.hasPrefix("/") ? text : "/" + text)
    case .merged: RootPath(normalising: "/usr" + link.text)
    }
  }
}

extension ByteString {
  /// The text of a link from one path to another.
  init(linkFrom path: RootPath, to target: RootPath) {
    self =
      path.ancestors.reduce(ByteString("")) { text, _ in text + "../" }
      + ByteString(target.text.bytes.dropFirst())
  }

  /// A link's text that leads to the same from another place.
  ///
  /// - Parameters:
  ///   - path: where the text was made for.
  ///   - place: where the link lies. What both have as their last names moved along.
  func linkText(movedFrom path: RootPath, to place: RootPath) -> ByteString {
    let (old, new) = (path.parent.names, place.parent.names)
    guard old != new, !hasPrefix("/") else { return self }
    var (depth, lowest) = (0, 0)
    for name in bytes.split(separator: UInt8(ascii: "/")) where !name.elementsEqual(".".utf8) {
      depth += name.elementsEqual("..".utf8) ? -1 : 1
      lowest = min(lowest, depth)
    }
    let common = zip(old.reversed(), new.reversed()).prefix { $0 == $1 }.count
    guard -lowest > 0, -lowest >= common else { return self }
    return ByteString(
      linkFrom: place, to: RootPath(normalising: path.parent.text + "/" + self))
  }
}
