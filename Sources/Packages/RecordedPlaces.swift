internal import FileTree

/// Where files lie that records name: records brought together with the links of a root and with diversions.
struct RecordedPlaces {
  let links: DirectoryLinks
  /// By where the file of the others really lies, and by the path that they record.
  private let byPlace: [RootPath: DivertedFile]
  private let byRecord: [RootPath: DivertedFile]

  /// A diversion with physical paths and the packages whose file keeps the recorded place.
  struct DivertedFile {
    let from: RootPath
    let to: RootPath
    let keepers: [Int]
  }

  init(_ links: DirectoryLinks, _ diversions: [DivertedFile]) {
    self.links = links
    byPlace = Dictionary(diversions.map { ($0.to, $0) }) { first, _ in first }
    byRecord = Dictionary(diversions.map { ($0.from, $0) }) { first, _ in first }
  }

  /// Whether some packages' file isn't where they record it, or another's is.
  func isDiverted(_ path: RootPath) -> Bool { byRecord[path] != nil || byPlace[path] != nil }

  /// The numbers of the packages that have what lies at a path, ascending.
  func owners(of path: RootPath, in index: PathIndex) -> [Int] {
    let owners = listed(links.physical(path), in: index)
    // What isn't physical in this root may be listed by the name that it has in a whole one.
    guard owners.isEmpty, let other = links.otherSpelling(of: path) else { return owners }
    return listed(other, in: index)
  }

  private func listed(_ path: RootPath, in index: PathIndex) -> [Int] {
    var owners = index.packages(with: path.text.bytes[...])
    if let kept = byRecord[path] { owners.removeAll { !kept.keepers.contains($0) } }
    if let moved = byPlace[path] {
      owners += index.packages(with: moved.from.text.bytes[...]).filter {
        !moved.keepers.contains($0) && !owners.contains($0)
      }
    }
    return owners.sorted()
  }

  /// Where the file of a package lies that its record has at a path.
  func place(of recorded: ByteString, package number: Int) -> RootPath {
    let path = links.physical(RootPath(normalising: recorded))
    guard let diverted = byRecord[path], !diverted.keepers.contains(number) else { return path }
    return diverted.to
  }
}
