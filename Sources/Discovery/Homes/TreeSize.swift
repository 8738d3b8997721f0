internal import FileTree

/// How large a directory is with all that is below it.
struct TreeSize {
  /// Of regular files; links aren't followed.
  private(set) var bytes: UInt64 = 0

  /// In entries: beyond it a directory is no program's own.
  private static let entryLimit = 1 << 16
  /// In directories within each other.
  private static let depthLimit = 48

  /// Nil for what is too large to be looked at, or can't be read.
  ///
  /// - Parameters:
  ///   - directory: physical.
  ///   - isLeftOut: whether what lies at some names below the directory doesn't count.
  init?(
    of directory: RootPath, in tree: any FileTree,
    leavingOut isLeftOut: ([ByteString]) -> Bool = { _ in false }
  ) {
    var entriesLeft = Self.entryLimit
    var pending: [(path: RootPath, names: [ByteString])] = [(directory, [])]
    while let next = pending.popLast() {
      guard next.names.count < Self.depthLimit, let entries = try? tree.entries(in: next.path),
        entries.count <= entriesLeft
      else { return nil }
      entriesLeft -= entries.count
      for entry in entries where !isLeftOut(next.names + [entry.name]) {
        let path = next.path.appending(entry.name)
        switch entry.kind {
        case .directory: pending.append((path, next.names + [entry.name]))
        case .regular: bytes += (try? tree.status(of: path).size) ?? 0
        default: break
        }
      }
    }
  }
}
