internal import ELF
internal import FileTree
internal import SystemPackage

/// Where the parts of an ELF file lie in it, its sections included: what a tool that rewrites the file
/// moves around.
///
/// Loaders never look at sections, so nothing that decides what is packed asks for this.
/// Source: the gABI, "ELF Header", "Sections", "Program Header".
struct ElfLayout {
  /// `e_ident` and all other fields, as they stand in the file.
  let header: [UInt8]
  let programHeaders: [UInt8]
  let segments: [Segment]
  /// In the order of the table, the empty one at its start left out.
  let sections: [Section]
  let programTable: Range<UInt64>
  let sectionTable: Range<UInt64>
  /// The names of the sections.
  let names: Range<UInt64>

  struct Segment {
    /// `p_type`.
    let type: UInt32
    /// In bytes from the file's beginning.
    let range: Range<UInt64>

    var isLoaded: Bool { type == 1 }
    /// Whether a machine gives the type its own meaning (PT_LOPROC to PT_HIPROC).
    var isOfMachine: Bool { (0x7000_0000...0x7FFF_FFFF).contains(type) }
  }

  struct Section: Equatable {
    let name: ByteString
    /// `sh_type`.
    let type: UInt32
    /// Whether a segment of the running program holds it (SHF_ALLOC).
    let isAllocated: Bool
    /// In bytes from the file's beginning; empty for one without content.
    let range: Range<UInt64>

    /// SHT_NOTE and SHT_NOBITS.
    static let note: UInt32 = 7
    static let noBits: UInt32 = 8
  }

  enum Oddity: Error {
    case system(Errno)
    /// The file ends before what its headers point to.
    case truncated
    /// More headers than the plain fields can count, or headers of another size.
    case unusualTables
  }

  init(reading file: borrowing OpenFile, header facts: ElfHeader) throws(Oddity) {
    let fields = Fields(facts.elfClass)
    header = try Self.read(file, 0..<UInt64(fields.headerSize))
    let bytes = EncodedBytes(header, encoding: facts.dataEncoding)
    programTable = try Self.table(
      at: fields.word(bytes, fields.programOffset), count: bytes.uint16(fields.programCount),
      size: bytes.uint16(fields.programEntrySize), expected: fields.programHeaderSize)
    sectionTable = try Self.table(
      at: fields.word(bytes, fields.sectionOffset), count: bytes.uint16(fields.sectionCount),
      size: bytes.uint16(fields.sectionEntrySize), expected: fields.sectionHeaderSize)
    programHeaders = try Self.read(file, programTable)
    let programs = EncodedBytes(programHeaders, encoding: facts.dataEncoding)
    // Debugging data has the segments of its program without their content, so their ends mean nothing.
    segments = try stride(from: 0, to: programHeaders.count, by: fields.programHeaderSize).map {
      start throws(Oddity) in
      Segment(
        type: programs.uint32(start) ?? 0,
        range: try Self.range(
          fields.word(programs, start + fields.segmentOffset),
          fields.word(programs, start + fields.segmentSize), in: .max))
    }
    let table = EncodedBytes(try Self.read(file, sectionTable), encoding: facts.dataEncoding)
    (sections, names) = try Self.sections(
      of: file, table, fields, names: bytes.uint16(fields.namesIndex).map(Int.init) ?? 0)
  }

  // MARK: Reading

  private static func table(
    at offset: UInt64?, count: UInt16?, size: UInt16?, expected: Int
  ) throws(Oddity) -> Range<UInt64> {
    guard let offset, let count, let size else { throw .truncated }
    // A count that doesn't fit its field stands in the first section (the gABI, "ELF Header").
    guard count < 0xFF00, offset == 0 || count > 0 else { throw .unusualTables }
    guard count > 0 else { return 0..<0 }
    guard Int(size) == expected else { throw .unusualTables }
    let (end, overflow) = offset.addingReportingOverflow(UInt64(count) * UInt64(size))
    guard !overflow else { throw .truncated }
    return offset..<end
  }

  private static func sections(
    of file: borrowing OpenFile, _ table: EncodedBytes, _ fields: Fields, names index: Int
  ) throws(Oddity) -> ([Section], names: Range<UInt64>) {
    let starts = Array(stride(from: 0, to: table.bytes.count, by: fields.sectionHeaderSize))
    guard !starts.isEmpty else { return ([], 0..<0) }
    func content(_ start: Int) throws(Oddity) -> Range<UInt64> {
      let hasNone = [Section.noBits, 0].contains(table.uint32(start + 4))
      let size = fields.word(table, start + fields.sectionSize)
      return try range(
        fields.word(table, start + fields.contentOffset), hasNone ? 0 : size, in: file.size)
    }
    guard starts.indices.contains(index) else { throw .unusualTables }
    let nameRange = try content(starts[index])
    guard nameRange.count <= nameLimit else { throw .unusualTables }
    let names = EncodedBytes(try read(file, nameRange), encoding: table.encoding)
    let sections = try starts.dropFirst().map { start throws(Oddity) in
      guard let nameOffset = table.uint32(start), let type = table.uint32(start + 4),
        let flags = fields.word(table, start + 8),
        let name = names.string(Int(nameOffset), limit: 4096)
      else { throw .truncated }
      return Section(
        name: name, type: type, isAllocated: flags & 2 != 0, range: try content(start))
    }
    return (sections, nameRange)
  }

