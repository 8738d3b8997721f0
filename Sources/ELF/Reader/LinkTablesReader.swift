internal import CLibelf
package import FileTree

extension LinkTables {
  /// Reads what binding looks at: headers and what the dynamic section leads to, no section headers.
  ///
  /// - Parameters:
  ///   - header: as whoever maps the object reads it; nil for what the file itself says.
  ///   - mapper: nil for the kernel if the file is a program, and else for glibc.
  package init(
    reading file: borrowing OpenFile, header: ElfHeader? = nil, mapper: ObjectMapper? = nil
  ) throws(ElfReadError) {
    let header = if let header { header } else { try ElfHeader(reading: file) }
    let source = try ElfSource(file)
    let object = try MappedObject(source, ObjectHeaders(source, header, mapper), mapper)
    if object.entries != nil, let fault = DynamicCheck(object).bindingFault { throw fault }
    let reader = LinkTablesReader(object: object)
    let uses = try reader.symbolUses()
    let symbols = try reader.symbols(atLeast: uses.count)
    let references = LinkTablesReader.references(uses, in: symbols)
    if let nameless = references.first(where: { !symbols.hasName(at: $0.symbol) }) {
      throw .namelessSymbol(nameless.symbol)
    }
    self.init(
      symbols: symbols, references: references,
      marks: ProtectionMarks(object, notes: object.notes(source)))
  }
}

/// Reads the tables of one object, each whole.
struct LinkTablesReader {
  let object: MappedObject

  private var header: ElfHeader { object.header }

  // Bounds on what is read of any file, larger than the largest libraries by an order of magnitude.
  private static let symbolLimit: UInt64 = 1 << 22
  /// In bytes.
  private static let stringLimit: UInt64 = 256 << 20
  private static let nameLimit: UInt64 = 1 << 20

  private var symbolSize: UInt64 { header.elfClass == .elf64 ? 24 : 16 }

  // MARK: Symbols

  /// - Parameter minimum: how many symbols relocations speak of: a hash table that finds nothing doesn't
  ///   tell how many there are.
  func symbols(atLeast minimum: Int) throws(ElfReadError) -> DynamicSymbols {
    guard let table = object.value(of: DT_SYMTAB), let strings = object.value(of: DT_STRTAB) else {
      return .none
    }
    let (hashTable, hashedCount) = try hashTable()
    let count = max(UInt64(minimum), hashedCount, mipsSymbolCount ?? 0)
    guard count <= Self.symbolLimit else {
      let size = count.multipliedReportingOverflow(by: symbolSize)
      throw .tooLarge(
        what: .symbolTable, offset: table, size: size.overflow ? .max : size.partialValue)
    }
    let entries = try bytes(.symbolTable, table, count * symbolSize)
    let symbols = DynamicSymbols(
      header: header, symbols: entries,
      strings: try names(of: entries, at: strings),
      versions: try object.value(of: DT_VERSYM).map { address throws(ElfReadError) in
        try bytes(.symbolVersions, address, count * 2)
      }, hashTable: hashTable)
    try symbols.forEachNameSize { size throws(ElfReadError) in
      try object.memory.spend(size, on: .stringTable)
    }
    return symbols
  }

  /// The strings up to the end of the last name; what can't be read is no name. DT_STRSZ means nothing to
  /// a loader.
  private func names(of symbols: [UInt8], at address: UInt64) throws(ElfReadError) -> [UInt8] {
    let fields = EncodedBytes(symbols, encoding: header.dataEncoding)
    var last: UInt32 = 0
    for place in stride(from: 0, to: symbols.count, by: Int(symbolSize)) {
      last = max(last, fields.uint32(place) ?? 0)
    }
    let start = UInt64(last)
    let readable = object.memory.readableCount(at: address, atMost: start + 1)
    var size = readable
    if readable > start {
      var range = try object.range(.stringTable, at: address)
      size = start + UInt64(try range.string(at: start, limit: Self.nameLimit).count) + 1
    }
    guard size <= Self.stringLimit else {
      throw .tooLarge(what: .stringTable, offset: address, size: size)
    }
    return try bytes(.stringTable, address, size)
  }

  /// The hash table, and how many symbols there are by it.
  private func hashTable() throws(ElfReadError) -> (DynamicSymbols.HashTable, UInt64) {
    if let address = object.value(of: DT_GNU_HASH) {
      guard let table = try gnuHashTable(at: address) else { return (.none, 0) }
      return (.gnu(table), UInt64(table.symbols.upperBound))
    }
    if let address = object.value(of: DT_HASH) {
      guard let table = try sysVHashTable(at: address) else { return (.none, 0) }
      return (.sysV(table), UInt64(table.symbolCount))
    }
    return (.none, 0)
  }

  /// Nothing tells where the last chain ends but its last entry.
  private func gnuHashTable(at address: UInt64) throws(ElfReadError) -> GNUHashTable? {
    let head = try bytes(.symbolHash, address, UInt64(GNUHashTable.headerSize))
    let fields = EncodedBytes(head, encoding: header.dataEncoding)
    let (buckets, filterWords) = (fields.uint32(0) ?? 0, fields.uint32(8) ?? 0)
    // glibc takes no other number of words (`elf/dl-setup_hash.c`), and looks into no table without
    // buckets, by which musl divides.
    let isUsable =
      object.mapper == .musl
      ? buckets > 0 && filterWords > 0
      : filterWords.nonzeroBitCount == 1 || buckets == 0 && filterWords == 0
    guard isUsable else { throw .hashTable(buckets: buckets, filterWords: filterWords) }
    guard let layout = GNUHashTable.Layout(fields, header.elfClass) else { return nil }
    guard layout.chains <= Self.symbolLimit * 8 else {
      throw .tooLarge(what: .symbolHash, offset: address, size: layout.chains)
    }
    var range = try object.range(.symbolHash, at: address)
    var table = try range.bytes(at: 0, count: Int(layout.chains))
    guard let last = GNUHashTable(table, header)?.lastBucket else {
      return GNUHashTable(table, header)
    }
    var chains = try range.bytes(
      at: layout.chains, count: (Int(last - layout.firstSymbol) + 1) * 4)
    while EncodedBytes(chains, encoding: header.dataEncoding).uint32(chains.count - 4).map({
      $0 & 1 == 0
    }) == true {
      guard UInt64(chains.count) < Self.symbolLimit * 4 else {
        throw .tooLarge(what: .symbolHash, offset: address, size: UInt64(chains.count))
      }
      chains += try range.bytes(at: layout.chains + UInt64(chains.count), count: 4)
    }
    table += chains
    return GNUHashTable(table, header)
  }

