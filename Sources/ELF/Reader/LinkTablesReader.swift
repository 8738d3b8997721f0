internal import CLibelf
package import FileTree

extension LinkTables {
  /// Reads what binding looks at: headers and what the dynamic section leads to, no section headers.
  package init(reading file: borrowing OpenFile) throws(ElfReadError) {
    let header = try ElfHeader(reading: file)
    let elf = try LibelfHandle(file)
    let segments = try ElfImage.segments(of: elf, fileSize: file.size)
    let reader = LinkTablesReader(
      header: header, entries: try ElfImage.dynamicEntries(of: elf, segments), segments: segments,
      fileSize: file.size)
    let uses = try reader.symbolUses(elf)
    let symbols = try reader.symbols(elf, atLeast: uses.count)
    self.init(
      symbols: symbols, references: LinkTablesReader.references(uses, in: symbols),
      marks: reader.marks(elf))
  }
}

/// Reads the tables of one object, each whole.
struct LinkTablesReader {
  let header: ElfHeader
  let entries: [GElf_Dyn]
  let segments: [GElf_Phdr]
  let fileSize: UInt64

  // Bounds on what is read of any file, larger than the largest libraries by an order of magnitude.
  static let symbolLimit: UInt64 = 1 << 22
  /// In bytes.
  static let stringLimit: UInt64 = 256 << 20

  private var symbolSize: UInt64 { header.elfClass == .elf64 ? 24 : 16 }

  // MARK: Symbols

  /// - Parameter minimum: how many symbols relocations speak of: a hash table that finds nothing doesn't
  ///   tell how many there are.
  func symbols(
    _ elf: borrowing LibelfHandle, atLeast minimum: Int
  ) throws(ElfReadError) -> DynamicSymbols {
    guard let table = value(of: DT_SYMTAB), let strings = value(of: DT_STRTAB),
      let size = value(of: DT_STRSZ)
    else { return .none }
    guard size <= Self.stringLimit else {
      throw .tooLarge(what: .stringTable, offset: strings, size: size)
    }
    let (hashTable, hashedCount) = try hashTable(elf)
    let count = max(UInt64(minimum), hashedCount, value(of: Self.mipsSymbolCount) ?? 0)
    guard count <= Self.symbolLimit else {
      let size = count.multipliedReportingOverflow(by: symbolSize)
      throw .tooLarge(
        what: .symbolTable, offset: table, size: size.overflow ? .max : size.partialValue)
    }
    return DynamicSymbols(
      header: header, symbols: try bytes(.symbolTable, table, count * symbolSize, elf),
      strings: try bytes(.stringTable, strings, size, elf),
      versions: try value(of: DT_VERSYM).map { address throws(ElfReadError) in
        try bytes(.symbolVersions, address, count * 2, elf)
      }, hashTable: hashTable)
  }

  /// The hash table, and how many symbols there are by it.
  private func hashTable(
    _ elf: borrowing LibelfHandle
  ) throws(ElfReadError) -> (DynamicSymbols.HashTable, UInt64) {
    if let address = value(of: DT_GNU_HASH) {
      guard let table = try gnuHashTable(at: address, elf) else { return (.none, 0) }
      return (.gnu(table), table.lastSymbol.map { UInt64($0) + 1 } ?? 0)
    }
    if let address = value(of: DT_HASH) {
      guard let table = try sysVHashTable(at: address, elf) else { return (.none, 0) }
      return (.sysV(table), UInt64(table.symbolCount))
    }
    return (.none, 0)
  }

  /// Nothing tells where the last chain ends but its last entry.
  private func gnuHashTable(
    at address: UInt64, _ elf: borrowing LibelfHandle
  ) throws(ElfReadError) -> GNUHashTable? {
    let head = try bytes(.symbolHash, address, UInt64(GNUHashTable.headerSize), elf)
    guard
      let layout = GNUHashTable.Layout(
        EncodedBytes(head, encoding: header.dataEncoding), header.elfClass)
    else { return nil }
    guard layout.chains <= Self.symbolLimit * 8 else {
      throw .tooLarge(what: .symbolHash, offset: address, size: layout.chains)
    }
    var range = try range(.symbolHash, address)
    var table = try range.bytes(at: 0, count: Int(layout.chains), of: elf)
    guard let last = GNUHashTable(table, header)?.lastBucket else {
      return GNUHashTable(table, header)
    }
    var chains = try range.bytes(
      at: layout.chains, count: (Int(last - layout.firstSymbol) + 1) * 4, of: elf)
    while EncodedBytes(chains, encoding: header.dataEncoding).uint32(chains.count - 4).map({
      $0 & 1 == 0
    }) == true {
      guard UInt64(chains.count) < Self.symbolLimit * 4 else {
        throw .tooLarge(what: .symbolHash, offset: address, size: UInt64(chains.count))
      }
      chains += try range.bytes(at: layout.chains + UInt64(chains.count), count: 4, of: elf)
    }
    table += chains
    return GNUHashTable(table, header)
  }