  /// Of the names of all sections together, in bytes: a lying file can't exhaust the memory.
  private static let nameLimit = 1 << 24

  private static func range(
    _ offset: UInt64?, _ size: UInt64?, in fileSize: UInt64
  ) throws(Oddity) -> Range<UInt64> {
    guard let offset, let size else { throw .truncated }
    guard size > 0 else { return 0..<0 }
    let (end, overflow) = offset.addingReportingOverflow(size)
    guard !overflow, end <= fileSize else { throw .truncated }
    return offset..<end
  }

  private static func read(
    _ file: borrowing OpenFile, _ range: Range<UInt64>
  ) throws(Oddity) -> [UInt8] {
    guard range.upperBound <= file.size else { throw .truncated }
    let bytes: [UInt8]
    do {
      bytes = try file.read(at: range.lowerBound, count: range.count)
    } catch {
      throw .system(error)
    }
    guard bytes.count == range.count else { throw .truncated }
    return bytes
  }

  // MARK: Parts

  /// Whether all that a running program has is missing, as in debugging data that was split off one.
  var isDebuggingDataOnly: Bool {
    let loaded = sections.filter { $0.isAllocated && $0.type != Section.note }
    return !loaded.isEmpty && loaded.allSatisfy { $0.type == Section.noBits }
  }

  /// Segments that only repeat where a section is that isn't loaded, by their places: RISC-V's
  /// attributes. No loader reads them, and they move with the section.
  var pointersToSections: Set<Int> {
    let extra = Set(extraSections.map(\.range))
    let loaded = Self.joined(segments.filter(\.isLoaded).map(\.range))
    return Set(
      segments.indices.filter { index in
        let range = segments[index].range
        return segments[index].isOfMachine && extra.contains(range)
          && !loaded.contains { $0.overlaps(range) }
      })
  }

  /// The program headers with some of them set to zero.
  func programHeaders(without places: Set<Int>) -> [UInt8] {
    guard !segments.isEmpty else { return programHeaders }
    let size = programHeaders.count / segments.count
    var bytes = programHeaders
    for place in places where segments.indices.contains(place) {
      bytes.replaceSubrange(
        (place * size)..<((place + 1) * size), with: repeatElement(0, count: size))
    }
    return bytes
  }

  /// The header with the fields that say where sections are set to zero.
  static func withoutSectionFields(_ header: [UInt8]) -> [UInt8] {
    let fields = Fields(header.count == Fields(.elf32).headerSize ? .elf32 : .elf64)
    var header = header
    for range in [
      fields.sectionOffset..<(fields.sectionOffset + fields.wordSize),
      fields.sectionCount..<(fields.sectionCount + 2), fields.namesIndex..<(fields.namesIndex + 2),
    ] {
      header.replaceSubrange(range, with: repeatElement(0, count: range.count))
    }
    return header
  }
}

extension ElfLayout {
  /// Where the fields of the headers are, in bytes from the beginning of each.
  private struct Fields {
    let elfClass: ElfHeader.Class

    init(_ elfClass: ElfHeader.Class) {
      self.elfClass = elfClass
    }

    private func choose(_ elf32: Int, _ elf64: Int) -> Int {
      elfClass == .elf32 ? elf32 : elf64
    }

    var wordSize: Int { choose(4, 8) }
    var headerSize: Int { choose(52, 64) }
    var programHeaderSize: Int { choose(32, 56) }
    var sectionHeaderSize: Int { choose(40, 64) }

    var programOffset: Int { choose(0x1C, 0x20) }
    var sectionOffset: Int { choose(0x20, 0x28) }
    var programEntrySize: Int { choose(0x2A, 0x36) }
    var programCount: Int { choose(0x2C, 0x38) }
    var sectionEntrySize: Int { choose(0x2E, 0x3A) }
    var sectionCount: Int { choose(0x30, 0x3C) }
    var namesIndex: Int { choose(0x32, 0x3E) }

    var segmentOffset: Int { choose(4, 8) }
    var segmentSize: Int { choose(16, 32) }
    var contentOffset: Int { choose(16, 24) }
    var sectionSize: Int { choose(20, 32) }

    /// An offset or size, of the class's width.
    func word(_ bytes: EncodedBytes, _ offset: Int) -> UInt64? {
      elfClass == .elf32 ? bytes.uint32(offset).map(UInt64.init) : bytes.uint64(offset)
    }
  }
}
