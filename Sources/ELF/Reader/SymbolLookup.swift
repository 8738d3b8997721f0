internal import CLibelf
package import FileTree

extension ElfImage {
  /// Whether an object defines all of the named dynamic symbols, as a loader looks them up.
  ///
  /// Source: the gABI, "Hash Table"; musl `ldso/dynlink.c` (`gnu_lookup`, `sysv_lookup`).
  ///
  /// - Parameters:
  ///   - header: as whoever maps the object reads it; nil for what the file itself says.
  ///   - mapper: nil for the kernel if the file is a program, and else for glibc.
  package static func symbols(
    _ names: [ByteString], areDefinedIn file: borrowing OpenFile, header: ElfHeader? = nil,
    mapper: ObjectMapper? = nil
  ) throws(ElfReadError) -> Bool {
    try definedSymbols(among: names, of: file, header: header, mapper: mapper).count
      == Set(names).count
  }

  /// Which of some dynamic symbols an object defines, as a loader looks them up; the same otherwise.
  package static func definedSymbols(
    among names: [ByteString], of file: borrowing OpenFile, header: ElfHeader? = nil,
    mapper: ObjectMapper? = nil
  ) throws(ElfReadError) -> Set<ByteString> {
    let object = try MappedObject(reading: file, as: header, mapper)
    guard var lookup = try SymbolLookup(object) else { return [] }
    var defined: Set<ByteString> = []
    for name in names where try lookup.isDefined(name) { defined.insert(name) }
    return defined
  }
}

/// Finds symbols through an object's hash table: DT_GNU_HASH, or DT_HASH without it.
private struct SymbolLookup: ~Copyable {
  private let header: ElfHeader
  private var symbols: MemoryRange
  private var strings: MemoryRange
  private var hashTable: MemoryRange
  private let isGNU: Bool

  /// In steps along one chain; a chain may lead back to itself.
  private static let chainLimit = 1 << 14

  /// Nil for an object without symbols or a hash table.
  init?(_ object: MappedObject) throws(ElfReadError) {
    guard let symbols = try object.range(.symbolTable, DT_SYMTAB),
      let strings = try object.range(.stringTable, DT_STRTAB)
    else { return nil }
    if let table = try object.range(.symbolHash, DT_GNU_HASH) {
      (hashTable, isGNU) = (table, true)
    } else if let table = try object.range(.symbolHash, DT_HASH) {
      (hashTable, isGNU) = (table, false)
    } else {
      return nil
    }
    self.symbols = symbols
    self.strings = strings
    header = object.header
  }

  mutating func isDefined(_ name: ByteString) throws(ElfReadError) -> Bool {
    isGNU ? try isDefinedByGNUHash(name) : try isDefinedByHash(name)
  }

  private mutating func isDefinedByGNUHash(_ name: ByteString) throws(ElfReadError) -> Bool {
    let hash = name.bytes.reduce(UInt32(5381)) { $0 &* 33 &+ UInt32($1) }
    let bucketCount = UInt64(try word(0))
    let firstSymbol = try word(1)
    guard bucketCount > 0 else { return false }
    // The header's four words, then the filter, whose words are as wide as an address.
    let filterWords = UInt64(try word(2)) * (header.elfClass == .elf64 ? 2 : 1)
    let buckets = 4 + filterWords
    var symbol = try word(buckets + UInt64(hash) % bucketCount)
    guard symbol >= firstSymbol, symbol != 0 else { return false }
    for _ in 0..<Self.chainLimit {
      let entry = try word(buckets + bucketCount + UInt64(symbol - firstSymbol))
      if entry | 1 == hash | 1, try isDefinition(symbol, of: name) { return true }
      guard entry & 1 == 0, symbol < .max else { return false }
      symbol += 1
    }
    return false
  }

  private mutating func isDefinedByHash(_ name: ByteString) throws(ElfReadError) -> Bool {
    var hash: UInt32 = 0
    for byte in name.bytes {
      hash = hash << 4 &+ UInt32(byte)
      hash ^= hash >> 24 & 0xF0
    }
    hash &= 0x0FFF_FFFF
    let bucketCount = UInt64(try word(0))
    guard bucketCount > 0 else { return false }
    var symbol = try word(2 + UInt64(hash) % bucketCount)
    for _ in 0..<Self.chainLimit {
      guard symbol != 0 else { return false }
      if try isDefinition(symbol, of: name) { return true }
      symbol = try word(2 + bucketCount + UInt64(symbol))
    }
    return false
  }

  /// Whether a symbol has the name and is defined here: in a section, and at an address.
  private mutating func isDefinition(
    _ index: UInt32, of name: ByteString
  ) throws(ElfReadError) -> Bool {
    let isWide = header.elfClass == .elf64
    let size = isWide ? 24 : 16
    let symbol = EncodedBytes(
      try symbols.bytes(at: UInt64(index) * UInt64(size), count: size),
      encoding: header.dataEncoding)
    let section = symbol.uint16(isWide ? 6 : 14) ?? 0
    let value = isWide ? symbol.uint64(8) : symbol.uint32(4).map { UInt64($0) }
    guard section != 0, value != 0, let text = symbol.uint32(0) else { return false }
    return try strings.holds(name.bytes + [0], at: UInt64(text))
  }

  /// The hash table's word at an index.
  private mutating func word(_ index: UInt64) throws(ElfReadError) -> UInt32 {
    let bytes = try hashTable.bytes(at: index * 4, count: 4)
    return EncodedBytes(bytes, encoding: header.dataEncoding).uint32(0) ?? 0
  }
}
