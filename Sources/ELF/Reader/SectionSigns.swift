internal import FileTree

/// What section headers tell of a file that no loader can load. None looks at them otherwise.
struct SectionSigns {
  private let source: ElfSource
  private let headers: ObjectHeaders

  // Source: the gABI, "Sections".
  private static let noBits: UInt32 = 8
  private static let allocated: UInt64 = 0x2
  private static let threadLocal: UInt64 = 0x400

  init(_ source: ElfSource, _ headers: ObjectHeaders) {
    self.source = source
    self.headers = headers
  }

  /// That the table lies beyond the end of the file; nil if it doesn't.
  var truncation: ElfReadError? {
    guard let table = headers.sections, table.upperBound > source.size else { return nil }
    return .truncated(
      what: .sectionHeaders, offset: table.lowerBound, size: UInt64(table.count),
      fileSize: source.size)
  }

  /// Whether the file is debugging data that was split off: what a loader begins with lies in a section
  /// that has no content in the file. The program headers needn't say so: `eu-strip -f` leaves theirs as
  /// they were.
  var areDebuggingData: Bool {
    let named = [ProgramHeader.interpreter, ProgramHeader.dynamic].compactMap {
      headers.first($0)?.address
    }
    let places = named.isEmpty ? [headers.entry] : named
    guard let table = headers.sections,
      let bytes = try? source.bytes(
        of: .sectionHeaders, at: table.lowerBound, count: UInt64(table.count))
    else { return false }
    let isWide = headers.header.elfClass == .elf64
    let fields = EncodedBytes(bytes, encoding: headers.header.dataEncoding)
    func word(_ wide: Int, _ narrow: Int) -> UInt64 {
      (isWide ? fields.uint64(wide) : fields.uint32(narrow).map(UInt64.init)) ?? 0
    }
    return stride(from: 0, to: bytes.count, by: isWide ? 64 : 40).contains { start in
      let flags = word(start + 8, start + 8)
      guard fields.uint32(start + 4) == Self.noBits, flags & Self.allocated != 0,
        flags & Self.threadLocal == 0
      else { return false }
      let (address, size) = (word(start + 16, start + 12), word(start + 32, start + 20))
      return places.contains { $0 >= address && $0 - address < size }
    }
  }
}
