internal import FileTree
internal import SystemPackage

/// Holds a stripped file against the original: everything that runs, or that a program may read of its
/// own file, must be the same.
///
/// Strip tools may drop or move what they don't know without a word, and some end with success after a
/// failure (eu-strip of a truncated file, tried).
enum StripComparison {
  private static let pieceSize = 1 << 20

  /// What is different; nil if nothing is that matters.
  static func difference(
    _ original: borrowing OpenFile, _ before: ElfLayout, _ stripped: borrowing OpenFile,
    _ after: ElfLayout
  ) throws(Errno) -> StripDifference? {
    guard
      ElfLayout.withoutSectionFields(before.header)
        == ElfLayout.withoutSectionFields(after.header)
    else { return .header }
    let pointers = before.pointersToSections
    guard before.programHeaders(without: pointers) == after.programHeaders(without: pointers) else {
      return .segments
    }
    for range in before.runningRanges
    where try !areEqual(original, range, stripped, range) {
      return .segmentContent
    }
    let (wanted, found) = (before.extraSections, after.extraSections)
    guard wanted.map(\.name) == found.map(\.name), wanted.map(\.type) == found.map(\.type) else {
      return .sections
    }
    for (old, new) in zip(wanted, found)
    where try !areEqual(original, old.range, stripped, new.range) {
      return .sectionContent(old.name)
    }
    return nil
  }

  /// The first place in some ranges where a byte isn't zero; nil if all are.
  static func firstContent(
    of file: borrowing OpenFile, in ranges: [Range<UInt64>]
  ) throws(Errno) -> UInt64? {
    for range in ranges {
      var offset = range.lowerBound
      while offset < range.upperBound {
        let count = Int(min(UInt64(pieceSize), range.upperBound - offset))
        let piece = try file.read(at: offset, count: count)
        if let index = piece.firstIndex(where: { $0 != 0 }) { return offset + UInt64(index) }
        guard piece.count == count else { return nil }
        offset += UInt64(count)
      }
    }
    return nil
  }

  static func areEqual(
    _ left: borrowing OpenFile, _ leftRange: Range<UInt64>, _ right: borrowing OpenFile,
    _ rightRange: Range<UInt64>
  ) throws(Errno) -> Bool {
    guard leftRange.count == rightRange.count else { return false }
    var done: UInt64 = 0
    while done < UInt64(leftRange.count) {
      let count = Int(min(UInt64(pieceSize), UInt64(leftRange.count) - done))
      let piece = try left.read(at: leftRange.lowerBound + done, count: count)
      guard piece.count == count,
        try right.read(at: rightRange.lowerBound + done, count: count) == piece
      else { return false }
      done += UInt64(count)
    }
    return true
  }
}
