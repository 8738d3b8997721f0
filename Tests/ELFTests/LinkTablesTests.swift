import FileTree
import TestSupport
import Testing

@testable import ELF

/// The symbols that relocations bind, and marks of protection, in all kinds of file.
struct LinkTablesTests {
  struct Format: CustomTestStringConvertible, Sendable {
    let header: ElfHeader
    let hash: ElfSymbols.Hash

    var testDescription: String {
      "\(header.machine), \(header.elfClass.bits)-bit, \(header.dataEncoding), \(hash)"
    }

    static let all: [Format] = [
      (ElfHeader.Class.elf64, .littleEndian, Machine.amd64), (.elf32, .littleEndian, .x86),
      (.elf64, .bigEndian, .s390), (.elf32, .bigEndian, .ppc), (.elf64, .littleEndian, .mips),
      (.elf64, .bigEndian, .mips), (.elf64, .bigEndian, .sparcV9),
    ].flatMap { (format: (ElfHeader.Class, ElfHeader.DataEncoding, Machine)) in
      ElfSymbols.Hash.allCases.map { hash in
        Format(
          header: ElfHeader(
            elfClass: format.0, dataEncoding: format.1, machine: format.2,
            programHeaderSize: format.0 == .elf64 ? 56 : 32),
          hash: hash)
      }
    }
  }

  func read(
    _ header: ElfHeader = ElfHeader(), _ symbols: ElfSymbols? = nil,
    _ extras: ElfExtras = ElfExtras()
  ) throws -> LinkTables {
    let image = ElfImage(header: header, dynamic: DynamicSection(soname: "libself.so"))
    return try LinkTables(
      reading: OpenFile(
        bytes: ElfBuilder.bytes(of: image, symbols: symbols, extras: extras)))
  }

  func bound(_ tables: LinkTables) -> [String] {
    tables.references.map { tables.symbols.name(of: $0.symbol)?.text.description ?? "" }
  }

  /// Any type that is neither a copy nor NONE on these machines.
  @Test(arguments: Format.all)
  func `what relocations bind is read, and what they don't isn't`(format: Format) throws {
    let tables = try read(
      format.header,
      ElfSymbols(
        .undefined("called", relocations: [6]), .undefined("named", relocations: []),
        .undefined("never", relocations: [0]),
        .undefined("weak", isWeak: true, relocations: [6]), .defined("own", relocations: [6]),
        hash: format.hash))
    #expect(bound(tables) == ["called", "weak"])
    #expect(tables.symbols.count == 6)
    let weak = try #require(tables.references.last?.symbol)
    #expect(tables.symbols[weak].binding == .weak)
  }

  @Test(arguments: Format.all)
  func `a name is found through the hash table, with its version`(format: Format) throws {
    let tables = try read(
      format.header,
      ElfSymbols(
        .undefined("first"), .defined("second", version: 7), .defined("third"),
        .defined("second", version: 8), hash: format.hash))
    let symbols = tables.symbols
    var versions: [UInt16?] = []
    let last = symbols.firstIndex(named: SymbolName("second")) { index in
      versions.append(symbols.version(of: index))
      return versions.count == 2
    }
    #expect(versions == [7, 8])
    #expect(last.map { symbols[$0].isUndefined } == false)
    #expect(symbols.firstIndex(named: SymbolName("fourth")) { _ in true } == nil)
    #expect(symbols.firstIndex(named: SymbolName("secon")) { _ in true } == nil)
    #expect(symbols.firstIndex(named: SymbolName("seconds")) { _ in true } == nil)
  }

  static let types: [(machine: Machine, type: UInt32, uses: SymbolReference.Uses)] = [
    (.amd64, 5, .copy), (.amd64, 6, .address), (.amd64, 7, .definition), (.amd64, 18, .definition),
    (.aarch64, 1024, .copy), (.aarch64, 1025, .address), (.aarch64, 1026, .definition),
    (.aarch64, 1031, .definition), (.riscv, 4, .copy), (.riscv, 2, .address),
    (.riscv, 5, .definition), (.s390, 9, .copy), (.s390, 11, .definition),
  ]

  @Test(arguments: types)
  func `a relocation's type tells how a symbol is used`(
    row: (machine: Machine, type: UInt32, uses: SymbolReference.Uses)
  ) throws {
    let tables = try read(
      ElfHeader(machine: row.machine),
      ElfSymbols(.undefined("symbol", relocations: [row.type])))
    #expect(tables.references.map(\.uses) == [row.uses])
  }

  @Test func `each use of a symbol counts, and the symbol once`() throws {
    let tables = try read(
      ElfHeader(), ElfSymbols(.undefined("symbol", relocations: [7, 6, 7])))
    #expect(tables.references.map(\.uses) == [[.definition, .address]])
  }

  @Test func `of what an object defines, only a copy is taken from others`() throws {
    let tables = try read(
      ElfHeader(),
      ElfSymbols(
        .defined("data", type: 1, relocations: [5]), .defined("function", relocations: [6, 7]),
        .defined("hidden", other: 2, relocations: [6])))
    #expect(bound(tables) == ["data"])
    #expect(tables.references.map(\.uses) == [.copy])
  }

