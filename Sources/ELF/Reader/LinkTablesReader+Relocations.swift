internal import CLibelf

/// Which symbols an object's relocations bind.
///
/// Source: the gABI, "Relocation" and "Dynamic Section"; glibc `elf/do-rel.h`,
/// `elf/dynamic-link.h`. DT_RELR has no symbols.
extension LinkTablesReader {
  /// How each symbol is used, by its place in the symbol table; up to the last one that is.
  func symbolUses(
    _ elf: borrowing LibelfHandle
  ) throws(ElfReadError) -> [SymbolReference.Uses] {
    var uses = SymbolUses()
    let hasAddends = value(of: DT_PLTREL) == UInt64(DT_RELA)
    let tables = [
      RelocationTable(
        address: value(of: DT_RELA), size: value(of: DT_RELASZ), hasAddends: true,
        relativeCount: value(of: DT_RELACOUNT)),
      RelocationTable(
        address: value(of: DT_REL), size: value(of: DT_RELSZ), hasAddends: false,
        relativeCount: value(of: DT_RELCOUNT)),
      RelocationTable(
        address: value(of: DT_JMPREL), size: value(of: DT_PLTRELSZ), hasAddends: hasAddends,
        relativeCount: nil),
    ]
    for table in tables { try read(table, into: &uses, elf) }
    addGlobalOffsets(to: &uses)
    return uses.bySymbol
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
      if symbol.isDefinition { uses.formIntersection(.copy) }
      return uses.isEmpty ? nil : SymbolReference(symbol: index, uses: uses)
    }
  }

  private struct RelocationTable {
    let address: UInt64?
    /// In bytes.
    let size: UInt64?
    let hasAddends: Bool
    /// How many entries at the beginning name no symbol.
    let relativeCount: UInt64?
  }

  private struct SymbolUses {
    var bySymbol: [SymbolReference.Uses] = []

    mutating func add(_ uses: SymbolReference.Uses, of symbol: Int) {
      while bySymbol.count <= symbol { bySymbol.append([]) }
      bySymbol[symbol].formUnion(uses)
    }
  }

  /// Larger than any library's. In bytes.
  private static let relocationLimit: UInt64 = 1 << 30
  /// Entries that are read at once.
  private static let entriesAtOnce: UInt64 = 4096

  private func read(
    _ table: RelocationTable, into uses: inout SymbolUses, _ elf: borrowing LibelfHandle
  ) throws(ElfReadError) {
    guard let address = table.address, let size = table.size, size > 0 else { return }
    guard size <= Self.relocationLimit else {
      throw .tooLarge(what: .relocations, offset: address, size: size)
    }
    let entrySize = UInt64(header.elfClass.bits / 8) * (table.hasAddends ? 3 : 2)
    var range = try range(.relocations, address)
    let types = RelocationTypes(header.machine)
    var entry = min(table.relativeCount ?? 0, size / entrySize)
    while entry < size / entrySize {
      let count = min(Self.entriesAtOnce, size / entrySize - entry)
      let bytes = EncodedBytes(
        try range.bytes(at: entry * entrySize, count: Int(count * entrySize), of: elf),
        encoding: header.dataEncoding)
      for place in stride(from: 0, to: bytes.bytes.count, by: Int(entrySize)) {
        guard let (symbol, type) = binding(at: place, of: bytes), symbol != 0, type != 0 else {
          continue
        }
        guard symbol < Self.symbolLimit else {
          throw .tooLarge(what: .symbolTable, offset: address, size: UInt64(symbol))
        }
        uses.add(types.uses(of: type), of: Int(symbol))
      }
      entry += count
    }
  }

  /// The symbol and the type of a relocation, from its `r_info`.
  private func binding(at place: Int, of bytes: EncodedBytes) -> (symbol: UInt32, type: UInt32)? {
    if header.elfClass == .elf32 {
      return bytes.uint32(place + 4).map { ($0 >> 8, $0 & 0xFF) }
    }
    // MIPS has fields of their own instead of one number (glibc sysdeps/mips/bits/link.h, elf.h,
    // Elf64_Mips_Rel).
    if header.machine == .mips {
      guard let symbol = bytes.uint32(place + 8) else { return nil }
      return (symbol, UInt32(bytes.bytes[place + 15]))
    }
    guard let info = bytes.uint64(place + 8) else { return nil }
    // The upper bytes of SPARC's types are data.
    let mask: UInt64 = header.machine == .sparcV9 ? 0xFF : 0xFFFF_FFFF
    return (UInt32(info >> 32), UInt32(info & mask))
  }

  /// MIPS binds the symbols of its global offset table without relocations: those from DT_MIPS_GOTSYM on.
  ///
  /// Source: the MIPS supplement of the System V ABI, "Global Offset Table"; glibc
  /// `sysdeps/mips/dl-machine.h` (`elf_machine_got_rel`).
  private func addGlobalOffsets(to uses: inout SymbolUses) {
    guard let first = value(of: Self.mipsFirstGlobal), let count = value(of: Self.mipsSymbolCount),
      first < count, count <= Self.symbolLimit
    else { return }
    for symbol in Int(first)..<Int(count) { uses.add(.address, of: symbol) }
  }
}

extension DynamicSymbol {
  /// Whether a look-up in the object itself finds the symbol.
  fileprivate var isDefinition: Bool {
    !isUndefined && (value != 0 || isAbsolute || isThreadLocal) && isCodeOrData
  }
}
