internal import FileTree

/// What of a directory an object takes: all that is its own in it.
struct OwnedTree {
  let wishes: [Wish]
  /// Of all files that the wishes bring. In bytes.
  let size: UInt64

  /// In entries; no program has more data.
  private static let limit = 1 << 17

  /// - Parameters:
  ///   - directory: in-root, as the object names it.
  ///   - family: whose files count.
  init?(_ directory: ByteString, of family: PackageFamily, in root: inout RootView) {
    guard let place = root.resolve(directory), place.status.kind == .directory else { return nil }
    let isShared = family.isShared(place.real, in: root)
    var walk = Walk(family: family, isShared: isShared, left: Self.limit)
    _ = walk.measure(place.real, names: [], in: root)
    size = walk.size
    let leftOut = walk.leftOut
    wishes =
      walk.count == 0
      ? [] : TreeSelection.wishes(for: directory, in: &root) { leftOut.contains($0) }
  }

  private struct Walk {
    let family: PackageFamily
    let isShared: Bool
    var left: Int
    var size: UInt64 = 0
    var count = 0
    var leftOut: Set<[ByteString]> = []

    /// Whether anything of a directory is taken.
    mutating func measure(_ directory: RootPath, names: [ByteString], in root: RootView) -> Bool {
      var takes = false
      for name in (try? root.tree.names(in: directory)) ?? [] where left > 0 {
        left -= 1
        let path = directory.appending(name)
        guard let status = try? root.tree.status(of: path) else { continue }
        let isTaken: Bool
        if status.kind == .directory {
          isTaken = measure(path, names: names + [name], in: root)
        } else {
          isTaken = !isShared || family.kinship(of: path, in: root) < .other
          if isTaken {
            count += 1
            if status.kind == .regular { size += status.size }
          }
        }
        if isTaken { takes = true } else { leftOut.insert(names + [name]) }
      }
      return takes
    }
  }
}
