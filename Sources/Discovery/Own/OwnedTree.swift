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
  ///   - takesPrograms: whether what can be started is taken as well: a library has helpers of programs that
  ///     are somebody else's.
  init?(
    _ directory: ByteString, of family: PackageFamily, takesPrograms: Bool,
    in root: inout RootView
  ) {
    guard let place = root.resolve(directory), place.status.kind == .directory else { return nil }
    let isShared = family.isShared(place.real, in: root)
    var walk = Walk(
      family: family, isShared: isShared, takesPrograms: takesPrograms, left: Self.limit)
    _ = walk.measure(place.real, names: [], in: &root)
    size = walk.size
    let leftOut = walk.leftOut
    wishes =
      walk.count == 0
      ? [] : TreeSelection.wishes(for: directory, in: &root) { leftOut.contains($0) }
  }

  private struct Walk {
    let family: PackageFamily
    let isShared: Bool
    let takesPrograms: Bool
    var left: Int
    var size: UInt64 = 0
    var count = 0
    var leftOut: Set<[ByteString]> = []

    private func isLeftProgram(_ name: ByteString, _ status: FileStatus) -> Bool {
      !takesPrograms && status.kind == .regular && status.permissions & 0o111 != 0
        && !ConfigurationText.contains(".so", in: name)
    }

    /// Static libraries and objects, and what compilers of OCaml, Haskell and others read beside them.
    private static func isForLinkers(_ name: ByteString) -> Bool {
      ([".a", ".o", ".cmx", ".cmxa", ".cmt", ".cmti", ".hi", ".dyn_hi", ".p_hi"] as [ByteString])
        .contains { name.hasSuffix($0) }
    }

    /// Whether anything of a directory is taken.
    mutating func measure(_ directory: RootPath, names: [ByteString], in root: inout RootView)
      -> Bool
    {
      var takes = false
      for name in (try? root.tree.names(in: directory)) ?? [] where left > 0 {
        left -= 1
        let path = directory.appending(name)
        guard let status = try? root.tree.status(of: path) else { continue }
        let isTaken: Bool
        // A link is what it leads to.
        let target = status.kind == .symbolicLink ? root.resolve(path.text)?.status : status
        if Self.isForLinkers(name) || target.map({ isLeftProgram(name, $0) }) == true {
          isTaken = false
        } else if status.kind == .directory {
          isTaken = measure(path, names: names + [name], in: &root)
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
