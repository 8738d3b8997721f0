internal import FileTree

/// Reads what an archive tells of a file's holes, wherever it stands.
struct HoleFinder {
  let stream: ArchiveStream
  let rules: ReadingRules
  /// Of the entry.
  let place: ArchivePlace

  // Where GNU tar's older header, and the blocks that go on with it, have what they tell.
  private static let (headerMap, headerSegments, headerGoesOn) = (386, 4, 482)
  private static let realSize = 483
  private static let (blockSegments, blockGoesOn) = (21, 504)

  /// The holes that GNU tar's older headers tell.
  ///
  /// - Parameters:
  ///   - header: its block; those behind it are taken.
  ///   - stored: what the archive has of the content. In bytes.
  func holes(
    after header: ArraySlice<UInt8>, stored: UInt64
  ) throws(ArchiveReadError) -> SparseMap {
    guard
      var numbers = SparseMap.numbers(
        in: header, from: Self.headerMap, count: Self.headerSegments, by: rules),
      let size = TarNumber.value(header.dropFirst(Self.realSize).prefix(12), by: rules)
        .flatMap({ UInt64(exactly: $0) })
    else { throw .refused(place, .sparse) }
    var goesOn = SparseMap.goesOn(header, flag: Self.headerGoesOn)
    var length = 0
    while goesOn {
      let block = try takeBlock(&length)
      guard
        let more = SparseMap.numbers(in: block, from: 0, count: Self.blockSegments, by: rules)
      else { throw .refused(place, .sparse) }
      numbers += more
      goesOn = SparseMap.goesOn(block, flag: Self.blockGoesOn)
    }
    return try map(numbers, of: size, stored: stored)
  }

  /// The holes that PAX records tell, or lines before the content.
  ///
  /// - Parameter stored: what the archive has of the content, from which those lines are taken. In bytes.
  func holes(
    _ records: SparseRecords, stored: inout UInt64
  ) throws(ArchiveReadError) -> SparseMap {
    guard let size = records.size, let version = records.version else {
      throw .refused(place, .sparse)
    }
    switch version {
    case .records(let numbers): return try map(numbers, of: size, stored: stored)
    case .content: return try map(try lines(of: &stored), of: size, stored: stored)
    }
  }

  private func map(
    _ numbers: [UInt64], of size: UInt64, stored: UInt64
  ) throws(ArchiveReadError) -> SparseMap {
    guard let map = SparseMap(numbers, of: size, stored: stored, by: rules) else {
      throw .refused(place, .sparse)
    }
    return map
  }

  /// Lines of digits, the first of which tells how many pairs follow, in as many blocks as they take.
  private func lines(of stored: inout UInt64) throws(ArchiveReadError) -> [UInt64] {
    var (numbers, line, length) = ([UInt64](), [UInt8](), 0)
    while true {
      guard stored >= UInt64(TarHeader.blockSize) else { throw .refused(place, .sparse) }
      stored -= UInt64(TarHeader.blockSize)
      for byte in try takeBlock(&length) {
        guard byte == UInt8(ascii: "\n") else {
          line.append(byte)
          continue
        }
        guard let number = PaxRecords.decimal(line[...]), number <= UInt64(Int64.max) else {
          throw .refused(place, .sparse)
        }
        numbers.append(number)
        line = []
        if numbers[0] == UInt64((numbers.count - 1) / 2), numbers.count % 2 == 1 {
          return Array(numbers.dropFirst())
        }
      }
    }
  }

  /// - Parameter length: of all blocks of the entry so far, which a limit holds. In bytes.
  private func takeBlock(_ length: inout Int) throws(ArchiveReadError) -> ArraySlice<UInt8> {
    length += TarHeader.blockSize
    try stream.reading.check(.headerSize, UInt64(length), at: place)
    let block = try stream.take(TarHeader.blockSize)
    guard block.count == TarHeader.blockSize else { throw .damaged(place, .truncated) }
    return block
  }
}
