package import FileTree
internal import Loader

/// What a preset would bring from one root by itself.
package struct PresetContents: Sendable {
  package let preset: Preset
  package let wishes: [Wish]
  /// Of all files. In bytes.
  package let size: UInt64

  /// Every preset, in the order of a listing.
  package static func all(
    in tree: any FileTree, rules: RuleSet = .compiledIn
  ) -> [PresetContents] {
    var root = RootView(tree: tree, systemDirectories: systemDirectories(of: tree))
    return Preset.all(by: rules).map { preset in
      let wishes = PresetWishes.wishes(preset.topic, detail: nil, for: nil, in: &root)
      return PresetContents(
        preset: preset, wishes: wishes, size: wishes.reduce(0) { $0 + size(of: $1, in: &root) })
    }
  }

  /// The places in a bundle that presets fill, with the presets.
  package static func places(in tree: any FileTree) -> [(place: RootPath, topic: Topic)] {
    all(in: tree).flatMap { contents in
      contents.wishes.compactMap { wish in
        switch wish {
        case .path(let source, let place): place ?? RootPath(normalising: source)
        case .directory(let path, _, _), .generated(let path, _), .lines(let path, _): path
        case .library: nil
        }
      }.map { ($0, contents.preset.topic) }
    }
  }

  /// Where the system's own programs find libraries, told by the one that all systems have.
  private static func systemDirectories(of tree: any FileTree) -> [ByteString] {
    var loader = Loader(tree: tree)
    let closure = try? loader.closure(of: "/bin/sh")
    return closure?.systemDirectories ?? []
  }

  private static func size(of wish: Wish, in root: inout RootView) -> UInt64 {
    switch wish {
    case .directory: return 0
    case .generated(_, let bytes): return UInt64(bytes.count)
    case .lines(_, let lines): return lines.reduce(0) { $0 + UInt64($1.count) + 1 }
    case .library(let names, _):
      let places = names.flatMap { name in
        name.hasPrefix("/") ? [name] : root.systemDirectories.map { $0 + name }
      }
      return places.first { root.isFile($0) }.flatMap { root.resolve($0)?.status.size } ?? 0
    case .path(let source, _):
      guard let file = root.resolve(source) else { return 0 }
      return size(of: file.real, file.status, in: root.tree)
    }
  }

  private static func size(
    of path: RootPath, _ status: FileStatus, in tree: any FileTree
  ) -> UInt64 {
    guard status.kind == .directory else { return status.kind == .regular ? status.size : 0 }
    return ((try? tree.names(in: path)) ?? []).reduce(0) { sum, name in
      let child = path.appending(name)
      guard let status = try? tree.status(of: child) else { return sum }
      return sum + size(of: child, status, in: tree)
    }
  }
}
