internal import FileTree

/// Links of a root that join directories: those of a merged `/usr`, and `/var/run`.
///
/// Packages list their files by whichever way their makers knew, so a path of a record is turned into the
/// physical one. Source: file-hierarchy(7), "Compatibility Symlinks".
struct DirectoryLinks {
  private struct Link {
    /// With a `/` behind.
    let from: [UInt8]
    let to: [UInt8]
  }

  private var links: [Link] = []
  /// By the first letter of a path, whether a link may begin it.
  private var begins = [Bool](repeating: false, count: 256)
  private let tree: any FileTree

  /// Directories that hold such links.
  private static let places: [RootPath] = [.root, "/usr", "/usr/local", "/var"]
  /// No real root has more in these directories together.
  private static let limit = 64

  init(_ tree: any FileTree) {
    self.tree = tree
    var resolver = PathResolver(tree: tree)
    for place in Self.places {
      for entry in (try? tree.entries(in: place)) ?? [] where entry.kind == .symbolicLink {
        let link = place.appending(entry.name)
        guard links.count < Self.limit, let target = try? resolver.resolve(link.text),
          target.status.kind == .directory, !target.real.isRoot
        else { continue }
        links.append(Link(from: (link.text + "/").bytes, to: (target.real.text + "/").bytes))
        begins[Int(link.text.bytes[1])] = true
      }
    }
  }

  /// The physical path of what a record names; nil if it is physical as it stands.
  func physical(_ path: ArraySlice<UInt8>) -> [UInt8]? {
    guard path.count > 1, begins[Int(path[path.startIndex + 1])] else { return nil }
    let first = step(path)
    // A directory may be reached over a link by its old name, and hold one itself.
    return first.flatMap { step($0[...]) } ?? first
  }

  func physical(_ path: RootPath) -> RootPath {
    physical(path.text.bytes[...]).map { RootPath(normalising: ByteString($0)) } ?? path
  }

  private func step(_ path: ArraySlice<UInt8>) -> [UInt8]? {
    links.first { path.starts(with: $0.from) }.map { $0.to + path.dropFirst($0.from.count) }
  }

  /// The other way to write a path where `/usr` is merged; nil if something else is there.
  ///
  /// A part of a root that was copied lacks the links at its top.
  func otherSpelling(of path: RootPath) -> RootPath? {
    let usr: RootPath = "/usr"
    let other =
      path.isInside(usr)
      ? RootPath(normalising: ByteString(path.text.bytes.dropFirst(usr.text.count)))
      : RootPath(normalising: usr.text + path.text)
    return (try? tree.status(of: other)) == nil ? other : nil
  }
}