  @Test func `MIPS binds its global offsets without relocations`() throws {
    let header = ElfHeader(elfClass: .elf32, machine: .mips, programHeaderSize: 32)
    let symbols = ElfSymbols(
      .undefined("local", relocations: []), .undefined("first", relocations: []),
      .undefined("second", relocations: []), hash: .sysV)
    // DT_MIPS_SYMTABNO and DT_MIPS_GOTSYM.
    let extras = ElfExtras(entries: [(0x7000_0011, 4), (0x7000_0013, 2)])
    #expect(bound(try read(header, symbols, extras)) == ["first", "second"])
    var other = header
    other.machine = .x86
    #expect(bound(try read(other, symbols, extras)) == [])
  }

  // MARK: Marks

  static let marks: [(extras: ElfExtras, says: @Sendable (ProtectionMarks) -> Bool)] = [
    (ElfExtras(), { $0 == ProtectionMarks() }),
    (ElfExtras(segments: [(0x6474_E551, 6)]), { $0.stack == .notExecutable }),
    (ElfExtras(segments: [(0x6474_E551, 7)]), { $0.stack == .executable }),
    (ElfExtras(segments: [(0x6474_E552, 4)]), { $0.hasRelro }),
    (ElfExtras(entries: [(24, 0)]), { $0.bindsNow }),
    (ElfExtras(entries: [(30, 8)]), { $0.bindsNow && !$0.hasTextRelocations }),
    (ElfExtras(entries: [(0x6FFF_FFFB, 1)]), { $0.bindsNow }),
    (ElfExtras(entries: [(22, 0)]), { $0.hasTextRelocations }),
    (ElfExtras(entries: [(30, 4)]), { $0.hasTextRelocations && !$0.bindsNow }),
    (ElfExtras(property: (0xC000_0002, 3)), { $0.features == [.ibt, .shadowStack] }),
    (ElfExtras(property: (0xC000_0002, 1)), { $0.features == .ibt }),
    // That of the other machine.
    (ElfExtras(property: (0xC000_0000, 3)), { $0.features == [] }),
  ]

  @Test(arguments: marks.indices)
  func `headers and the dynamic section tell how memory is protected`(row: Int) throws {
    let (extras, says) = Self.marks[row]
    #expect(says(try read(ElfHeader(), nil, extras).marks))
  }

  @Test func `AArch64 has marks of its own`() throws {
    let tables = try read(
      ElfHeader(machine: .aarch64), nil, ElfExtras(property: (0xC000_0000, 3)))
    #expect(tables.marks.features == [.bti, .pointerAuthentication])
  }

  // MARK: Damage

  @Test func `an object without a dynamic section binds nothing`() throws {
    let tables = try LinkTables(
      reading: OpenFile(bytes: ElfBuilder.bytes(of: ElfImage())))
    #expect(tables.references.isEmpty && tables.symbols.count == 0)
    #expect(tables.symbols[5] == DynamicSymbol() && tables.symbols.name(of: -1) == nil)
  }

  @Test func `numbers beyond all bounds are errors`() throws {
    // DT_MIPS_SYMTABNO.
    let mips = ElfHeader(machine: .mips)
    #expect(throws: ElfReadError.self) {
      try read(
        mips, ElfSymbols(.undefined("f")), ElfExtras(entries: [(0x7000_0011, .max)]))
    }
    // The table's one bucket leads to the last symbol that a number can name.
    let image = ElfImage(dynamic: DynamicSection(soname: "libself.so"))
    var bytes = ElfBuilder.bytes(of: image, symbols: ElfSymbols(.defined("f")))
    let table = [1, 1, 1, 0, UInt32.max, .max, 1].flatMap {
      ElfFieldWriter(ElfHeader()).number($0, 4)
    }
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: table) })
    bytes.replaceSubrange(place + 4..<place + 8, with: [0, 0, 0, 0])
    bytes.replaceSubrange(place + 24..<place + 28, with: [0xFF, 0xFF, 0xFF, 0xFF])
    #expect(throws: ElfReadError.self) { try LinkTables(reading: OpenFile(bytes: bytes)) }
  }

  @Test(arguments: Format.all)
  func `any single byte may be wrong without a crash or a hang`(format: Format) {
    let image = ElfImage(header: format.header, dynamic: DynamicSection(soname: "libself.so"))
    let bytes = ElfBuilder.bytes(
      of: image,
      symbols: ElfSymbols(
        .undefined("first", relocations: [6]), .defined("second"), hash: format.hash),
      extras: .hardened)
    for index in bytes.indices {
      for value in [0, 0x7F, 0xFF] as [UInt8] {
        var damaged = bytes
        damaged[index] = value
        let tables = try? LinkTables(reading: OpenFile(bytes: damaged))
        _ = tables?.symbols.firstIndex(named: SymbolName("second")) { _ in true }
      }
    }
  }
}
