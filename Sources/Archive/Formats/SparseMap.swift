/// Where the content of a file with holes lies in it.
///
/// Source: GNU tar, "Storing Sparse Files"; its src/sparse.c, libarchive, Python's tarfile and Go's archive/tar
/// for what each of them forgives.
struct SparseMap {
  struct Segment: Hashable {
    let offset: UInt64
    let size: UInt64
  }

  /// In their order.
  let segments: [Segment]
  /// Of the whole file. In bytes.
  let size: UInt64

  /// Nil for what readers fill differently.
  ///
  /// - Parameters:
  ///   - numbers: offset and size of each segment in turn. In bytes.
  ///   - size: of the whole file. In bytes.
  ///   - stored: what the archive has of it. In bytes.
  init?(_ numbers: [UInt64], of size: UInt64, stored: UInt64, by rules: ReadingRules) {
    guard numbers.count % 2 == 0 else { return nil }
    segments = stride(from: 0, to: numbers.count, by: 2).map {
      Segment(offset: numbers[$0], size: numbers[$0 + 1])
    }
    self.size = size
    var (end, sum) = (UInt64(0), UInt64(0))
    for segment in segments {
      let (next, isTooLarge) = segment.offset.addingReportingOverflow(segment.size)
      guard !isTooLarge, segment.offset >= end, next <= size else { return nil }
      end = next
      // Segments that don't overlap can't come to more than the file has.
      sum += segment.size
    }
    guard sum == stored, rules == .layer || isOfGNU(end: end) else { return nil }
  }

  /// Whether GNU tar makes the same of it: for it a segment begins with a block, and the last one ends the
  /// file.
  private func isOfGNU(end: UInt64) -> Bool {
    let full = segments.filter { $0.size > 0 }.dropLast()
    return end == size && full.allSatisfy { $0.size % UInt64(TarHeader.blockSize) == 0 }
  }
}

extension SparseMap {
  /// The segments that GNU tar's older header has, offset and size in turn.
  ///
  /// - Parameters:
  ///   - block: the header, or a block behind it that goes on with them.
  ///   - start: where in it they begin.
  ///   - count: how many it has room for.
  /// - Returns: nil for what is no number.
  static func numbers(
    in block: ArraySlice<UInt8>, from start: Int, count: Int, by rules: ReadingRules
  ) -> [UInt64]? {
    var numbers: [UInt64] = []
    for index in 0..<count {
      let field = block.dropFirst(start + 24 * index).prefix(24)
      // The first empty one ends the list.
      guard field.first != 0 else { break }
      for part in [field.prefix(12), field.suffix(12)] {
        guard let number = TarNumber.value(part, by: rules).flatMap({ UInt64(exactly: $0) }) else {
          return nil
        }
        numbers.append(number)
      }
    }
    return numbers
  }

  /// Whether another block of segments follows, by a byte of the header or of such a block.
  static func goesOn(_ block: ArraySlice<UInt8>, flag: Int) -> Bool {
    block.dropFirst(flag).first.map { $0 != 0 } ?? false
  }
}
