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
    try ImportReader(object: MappedObject(reading: file, as: nil, nil)).names()
  }
}

/// Reads the undefined symbols of an object, all at once: they are few, and stand close together.
private struct ImportReader {
  let object: MappedObject

  /// No library has more symbols than this by an order of magnitude.
  private static let symbolLimit: UInt64 = 1 << 20
  /// In bytes.
  private static let stringLimit: UInt64 = 64 << 20

  private var isWide: Bool { object.header.elfClass == .elf64 }
  private var symbolSize: UInt64 { isWide ? 24 : 16 }

  func names() throws(ElfReadError) -> [ByteString] {
    guard let table = object.value(of: DT_SYMTAB), let strings = object.value(of: DT_STRTAB),
      let size = object.value(of: DT_STRSZ)
    else { return [] }
    let count = try symbolCount(symbols: table, strings: strings)
    guard count <= Self.symbolLimit else {
      throw .tooLarge(what: .symbolTable, offset: table, size: count * symbolSize)
    }
    guard size <= Self.stringLimit else {
      throw .tooLarge(what: .stringTable, offset: strings, size: size)
    }
    guard count > 1 else { return [] }
    return try undefined(
      in: try object.memory.bytes(of: .symbolTable, at: table, count: count * symbolSize),
      names: try object.memory.bytes(of: .stringTable, at: strings, count: size))
  }

  private func undefined(
    in symbols: [UInt8], names: [UInt8]
  ) throws(ElfReadError) -> [ByteString] {
    let fields = EncodedBytes(symbols, encoding: object.header.dataEncoding)
    var result: [ByteString] = []
    // The first symbol is none.
    for place in stride(from: Int(symbolSize), to: symbols.count, by: Int(symbolSize)) {
      let binding = symbols[place + (isWide ? 4 : 12)] >> 4
      guard fields.uint16(place + (isWide ? 6 : 14)) == UInt16(SHN_UNDEF),
        binding != UInt8(STB_WEAK), let name = fields.uint32(place),
        Int(name) < names.count, let end = names[Int(name)...].firstIndex(of: 0)
      else { continue }
      // Names may overlap.
      try object.memory.spend(end - Int(name) + 1, on: .stringTable)
      result.append(ByteString(names[Int(name)..<end]))
    }
    return result
  }

  /// How many symbols have to be looked at so that no undefined one is missed.
  private func symbolCount(
    symbols: UInt64, strings: UInt64
  ) throws(ElfReadError) -> UInt64 {
    // What DT_GNU_HASH finds stands behind all undefined symbols. A table that finds nothing doesn't
    // tell where they end (binutils bfd/elflink.c, "Empty .gnu.hash section is special").
    if var table = try object.range(.symbolHash, DT_GNU_HASH) {
      let head = EncodedBytes(
        try table.bytes(at: 0, count: 16), encoding: object.header.dataEncoding)
      let (buckets, first) = (head.uint32(0) ?? 0, head.uint32(4) ?? 0)
      if buckets > 1 || first > 1 { return UInt64(first) }
    }
    // DT_HASH has a chain entry for each symbol.
    if var table = try object.range(.symbolHash, DT_HASH) {
      let head = EncodedBytes(
        try table.bytes(at: 0, count: 8), encoding: object.header.dataEncoding)
      return UInt64(head.uint32(4) ?? 0)
    }
    // Linkers write the strings behind the symbols.
    return strings > symbols ? (strings - symbols) / symbolSize : 0
  }
}
