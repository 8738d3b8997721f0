package import FileTree

/// The dynamic symbol table of an object, with the hash table by which a loader looks symbols up.
///
/// Held as it stands in the file: of thousands of symbols, a loader looks at few. Source: the gABI,
/// "Symbol Table" and "Hash Table"; `elf.h`; glibc `elf/dl-lookup.c` (`do_lookup_x`).
package final class DynamicSymbols: Sendable {
  /// DT_GNU_HASH, or DT_HASH without it.
  enum HashTable: Sendable {
    /// Nothing is ever found.
    case none
    case gnu(GNUHashTable)
    case sysV(SysVHashTable)
  }

  /// How many symbols there are, the first of which is none.
  package let count: Int
  private let isWide: Bool
  private let encoding: ElfHeader.DataEncoding
  private let symbols: EncodedBytes
  private let strings: [UInt8]
  /// DT_VERSYM; nil without one.
  private let versions: EncodedBytes?
  private let hashTable: HashTable
  /// The symbols that look-ups can find, by their places.
  let hashed: Range<Int>

  /// No entries, as in a static program.
  package static let none = DynamicSymbols(
    header: ElfHeader(), symbols: [], strings: [], versions: nil, hashTable: .none)

  /// - Parameters:
  ///   - symbols: the bytes of DT_SYMTAB, as far as it has symbols.
  ///   - strings: the bytes of DT_STRTAB.
  ///   - versions: the bytes of DT_VERSYM.
  init(
    header: ElfHeader, symbols: [UInt8], strings: [UInt8], versions: [UInt8]?,
    hashTable: HashTable
  ) {
    isWide = header.elfClass == .elf64
    encoding = header.dataEncoding
    count = symbols.count / (isWide ? 24 : 16)
    self.symbols = EncodedBytes(symbols, encoding: encoding)
    self.strings = strings
    self.versions = versions.map { EncodedBytes($0, encoding: header.dataEncoding) }
    self.hashTable = hashTable
    hashed =
      switch hashTable {
      case .none: 0..<0
      case .gnu(let table): table.symbols
      case .sysV(let table): 0..<Int(table.symbolCount)
      }
  }

  /// Whether each symbol has a version.
  package var hasVersions: Bool { versions != nil }

  // MARK: Symbols

  /// The symbol at a place; one beyond the table is none.
  package subscript(index: Int) -> DynamicSymbol {
    guard index >= 0, index < count else { return DynamicSymbol() }
    let place = index * (isWide ? 24 : 16)
    let bytes = symbols.bytes
    let value = isWide ? symbols.uint64(place + 8) : symbols.uint32(place + 4).map(UInt64.init)
    return DynamicSymbol(
      info: bytes[place + (isWide ? 4 : 12)], other: bytes[place + (isWide ? 5 : 13)],
      section: symbols.uint16(place + (isWide ? 6 : 14)) ?? 0, value: value ?? 0)
  }

  /// What DT_VERSYM says of a symbol; nil without one.
  package func version(of index: Int) -> UInt16? { versions?.uint16(index * 2) }

  /// The name of the symbol at a place, for look-ups in other tables.
  package func name(of index: Int) -> SymbolName? {
    guard let start = nameStart(of: index) else { return nil }
    return SymbolName(in: strings, at: start)
  }

  /// Whether the name of the symbol at a place is in the table of strings.
  func hasName(at index: Int) -> Bool { nameStart(of: index) != nil }

  private func nameStart(of index: Int) -> Int? {
    guard index >= 0, index < count,
      let start = symbols.uint32(index * (isWide ? 24 : 16)), Int(start) < strings.count
    else { return nil }
    return Int(start)
  }

  // MARK: Look-up

  /// The first symbol of a name that also is what is looked for, in the order of the hash table's chain.
  package func firstIndex(named name: SymbolName, where isMatch: (Int) -> Bool) -> Int? {
    switch hashTable {
    case .none: nil
    case .gnu(let table):
      table.firstIndex(hash: name.gnuHash) { has(name, at: $0) && isMatch($0) }
    case .sysV(let table):
      table.firstIndex(hash: name.sysVHash) { has(name, at: $0) && isMatch($0) }
    }
  }

  private func has(_ name: SymbolName, at index: Int) -> Bool {
    guard let start = nameStart(of: index) else { return false }
    return name.stands(in: strings, at: start)
  }

  // MARK: All symbols

  /// Calls `body` with the size of each symbol's name in bytes, its NUL included, in the table's order.
  func forEachNameSize(
    _ body: (Int) throws(ElfReadError) -> Void
  ) throws(ElfReadError) {
    for index in 0..<count {
      guard let start = nameStart(of: index), strings[start] != 0 else { continue }
      try body((strings[start...].firstIndex(of: 0) ?? strings.count) + 1 - start)
    }
  }

  /// The names of symbols by their places, in the table's order; a name that can't be read is left out.
  package func names(where isWanted: (Int, DynamicSymbol) -> Bool) -> [ByteString] {
    (0..<count).dropFirst().compactMap { index in
      isWanted(index, self[index]) ? name(of: index)?.text : nil
    }
  }
}

/// One entry of a symbol table, but for its name.
package struct DynamicSymbol: Hashable, Sendable {
  /// `st_info`.
  private let info: UInt8
  /// `st_other`.
  package let other: UInt8
  /// `st_shndx`.
  package let section: UInt16
  /// `st_value`.
  package let value: UInt64

  package init(info: UInt8 = 0, other: UInt8 = 0, section: UInt16 = 0, value: UInt64 = 0) {
    self.info = info
    self.other = other
    self.section = section
    self.value = value
  }

  /// STB_*.
  package enum Binding: Hashable, Sendable {
    case local, global, weak, unique, other
  }

  package var binding: Binding {
    switch info >> 4 {
    case 0: .local
    case 1: .global
    case 2: .weak
    case 10: .unique
    default: .other
    }
  }

  /// STT_*, as a number.
  package var type: UInt8 { info & 0xF }

  /// SHN_UNDEF: named here, defined elsewhere.
  package var isUndefined: Bool { section == 0 }

  /// SHN_ABS: its value is no address.
  package var isAbsolute: Bool { section == 0xFFF1 }

  /// STT_TLS: a value of 0 is a place like any other.
  package var isThreadLocal: Bool { type == 6 }

  /// STT_GNU_IFUNC: its value is a function that finds the value.
  package var isIndirect: Bool { type == 10 }

  /// STT_NOTYPE, STT_OBJECT, STT_FUNC, STT_COMMON, STT_TLS or STT_GNU_IFUNC.
  package var isCodeOrData: Bool {
    switch type {
    case 0, 1, 2, 5, 6, 10: true
    default: false
    }
  }

  /// STV_INTERNAL or STV_HIDDEN: for the object's own use.
  package var isHidden: Bool { other & 3 == 1 || other & 3 == 2 }
}
