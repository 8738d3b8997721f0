internal import CLibelf
package import FileTree

extension ElfHeader {
  private static let identSize = 16

  /// Reads the ELF header from the file's first bytes.
  package init(reading file: borrowing OpenFile) throws(ElfReadError) {
    guard file.size > 0 else { throw .empty }
    let bytes: [UInt8]
    do { bytes = try file.read(at: 0, count: 64) } catch { throw .system(error) }
    guard bytes.starts(with: Self.magic) else {
      throw .notElf
    }
    let truncated = ElfReadError.truncated(
      what: .header, offset: 0, size: bytes.count > 4 && bytes[4] == 1 ? 52 : 64,
      fileSize: UInt64(bytes.count))
    guard bytes.count >= Self.identSize else { throw truncated }
    guard let elfClass = Class(rawValue: bytes[4]) else { throw .unknownClass(bytes[4]) }
    guard let encoding = DataEncoding(rawValue: bytes[5]) else {
      throw .unknownDataEncoding(bytes[5])
    }
    guard bytes.count >= (elfClass == .elf32 ? 52 : 64) else { throw truncated }
    // libelf refuses some headers that glibc still judges, so these few fields are read directly.
    func field(_ offset: Int, _ size: Int) -> UInt32 {
      let field = bytes[offset..<(offset + size)]
      let ordered = encoding == .littleEndian ? Array(field.reversed()) : Array(field)
      return ordered.reduce(0) { $0 << 8 | UInt32($1) }
    }
    let wide = elfClass == .elf64
    self.init(
      elfClass: elfClass, dataEncoding: encoding, identVersion: bytes[6], osABI: bytes[7],
      abiVersion: bytes[8], paddingIsZero: bytes[9..<Self.identSize].allSatisfy { $0 == 0 },
      type: ObjectType(UInt16(field(16, 2))), machine: Machine(rawValue: UInt16(field(18, 2))),
      version: field(20, 4), flags: field(wide ? 48 : 36, 4),
      programHeaderSize: UInt16(field(wide ? 54 : 42, 2)))
  }
}

extension ElfImage {
  // Bounds on what is read of any file, so that a lying one can't exhaust the memory.
  private static let interpreterLimit: UInt64 = 4096
  private static let dynamicLimit: UInt64 = 1 << 20
  /// Of all segments together, since they may all be the same bytes.
  static let notesLimit: UInt64 = 1 << 16

  /// Reads what a loader would read: program headers and what they lead to.
  ///
  /// Section headers aren't used: they may be stripped, or lie.
  package init(reading file: borrowing OpenFile) throws(ElfReadError) {
    let header = try ElfHeader(reading: file)
    try self.init(reading: file, header: header)
  }

  /// The same, with the header that was read before.
  package init(reading file: borrowing OpenFile, header: ElfHeader) throws(ElfReadError) {
    let elf = try LibelfHandle(file)
    let segments = try Self.segments(of: elf, fileSize: file.size)
    self.init(header: header, hasLoadSegment: segments.contains { $0.p_type == UInt32(PT_LOAD) })
    isDebugDataOnly = segments.contains {
      ($0.p_type == UInt32(PT_DYNAMIC) || $0.p_type == UInt32(PT_INTERP)) && $0.p_filesz == 0
        && $0.p_memsz > 0
    }
    guard !isDebugDataOnly else { return }
    truncation = try Self.truncation(of: elf, segments, fileSize: file.size)
    if let segment = segments.first(where: { $0.p_type == UInt32(PT_INTERP) }) {
      interpreter = try Self.interpreter(of: elf, segment)
    }
    if segments.contains(where: { $0.p_type == UInt32(PT_DYNAMIC) }) {
      let entries = try Self.dynamicEntries(of: elf, segments)
      var reader = DynamicSectionReader(
        entries: entries, segments: segments, fileSize: file.size, encoding: header.dataEncoding)
      dynamic = try reader.read(elf)
    }
    readNotes(of: elf, segments)
  }

