/// Which bytes of an ELF file belong to what. Ranges are in bytes from the file's beginning.
extension ElfLayout {
  /// The ranges of what a running program has: those of the segments without the file's headers and
  /// the names of sections, which Go's linker puts between their parts and a strip tool moves away.
  var runningRanges: [Range<UInt64>] {
    let used = Self.joined(sections.filter(\.isAllocated).map(\.range))
    let tables = [0..<UInt64(header.count), programTable, sectionTable, names]
    let moving = Self.subtract(used, from: Self.joined(tables))
    let pointers = pointersToSections
    let held = segments.indices.filter { !pointers.contains($0) }.map { segments[$0].range }
    return Self.subtract(moving, from: Self.joined(held))
  }

  /// The ranges behind the last loaded byte that no header points to, up to the file's end.
  func holes(fileSize: UInt64) -> [Range<UInt64>] {
    let loaded = segments.filter(\.isLoaded).map(\.range.upperBound).max() ?? 0
    let known = [0..<max(loaded, UInt64(header.count)), programTable, sectionTable]
    var holes: [Range<UInt64>] = []
    var end: UInt64 = 0
    for range in Self.joined(known + segments.map(\.range) + sections.map(\.range)) {
      if range.lowerBound > end { holes.append(end..<range.lowerBound) }
      end = range.upperBound
    }
    if end < fileSize { holes.append(end..<fileSize) }
    return holes
  }

  /// Both sorted, without overlaps and empty ranges.
  static func subtract(
    _ holes: [Range<UInt64>], from ranges: [Range<UInt64>]
  ) -> [Range<UInt64>] {
    var result: [Range<UInt64>] = []
    var next = 0
    for range in ranges {
      while next < holes.count, holes[next].upperBound <= range.lowerBound { next += 1 }
      var start = range.lowerBound
      for hole in holes[next...].prefix(while: { $0.lowerBound < range.upperBound }) {
        if hole.lowerBound > start { result.append(start..<hole.lowerBound) }
        start = hole.upperBound
      }
      if start < range.upperBound { result.append(start..<range.upperBound) }
    }
    return result
  }

  /// Sorted, without empty ranges; those that touch or overlap become one.
  static func joined(_ ranges: [Range<UInt64>]) -> [Range<UInt64>] {
    var result: [Range<UInt64>] = []
    for range in ranges.filter({ !$0.isEmpty }).sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = result.last, range.lowerBound <= last.upperBound {
        result[result.count - 1] =
          last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        result.append(range)
      }
    }
    return result
  }
}
