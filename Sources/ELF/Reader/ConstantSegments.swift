package import FileTree

extension ElfImage {
  /// Where an object's constants may be.
  package enum ConstantSegments {
    /// Segments that are neither written nor executed, and what variables begin with; none where there is no
    /// such segment.
    case readOnly
    /// Executable ones: linkers of most machines put constants beside the code; and the same.
    case executable
  }

  /// The content of segments that hold constants.
  ///
  /// - Parameter limit: in bytes, of all segments together; those beyond it are left out.
  package static func constants(
    of file: borrowing OpenFile, in kind: ConstantSegments, limit: UInt64
  ) throws(ElfReadError) -> [[UInt8]] {
    try constantSegments(of: file, in: kind, limit: limit).map(\.bytes)
  }

  /// A piece of a file.
  package struct Content: Sendable {
    /// From the file's beginning. In bytes.
    package let offset: UInt64
    package let bytes: [UInt8]
  }

  /// The same, with the places in the file.
  package static func constantSegments(
    of file: borrowing OpenFile, in kind: ConstantSegments, limit: UInt64
  ) throws(ElfReadError) -> [Content] {
    let source = try ElfSource(file)
    return try constantRanges(of: file, in: kind, limit: limit).map { range throws(ElfReadError) in
      Content(
        offset: range.lowerBound,
        bytes: try source.bytes(
          of: .segment, at: range.lowerBound, count: UInt64(range.count)))
    }
  }

  /// Where the segments lie that hold constants, from the file's beginning. In bytes; the file may be
  /// shorter.
  ///
  /// - Parameter limit: in bytes, of all segments together; those beyond it are left out.
  package static func constantRanges(
    of file: borrowing OpenFile, in kind: ConstantSegments, limit: UInt64
  ) throws(ElfReadError) -> [Range<UInt64>] {
    let headers = try ObjectHeaders(try ElfSource(file), try ElfHeader(reading: file), nil)
    // Segments may all be the same bytes.
    var budget = ReadBudget(fileSize: file.size, atMost: limit)
    var ranges: [Range<UInt64>] = []
    var isThere = false
    for segment in headers.loads where segment.fileSize <= budget.left {
      let isKind =
        !segment.isWritable && segment.isExecutable == (kind == .executable)
      guard isKind || segment.isWritable && !segment.isExecutable,
        budget.spend(segment.fileSize)
      else { continue }
      let (end, overflows) = segment.offset.addingReportingOverflow(segment.fileSize)
      if !overflows { ranges.append(segment.offset..<end) }
      isThere = isThere || isKind
    }
    return isThere ? ranges : []
  }
}