  /// Notes decide nothing about what is found, so damaged ones are as good as none.
  private mutating func readNotes(of elf: borrowing LibelfHandle, _ segments: [GElf_Phdr]) {
    var levels: UInt32?
    var left = Self.notesLimit
    for segment in segments where segment.p_type == UInt32(PT_NOTE) && segment.p_filesz <= left {
      left -= segment.p_filesz
      for note in (try? elf.notes(of: segment)) ?? [] {
        if note.isBuildID { buildID = buildID ?? note.descriptor }
        if note.name == ElfNote.metadataOwner { metadataNotes.append(note) }
        levels = levels ?? note.neededISALevels(header.elfClass, header.dataEncoding)
      }
    }
    neededISALevels = levels ?? 0
  }

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
    let elf = try LibelfHandle(file)
    return try constantRanges(of: file, in: kind, limit: limit).map { range throws(ElfReadError) in
      let count = range.upperBound - range.lowerBound
      return Content(
        offset: range.lowerBound,
        bytes: try elf.bytes(of: .segment, at: range.lowerBound, count: count))
    }
  }

  /// Where the segments lie that hold constants, from the file's beginning. In bytes; the file may be
  /// shorter.
  ///
  /// - Parameter limit: in bytes, of all segments together; those beyond it are left out.
  package static func constantRanges(
    of file: borrowing OpenFile, in kind: ConstantSegments, limit: UInt64
  ) throws(ElfReadError) -> [Range<UInt64>] {
    let elf = try LibelfHandle(file)
    let flags = kind == .readOnly ? 0 : UInt32(PF_X)
    var ranges: [Range<UInt64>] = []
    var isThere = false
    var left = limit
    for segment in try segments(of: elf, fileSize: file.size)
    where segment.p_type == UInt32(PT_LOAD) && segment.p_filesz <= left {
      let access = segment.p_flags & UInt32(PF_W | PF_X)
      guard access == flags || access == UInt32(PF_W) else { continue }
      left -= segment.p_filesz
      let (end, overflows) = segment.p_offset.addingReportingOverflow(segment.p_filesz)
      if !overflows { ranges.append(segment.p_offset..<end) }
      isThere = isThere || access == flags
    }
    return isThere ? ranges : []
  }

  /// The entries of PT_DYNAMIC; none for a static program.
  static func dynamicEntries(
    of elf: borrowing LibelfHandle, _ segments: [GElf_Phdr]
  ) throws(ElfReadError) -> [GElf_Dyn] {
    guard let segment = segments.first(where: { $0.p_type == UInt32(PT_DYNAMIC) }) else {
      return []
    }
    guard segment.p_filesz <= dynamicLimit else {
      throw .tooLarge(what: .dynamic, offset: segment.p_offset, size: segment.p_filesz)
    }
    return try elf.dynamicEntries(at: segment.p_offset, count: segment.p_filesz)
  }

  static func segments(
    of elf: borrowing LibelfHandle, fileSize: UInt64
  ) throws(ElfReadError) -> [GElf_Phdr] {
    let header = try elf.header()
    let size = UInt64(header.e_phnum) * UInt64(header.e_phentsize)
    // PN_XNUM sends libelf to a section header for the real number, where no loader looks.
    guard header.e_phnum < UInt16(PN_XNUM) else {
      throw .tooLarge(what: .programHeaders, offset: header.e_phoff, size: size)
    }
    let (end, overflow) = header.e_phoff.addingReportingOverflow(size)
    guard !overflow, end <= fileSize else {
      throw .truncated(
        what: .programHeaders, offset: header.e_phoff, size: size, fileSize: fileSize)
    }
    var segments: [GElf_Phdr] = []
    for index in 0..<Int(header.e_phnum) {
      segments.append(try elf.programHeader(index))
    }
    return segments
  }

  /// The first thing that the headers point to and the file doesn't hold.
  private static func truncation(
    of elf: borrowing LibelfHandle, _ segments: [GElf_Phdr], fileSize: UInt64
  ) throws(ElfReadError) -> ElfReadError? {
    func check(_ part: ElfReadError.Part, _ offset: UInt64, _ size: UInt64) -> ElfReadError? {
      let (end, overflow) = offset.addingReportingOverflow(size)
      guard overflow || end > fileSize else { return nil }
      return .truncated(what: part, offset: offset, size: size, fileSize: fileSize)
    }
    for segment in segments where segment.p_type == UInt32(PT_LOAD) {
      if let error = check(.segment, segment.p_offset, segment.p_filesz) { return error }
    }
    let header = try elf.header()
    guard header.e_shoff != 0, header.e_shnum != 0 else { return nil }
    return check(
      .sectionHeaders, header.e_shoff, UInt64(header.e_shnum) * UInt64(header.e_shentsize))
  }

  private static func interpreter(
    of elf: borrowing LibelfHandle, _ segment: GElf_Phdr
  ) throws(ElfReadError) -> ByteString {
    // The kernel's own limit is PATH_MAX (Linux fs/binfmt_elf.c).
    guard segment.p_filesz <= interpreterLimit else {
      throw .tooLarge(what: .interpreter, offset: segment.p_offset, size: segment.p_filesz)
    }
    let bytes = try elf.bytes(of: .interpreter, at: segment.p_offset, count: segment.p_filesz)
    return ByteString(bytes.prefix { $0 != 0 })
  }
}
