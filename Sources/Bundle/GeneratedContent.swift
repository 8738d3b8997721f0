internal import Discovery
internal import FileTree

/// A directory or file that is made for needs.
struct GeneratedContent {
  let path: RootPath
  let node: BundleEntry.Node
  /// Of a directory; nil for the owner that all files have.
  let owner: FileStatus.Owner?
  /// The first need that asks for it, by its place in the list of needs.
  let need: Int

  /// The wishes of all needs, the lines of one file joined, in the order of asking; of lines that tell of
  /// the same thing the first counts.
  static func merged(_ wishes: [NeededContent]) -> [GeneratedContent] {
    var merged: [GeneratedContent] = []
    var lines: [RootPath: [ByteString]] = [:]
    var keys: [RootPath: Set<ByteString>] = [:]
    for case .lines(let path, let own) in wishes.map(\.wish) {
      for line in own where keys[path, default: []].insert(key(line)).inserted {
        lines[path, default: []].append(line)
      }
    }
    var paths: Set<RootPath> = []
    let owners = owners(wishes)
    for wish in wishes {
      let node: (RootPath, BundleEntry.Node)? =
        switch wish.wish {
        case .directory(let path, let permissions, _):
          (path, .directory(permissions: permissions))
        case .generated(let path, let bytes):
          (path, .file(.generated(bytes), permissions: 0o644))
        case .lines(let path, _):
          (path, .file(.generated(text(lines[path] ?? [])), permissions: 0o644))
        case .library, .path: nil
        }
      guard let (path, content) = node, paths.insert(path).inserted else { continue }
      merged.append(
        GeneratedContent(path: path, node: content, owner: owners[path], need: wish.need))
    }
    return merged
  }

  /// Who owns each directory: the first owner that a need knows of, since most needs know only that there
  /// has to be one.
  private static func owners(_ wishes: [NeededContent]) -> [RootPath: FileStatus.Owner] {
    var owners: [RootPath: FileStatus.Owner] = [:]
    for case .directory(let path, _, let owner?) in wishes.map(\.wish) where owners[path] == nil {
      owners[path] = owner
    }
    return owners
  }

  /// What a line tells of: that is its first field in the files of passwd(5), group(5) and
  /// nsswitch.conf(5).
  private static func key(_ line: ByteString) -> ByteString {
    guard let colon = line.bytes.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { return line }
    return ByteString(line.bytes[..<colon])
  }

  private static func text(_ lines: [ByteString]) -> [UInt8] {
    lines.flatMap { $0.bytes + [UInt8(ascii: "\n")] }
  }

  /// Adds it where nothing is yet: what additions brought stays as it is.
  func add(to draft: inout PlanDraft, because reason: Provenance) throws(PlanError) {
    let isDirectory = if case .directory = node { true } else { false }
    let place = try draft.physicalPath(
      isDirectory ? path.text + "/." : path.text, followingRoot: true)
    draft.yields = true
    defer { draft.yields = false }
    try draft.add(node, at: place, because: reason, owner: owner)
  }
}
