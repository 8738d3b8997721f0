internal import FileTree

/// Finds links that lead above the root.
///
/// Inside of the bundle they don't, since the kernel's `..` of a root is the root; whoever follows them in an
/// unpacked tree of the host lands outside of it.
struct LinkConfinement {
  private let links: [RootPath: ByteString]

  init(_ entries: [ArchiveEntry]) {
    var links: [RootPath: ByteString] = [:]
    for entry in entries {
      if case .symbolicLink(let text) = entry.node { links[entry.path] = text }
    }
    self.links = links
  }

  /// Whether the way that a link's text goes has a `..` at the root.
  func leavesRoot(_ link: RootPath) -> Bool {
    guard let text = links[link] else { return false }
    var place = start(of: text, in: link.parent)
    var pending = Self.names(text)
    var hops = 0
    while let name = pending.popLast() {
      if name.elementsEqual(".".utf8) { continue }
      if name.elementsEqual("..".utf8) {
        if place.isRoot { return true }
        place = place.parent
        continue
      }
      let next = place.appending(ByteString(name))
      guard let inner = links[next] else {
        place = next
        continue
      }
      hops += 1
      // A loop leads nowhere.
      guard hops < PathResolver.linkLimit else { return false }
      place = start(of: inner, in: place)
      pending += Self.names(inner)
    }
    return false
  }

  private func start(of text: ByteString, in directory: RootPath) -> RootPath {
    text.hasPrefix("/") ? .root : directory
  }

  /// The last name first.
  private static func names(_ text: ByteString) -> [ArraySlice<UInt8>] {
    text.bytes.split(separator: UInt8(ascii: "/")).reversed()
  }
}

extension Reading {
  /// Reports links that lead above the root.
  func checkLinks(_ entries: [ArchiveEntry]) {
    let confinement = LinkConfinement(entries)
    for entry in entries {
      if case .symbolicLink(let text) = entry.node, confinement.leavesRoot(entry.path) {
        report(.linkLeavesRoot(text: text), at: ArchivePlace(name: entry.path.text))
      }
    }
  }
}