  private func sysVHashTable(
    at address: UInt64, _ elf: borrowing LibelfHandle
  ) throws(ElfReadError) -> SysVHashTable? {
    let wordSize = SysVHashTable.wordSize(header)
    let head = EncodedBytes(
      try bytes(.symbolHash, address, UInt64(SysVHashTable.headerWords * wordSize), elf),
      encoding: header.dataEncoding)
    guard let counts = SysVHashTable.counts(head, wordSize) else { return nil }
    let words =
      UInt64(SysVHashTable.headerWords) + UInt64(counts.buckets) + UInt64(counts.symbols)
    guard words <= Self.symbolLimit * 2 else {
      throw .tooLarge(what: .symbolHash, offset: address, size: words * UInt64(wordSize))
    }
    return SysVHashTable(
      try bytes(.symbolHash, address, words * UInt64(wordSize), elf), header)
  }

  // MARK: Marks

  func marks(_ elf: borrowing LibelfHandle) -> ProtectionMarks {
    var marks = ProtectionMarks()
    let flags = value(of: DT_FLAGS) ?? 0
    let flags1 = value(of: DT_FLAGS_1) ?? 0
    marks.bindsNow =
      value(of: DT_BIND_NOW) != nil || flags & UInt64(DF_BIND_NOW) != 0
      || flags1 & UInt64(DF_1_NOW) != 0
    marks.hasLazyBindings = value(of: DT_JMPREL) != nil && (value(of: DT_PLTRELSZ) ?? 0) > 0
    marks.hasTextRelocations =
      value(of: DT_TEXTREL) != nil || flags & UInt64(DF_TEXTREL) != 0
    marks.hasRelro = segments.contains { $0.p_type == UInt32(PT_GNU_RELRO) }
    if let stack = segments.last(where: { $0.p_type == UInt32(PT_GNU_STACK) }) {
      marks.stack = stack.p_flags & UInt32(PF_X) != 0 ? .executable : .notExecutable
    }
    marks.features = features(elf)
    return marks
  }

  /// Damaged notes are as good as none.
  private func features(_ elf: borrowing LibelfHandle) -> ProtectionMarks.Features {
    for segment in segments
    where segment.p_type == UInt32(PT_NOTE) && segment.p_filesz <= ElfImage.notesLimit {
      for note in (try? elf.notes(of: segment)) ?? [] {
        if let features = note.protectionFeatures(header) { return features }
      }
    }
    return []
  }

  // MARK: The dynamic section

  /// DT_MIPS_SYMTABNO.
  static let mipsSymbolCount: Int32 = 0x7000_0011
  /// DT_MIPS_GOTSYM.
  static let mipsFirstGlobal: Int32 = 0x7000_0013

  /// The value of the last entry with a tag, which is the one that counts.
  func value(of tag: Int32) -> UInt64? {
    let isMipsTag = tag == Self.mipsSymbolCount || tag == Self.mipsFirstGlobal
    guard !isMipsTag || header.machine == .mips else { return nil }
    return entries.last { $0.d_tag == Int64(tag) }.map { unsafe $0.d_un.d_val }
  }

  func range(
    _ part: ElfReadError.Part, _ address: UInt64
  ) throws(ElfReadError) -> MappedRange {
    try MappedRange(part, at: address, segments: segments, fileSize: fileSize)
  }

  private func bytes(
    _ part: ElfReadError.Part, _ address: UInt64, _ count: UInt64,
    _ elf: borrowing LibelfHandle
  ) throws(ElfReadError) -> [UInt8] {
    guard count > 0 else { return [] }
    var range = try range(part, address)
    return try range.bytes(at: 0, count: Int(count), of: elf)
  }
}
