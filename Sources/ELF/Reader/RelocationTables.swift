internal import CLibelf

/// The tables of an object's relocations, which a loader goes through from end to end.
///
/// Source: the gABI, "Relocation" and "Dynamic Section"; glibc `elf/do-rel.h`, `elf/dynamic-link.h`.
/// DT_RELR has no symbols.
struct RelocationTables {
  private let object: MappedObject
  private let types: RelocationTypes
  private let entrySizes: (plain: UInt64, withAddends: UInt64)

  /// Larger than any library's. In bytes.
  private static let sizeLimit: UInt64 = 1 << 30
  /// Entries that are read at once.
  private static let entriesAtOnce: UInt64 = 4096

  private struct Table {
    let address: UInt64
    /// In bytes.
    var size: UInt64
    let entrySize: UInt64
    /// How many entries at the beginning name no symbol.
    var relativeCount: UInt64 = 0
    var isBoundLater = false

    /// glibc goes on as long as something is left.
    var count: UInt64 { size / entrySize + (size % entrySize == 0 ? 0 : 1) }
  }

  init(_ object: MappedObject) {
    self.object = object
    types = RelocationTypes(object.header.machine)
    let word = UInt64(object.header.elfClass.bits / 8)
    entrySizes = (2 * word, 3 * word)
  }

  private func tables() throws(ElfReadError) -> [Table] {
    object.mapper == .musl ? try muslTables() : glibcTables
  }

  private func table(_ address: Int32, _ size: Int32, _ entrySize: UInt64) -> Table? {
    guard let address = object.value(of: address), let size = object.value(of: size), size > 0
    else { return nil }
    return Table(address: address, size: size, entrySize: entrySize)
  }

  /// What is bound later comes in either kind, and may be the end of the table of the others.
  private var glibcTables: [Table] {
    let hasAddends = object.value(of: DT_PLTREL) == UInt64(DT_RELA)
    var later: Table?
    if object.value(of: DT_PLTREL) != nil {
      later = table(
        DT_JMPREL, DT_PLTRELSZ, hasAddends ? entrySizes.withAddends : entrySizes.plain)
      later?.isBoundLater = !object.bindsNow
    }
    func first(_ address: Int32, _ size: Int32, _ count: Int32, _ entrySize: UInt64) -> Table? {
      guard var table = table(address, size, entrySize) else { return nil }
      if let later, later.entrySize == entrySize, later.size <= table.size,
        later.address &+ later.size == table.address &+ table.size
      {
        table.size -= later.size
      }
      table.relativeCount = min(object.value(of: count) ?? 0, table.size / entrySize)
      return table
    }
    let hasPlain = object.header.machine.hasPlainRelocations
    return [
      first(DT_RELA, DT_RELASZ, DT_RELACOUNT, entrySizes.withAddends),
      hasPlain ? first(DT_REL, DT_RELSZ, DT_RELCOUNT, entrySizes.plain) : nil, later,
    ].compactMap(\.self)
  }

  /// musl counts down to 0, which it has to meet, and takes an address that isn't told for 0.
  private func muslTables() throws(ElfReadError) -> [Table] {
    let hasAddends = object.value(of: DT_PLTREL) == UInt64(DT_RELA)
    let tables = [
      (DT_JMPREL, DT_PLTRELSZ, hasAddends ? entrySizes.withAddends : entrySizes.plain),
      (DT_REL, DT_RELSZ, entrySizes.plain), (DT_RELA, DT_RELASZ, entrySizes.withAddends),
    ].map { address, size, entrySize in
      Table(
        address: object.value(of: address) ?? 0, size: object.value(of: size) ?? 0,
        entrySize: entrySize)
    }
    for table in tables where table.size % table.entrySize != 0 {
      throw .partialRelocation(size: table.size, entrySize: table.entrySize)
    }
    return tables
  }

  /// Whether every place that is written to can be.
  func check() throws(ElfReadError) {
    try visit { _, _ in }
  }

  /// Calls `body` with the symbol of each relocation that binds one, and how it is used.
  func visit(
    _ body: (_ symbol: UInt32, _ uses: SymbolReference.Uses) throws(ElfReadError) -> Void
  ) throws(ElfReadError) {
    var targets = WrittenPlaces(object)
    for table in try tables() {
      guard table.size <= Self.sizeLimit else {
        throw .tooLarge(what: .relocations, offset: table.address, size: table.size)
      }
      var entry: UInt64 = 0
      while entry < table.count {
        let count = min(Self.entriesAtOnce, table.count - entry)
        let bytes = EncodedBytes(
          try object.memory.bytes(
            of: .relocations, at: table.address &+ entry * table.entrySize,
            count: count * table.entrySize),
          encoding: object.header.dataEncoding)
        for index in 0..<count {
          let place = Int(index * table.entrySize)
          guard let (symbol, type) = binding(at: place, of: bytes) else { continue }
          guard
            types.isKnown(type, to: object.mapper, isBoundLater: table.isBoundLater)
          else { throw .unknownRelocation(type: type, address: word(bytes, place)) }
          // R_*_NONE, which linkers leave behind at any address, is 0 everywhere and writes nothing.
          if type != 0 { try targets.check(word(bytes, place)) }
          if entry + index < table.relativeCount {
            guard types.demandedRelative.map({ $0 == type }) ?? true else {
              throw .notRelative(type: type, address: word(bytes, place))
            }
          } else if symbol != 0, type != 0 {
            try body(symbol, types.uses(of: type))
          }
        }
        entry += count
      }
    }
  }

  private func word(_ bytes: EncodedBytes, _ place: Int) -> UInt64 {
    (object.header.elfClass == .elf64 ? bytes.uint64(place) : bytes.uint32(place).map(UInt64.init))
      ?? 0
  }

  /// The symbol and the type of a relocation, from its `r_info`.
  private func binding(at place: Int, of bytes: EncodedBytes) -> (symbol: UInt32, type: UInt32)? {
    if object.header.elfClass == .elf32 {
      return bytes.uint32(place + 4).map { ($0 >> 8, $0 & 0xFF) }
    }
    // MIPS has fields of their own instead of one number (glibc sysdeps/mips/bits/link.h, elf.h,
    // Elf64_Mips_Rel).
    if object.header.machine == .mips {
      guard let symbol = bytes.uint32(place + 8) else { return nil }
      return (symbol, UInt32(bytes.bytes[place + 15]))
    }
    guard let info = bytes.uint64(place + 8) else { return nil }
    // The upper bytes of SPARC's types are data.
    let mask: UInt64 = object.header.machine == .sparcV9 ? 0xFF : 0xFFFF_FFFF
    return (UInt32(info >> 32), UInt32(info & mask))
  }
}

/// The places that relocations are written to, of which one stands beside the other.
private struct WrittenPlaces {
  private let memory: ObjectMemory
  /// Whether the loader makes code writable before (DT_TEXTREL).
  private let areAllWritable: Bool
  private let page: PageSize
  private var known: UInt64?

  init(_ object: MappedObject) {
    memory = object.memory
    page = PageSize(object.header.machine)
    let flags = object.value(of: DT_FLAGS) ?? 0
    areAllWritable =
      object.value(of: DT_TEXTREL) != nil || flags & UInt64(DF_TEXTREL) != 0
  }

  mutating func check(_ address: UInt64) throws(ElfReadError) {
    // One that does nothing is at no place.
    guard address != 0, known != page.floor(address) else { return }
    guard
      areAllWritable
        ? memory.isMapped(at: address, count: 1) : memory.isWritable(at: address)
    else { throw .notWritable(what: .relocated, address: address) }
    known = page.floor(address)
  }
}
