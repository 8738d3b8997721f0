internal import CLibelf
package import FileTree

extension ElfImage {
  /// The names of the symbols that an object takes from others, in its table's order; those that it
  /// can do without (STB_WEAK) are left out. None for an object without a dynamic symbol table.
  ///
  /// Source: the gABI, "Symbol Table".
  package static func importedSymbols(
    of file: borrowing OpenFile
  ) throws(ElfReadError) -> [ByteString] {
    let header = try ElfHeader(reading: file)
    let elf = try LibelfHandle(file)
    let segments = try segments(of: elf, fileSize: file.size)
    let reader = ImportReader(
      dynamic: try dynamicEntries(of: elf, segments), segments: segments, fileSize: file.size,
      header: header)
    return try reader.names(elf)
  }
}

/// Reads the undefined symbols of an object, all at once: they are few, and stand close together.
private struct ImportReader {
  let dynamic: [GElf_Dyn]
  let segments: [GElf_Phdr]
  let fileSize: UInt64
  let header: ElfHeader

  /// No library has more symbols than this by an order of magnitude.
  private static let symbolLimit: UInt64 = 1 << 20
  /// In bytes.
  private static let stringLimit: UInt64 = 64 << 20

  private var symbolSize: UInt64 { header.elfClass == .elf64 ? 24 : 16 }

  func names(_ elf: borrowing LibelfHandle) throws(ElfReadError) -> [ByteString] {
    guard let table = value(of: DT_SYMTAB), let strings = value(of: DT_STRTAB),
      let size = value(of: DT_STRSZ)
    else { return [] }
    let count = try symbolCount(symbols: table, strings: strings, elf)
    guard count <= Self.symbolLimit else {
      throw .tooLarge(what: .symbolTable, offset: table, size: count * symbolSize)
    }
    guard size <= Self.stringLimit else {
      throw .tooLarge(what: .stringTable, offset: strings, size: size)
    }
    guard count > 1 else { return [] }
    var symbolRange = try range(.symbolTable, table)
    var stringRange = try range(.stringTable, strings)
    return undefined(
      in: try symbolRange.bytes(at: 0, count: Int(count * symbolSize), of: elf),
      names: try stringRange.bytes(at: 0, count: Int(size), of: elf))
  }

  private func undefined(in symbols: [UInt8], names: [UInt8]) -> [ByteString] {
    let fields = EncodedBytes(symbols, encoding: header.dataEncoding)
    let isWide = header.elfClass == .elf64
    var result: [ByteString] = []
    // The first symbol is none.
    for place in stride(from: Int(symbolSize), to: symbols.count, by: Int(symbolSize)) {
      let binding = symbols[place + (isWide ? 4 : 12)] >> 4
      guard fields.uint16(place + (isWide ? 6 : 14)) == UInt16(SHN_UNDEF),
        binding != UInt8(STB_WEAK), let name = fields.uint32(place),
        Int(name) < names.count, let end = names[Int(name)...].firstIndex(of: 0)
      else { continue }
      result.append(ByteString(names[Int(name)..<end]))
    }
    return result
  }

  /// How many symbols have to be looked at so that no undefined one is missed.
  private func symbolCount(
    symbols: UInt64, strings: UInt64, _ elf: borrowing LibelfHandle
  ) throws(ElfReadError) -> UInt64 {
    // What DT_GNU_HASH finds stands behind all undefined symbols. A table that finds nothing doesn't
    // tell where they end (binutils bfd/elflink.c, "Empty .gnu.hash section is special").
    if let address = value(of: DT_GNU_HASH) {
      var table = try range(.symbolHash, address)
      let head = EncodedBytes(
        try table.bytes(at: 0, count: 16, of: elf), encoding: header.dataEncoding)
      let (buckets, first) = (head.uint32(0) ?? 0, head.uint32(4) ?? 0)
      if buckets > 1 || first > 1 { return UInt64(first) }
    }
    // DT_HASH has a chain entry for each symbol.
    if let address = value(of: DT_HASH) {
      var table = try range(.symbolHash, address)
      let head = EncodedBytes(
        try table.bytes(at: 0, count: 8, of: elf), encoding: header.dataEncoding)
      return UInt64(head.uint32(4) ?? 0)
    }
    // Linkers write the strings behind the symbols.
    return strings > symbols ? (strings - symbols) / symbolSize : 0
  }

  private func value(of tag: Int32) -> UInt64? {
    dynamic.last { $0.d_tag == Int64(tag) }.map { unsafe $0.d_un.d_ptr }
  }

  private func range(
    _ part: ElfReadError.Part, _ address: UInt64
  ) throws(ElfReadError) -> MappedRange {
    try MappedRange(part, at: address, segments: segments, fileSize: fileSize)
  }
}