  private func sysVHashTable(at address: UInt64) throws(ElfReadError) -> SysVHashTable? {
    let wordSize = SysVHashTable.wordSize(header)
    let head = EncodedBytes(
      try bytes(.symbolHash, address, UInt64(SysVHashTable.headerWords * wordSize)),
      encoding: header.dataEncoding)
    guard let counts = SysVHashTable.counts(head, wordSize) else { return nil }
    let words =
      UInt64(SysVHashTable.headerWords) + UInt64(counts.buckets) + UInt64(counts.symbols)
    guard words <= Self.symbolLimit * 2 else {
      throw .tooLarge(what: .symbolHash, offset: address, size: words * UInt64(wordSize))
    }
    return SysVHashTable(
      try bytes(.symbolHash, address, words * UInt64(wordSize)), header)
  }

  private func bytes(
    _ part: ElfReadError.Part, _ address: UInt64, _ count: UInt64
  ) throws(ElfReadError) -> [UInt8] {
    try object.memory.bytes(of: part, at: address, count: count)
  }

  // MARK: Relocations

  /// How each symbol is used, by its place in the symbol table; up to the last one that is.
  func symbolUses() throws(ElfReadError) -> [SymbolReference.Uses] {
    var uses = SymbolUses()
    try RelocationTables(object).visit { symbol, use throws(ElfReadError) in
      guard symbol < Self.symbolLimit else {
        throw .tooLarge(
          what: .symbolTable, offset: object.value(of: DT_SYMTAB) ?? 0, size: UInt64(symbol))
      }
      uses.add(use, of: Int(symbol))
    }
    for symbol in mipsSymbols ?? 0..<0 { uses.add(.address, of: Int(symbol)) }
    return uses.bySymbol
  }

  private struct SymbolUses {
    var bySymbol: [SymbolReference.Uses] = []

    mutating func add(_ uses: SymbolReference.Uses, of symbol: Int) {
      while bySymbol.count <= symbol { bySymbol.append([]) }
      bySymbol[symbol].formUnion(uses)
    }
  }

  /// The symbols that aren't settled by the object alone.
  ///
  /// What an object defines for others it finds at least in itself; a copy is never taken from the
  /// program that it is made for.
  static func references(
    _ uses: [SymbolReference.Uses], in symbols: DynamicSymbols
  ) -> [SymbolReference] {
    uses.indices.compactMap { index in
      guard index > 0, !uses[index].isEmpty else { return nil }
      let symbol = symbols[index]
      guard symbol.binding != .local, !symbol.isHidden else { return nil }
      var uses = uses[index]
      if symbol.isDefinition, symbols.hashed.contains(index) { uses.formIntersection(.copy) }
      return uses.isEmpty ? nil : SymbolReference(symbol: index, uses: uses)
    }
  }

  // DT_MIPS_SYMTABNO and DT_MIPS_GOTSYM.
  private static let mipsSymbolCount: Int32 = 0x7000_0011
  private static let mipsFirstGlobal: Int32 = 0x7000_0013

  private var mipsSymbolCount: UInt64? {
    header.machine == .mips ? object.value(of: Self.mipsSymbolCount) : nil
  }

  /// MIPS binds the symbols of its global offset table without relocations: those from DT_MIPS_GOTSYM on.
  ///
  /// Source: the MIPS supplement of the System V ABI, "Global Offset Table"; glibc
  /// `sysdeps/mips/dl-machine.h` (`elf_machine_got_rel`).
  private var mipsSymbols: Range<UInt64>? {
    guard let count = mipsSymbolCount, let first = object.value(of: Self.mipsFirstGlobal),
      first <= count, count <= Self.symbolLimit
    else { return nil }
    return first..<count
  }
}

extension DynamicSymbol {
  /// Whether a look-up in the object itself finds the symbol.
  fileprivate var isDefinition: Bool {
    !isUndefined && (value != 0 || isAbsolute || isThreadLocal) && isCodeOrData
  }
}

extension ProtectionMarks {
  /// Damaged notes are as good as none.
  fileprivate init(_ object: MappedObject, notes: [ElfNote]) {
    self.init()
    let flags = object.value(of: DT_FLAGS) ?? 0
    bindsNow = object.bindsNow
    hasLazyBindings =
      object.value(of: DT_JMPREL) != nil && (object.value(of: DT_PLTRELSZ) ?? 0) > 0
    hasTextRelocations =
      object.value(of: DT_TEXTREL) != nil || flags & UInt64(DF_TEXTREL) != 0
    hasRelro = object.headers.first(ProgramHeader.relro) != nil
    if let segment = object.headers.last(ProgramHeader.stack) {
      stack = segment.isExecutable ? .executable : .notExecutable
    }
    features = notes.lazy.compactMap { $0.protectionFeatures(object.header) }.first ?? []
  }
}
