internal import CLibelf
package import FileTree

extension ElfImage {
  /// Whether an object defines all of the named dynamic symbols, as a loader looks them up.
  package static func symbols(
    _ names: [ByteString], areDefinedIn file: borrowing OpenFile
  ) throws(ElfReadError) -> Bool {
    try definedSymbols(among: names, of: file).count == Set(names).count
  }

  /// Which of some dynamic symbols an object defines, as a loader looks them up.
  ///
  /// Source: the gABI, "Hash Table"; musl `ldso/dynlink.c` (`gnu_lookup`, `sysv_lookup`).
  package static func definedSymbols(
    among names: [ByteString], of file: borrowing OpenFile
  ) throws(ElfReadError) -> Set<ByteString> {
    let header = try ElfHeader(reading: file)
    let elf = try LibelfHandle(file)
    let segments = try segments(of: elf, fileSize: file.size)
    let dynamic = try dynamicEntries(of: elf, segments)
    guard
      var lookup = try SymbolLookup(
        dynamic, segments: segments, fileSize: file.size, header: header)
    else { return [] }
    var defined: Set<ByteString> = []
    for name in names where try lookup.isDefined(name, in: elf) { defined.insert(name) }
    return defined
  }
}

/// Finds symbols through an object's hash table: DT_GNU_HASH, or DT_HASH without it.
private struct SymbolLookup: ~Copyable {
  private let header: ElfHeader
  private var symbols: MappedRange
  private var strings: MappedRange
  private var hashTable: MappedRange
  private let isGNU: Bool

  /// In steps along one chain; a chain may lead back to itself.
  private static let chainLimit = 1 << 14

  /// Nil for an object without symbols or a hash table.
  init?(
    _ entries: [GElf_Dyn], segments: [GElf_Phdr], fileSize: UInt64, header: ElfHeader
  ) throws(ElfReadError) {
    func range(
      _ part: ElfReadError.Part, _ tag: Int32
    ) throws(ElfReadError) -> MappedRange? {
      guard let entry = entries.last(where: { $0.d_tag == Int64(tag) }) else { return nil }
      return try MappedRange(
        part, at: unsafe entry.d_un.d_ptr, segments: segments, fileSize: fileSize)
    }
    guard let symbols = try range(.symbolTable, DT_SYMTAB),
      let strings = try range(.stringTable, DT_STRTAB)
    else { return nil }
    if let table = try range(.symbolHash, DT_GNU_HASH) {
      (hashTable, isGNU) = (table, true)
    } else if let table = try range(.symbolHash, DT_HASH) {
      (hashTable, isGNU) = (table, false)
    } else {
      return nil
    }
    self.symbols = symbols
    self.strings = strings
    self.header = header
  }

  mutating func isDefined(
    _ name: ByteString, in elf: borrowing LibelfHandle
  ) throws(ElfReadError) -> Bool {
    isGNU ? try isDefinedByGNUHash(name, elf) : try isDefinedByHash(name, elf)
  }

  private mutating func isDefinedByGNUHash(
    _ name: ByteString, _ elf: borrowing LibelfHandle
  ) throws(ElfReadError) -> Bool {
    let hash = name.bytes.reduce(UInt32(5381)) { $0 &* 33 &+ UInt32($1) }
    let bucketCount = UInt64(try word(0, elf))
    let firstSymbol = try word(1, elf)
    guard bucketCount > 0 else { return false }
    // The header's four words, then the filter, whose words are as wide as an address.
    let filterWords = UInt64(try word(2, elf)) * (header.elfClass == .elf64 ? 2 : 1)
    let buckets = 4 + filterWords
    var symbol = try word(buckets + UInt64(hash) % bucketCount, elf)
    guard symbol >= firstSymbol, symbol != 0 else { return false }
    for _ in 0..<Self.chainLimit {
      let entry = try word(buckets + bucketCount + UInt64(symbol - firstSymbol), elf)
      if entry | 1 == hash | 1, try isDefinition(symbol, of: name, elf) { return true }
      guard entry & 1 == 0, symbol < .max else { return false }
      symbol += 1
    }
    return false
  }

  private mutating func isDefinedByHash(
    _ name: ByteString, _ elf: borrowing LibelfHandle
  ) throws(ElfReadError) -> Bool {
    var hash: UInt32 = 0
    for byte in name.bytes {
      hash = hash << 4 &+ UInt32(byte)
      hash ^= hash >> 24 & 0xF0
    }
    hash &= 0x0FFF_FFFF
    let bucketCount = UInt64(try word(0, elf))
    guard bucketCount > 0 else { return false }
    var symbol = try word(2 + UInt64(hash) % bucketCount, elf)
    for _ in 0..<Self.chainLimit {
      guard symbol != 0 else { return false }
      if try isDefinition(symbol, of: name, elf) { return true }
      symbol = try word(2 + bucketCount + UInt64(symbol), elf)
    }
    return false
  }

  /// Whether a symbol has the name and is defined here: in a section, and at an address.
  private mutating func isDefinition(
    _ index: UInt32, of name: ByteString, _ elf: borrowing LibelfHandle
  ) throws(ElfReadError) -> Bool {
    let isWide = header.elfClass == .elf64
    let size = isWide ? 24 : 16
    let symbol = EncodedBytes(
      try symbols.bytes(at: UInt64(index) * UInt64(size), count: size, of: elf),
      encoding: header.dataEncoding)
    let section = symbol.uint16(isWide ? 6 : 14) ?? 0
    let value = isWide ? symbol.uint64(8) : symbol.uint32(4).map { UInt64($0) }
    guard section != 0, value != 0, let text = symbol.uint32(0) else { return false }
    return try strings.holds(name.bytes + [0], at: UInt64(text), of: elf)
  }

  /// The hash table's word at an index.
  private mutating func word(
    _ index: UInt64, _ elf: borrowing LibelfHandle
  ) throws(ElfReadError) -> UInt32 {
    let bytes = try hashTable.bytes(at: index * 4, count: 4, of: elf)
    return EncodedBytes(bytes, encoding: header.dataEncoding).uint32(0) ?? 0
  }
}
