package import ELF
package import FileTree

/// Writes the smallest ELF file that says what an ``ElfImage`` says, in its class and byte order.
package struct ElfBuilder {
  private let image: ElfImage
  private let symbols: ElfSymbols?
  private let constants: [ByteString]
  private let extras: ElfExtras
  private let writer: ElfFieldWriter
  private var strings = ElfStringTable()

  private init(
    _ image: ElfImage, _ symbols: ElfSymbols?, _ constants: [ByteString], _ extras: ElfExtras
  ) {
    self.image = image
    self.extras = extras
    self.symbols = symbols
    self.constants = constants
    writer = ElfFieldWriter(image.header)
  }

  /// - Parameters:
  ///   - symbols: nil for an object without a symbol table.
  ///   - constants: plain strings of the program's own, one behind the other.
  package static func bytes(
    of image: ElfImage, symbols: ElfSymbols? = nil, constants: [ByteString] = [],
    extras: ElfExtras = ElfExtras()
  ) -> [UInt8] {
    var builder = ElfBuilder(image, symbols, constants, extras)
    return builder.build()
  }

  private var headerSize: Int { writer.is64 ? 64 : 52 }
  private var programHeaderSize: Int { writer.is64 ? 56 : 32 }

  /// A dynamic entry's value, which may be an address that isn't known yet.
  private enum Value {
    case number(UInt64)
    /// The place of a table in the list of tables.
    case table(Int)
  }

  private mutating func build() -> [UInt8] {
    var entries: [(tag: UInt64, value: Value)] = []
    var tables: [[UInt8]] = []
    if let dynamic = image.dynamic {
      entries = nameEntries(dynamic)
      for (tag, bytes) in versionTables(dynamic.versions) + symbolTables() {
        entries.append((tag, .table(tables.count)))
        tables.append(bytes)
      }
      entries += relocationEntries()
      entries += extras.entries.map { ($0.tag, .number($0.value)) }
      entries += [
        (5, .table(tables.count)), (10, .number(UInt64(strings.bytes.count))), (0, .number(0)),
      ]
      tables.append(strings.bytes)
    }
    let notes = ElfNotes(writer: writer).segments(of: image, property: extras.property)
    let interpreter = image.interpreter.map { $0.bytes + [0] }
    let hasRelocations = symbols?.relocationTable(writer).isEmpty == false
    let segmentCount =
      notes.count + extras.segments.count + (hasRelocations ? 1 : 0)
      + [interpreter != nil, interpreter != nil, image.hasLoadSegment, image.dynamic != nil]
      .count { $0 }

    var content = Content(start: headerSize + segmentCount * programHeaderSize)
    let interpreterOffset = content.place(interpreter ?? [])
    let noteOffsets = notes.map { content.place($0.bytes) }
    let tableOffsets = tables.map { content.place($0) }
    let dynamicBytes = entries.flatMap { tag, value in
      switch value {
      case .number(let number): writer.word(tag) + writer.word(number)
      case .table(let index): writer.word(tag) + writer.word(UInt64(tableOffsets[index]))
      }
    }
    let dynamicOffset = content.place(dynamicBytes)
    _ = content.place(constants.flatMap { $0.bytes + [0] })

    var bytes = header(segmentCount: segmentCount)
    if let interpreter {
      // By PT_PHDR, a program's loader knows where it is.
      bytes += segment(6, offset: headerSize, size: segmentCount * programHeaderSize)
      bytes += segment(3, offset: interpreterOffset, size: interpreter.count)
    }
    if image.hasLoadSegment {
      bytes += segment(1, offset: 0, size: content.end, flags: image.isProgram ? 5 : 4)
    }
    if hasRelocations { bytes += relocatedSegment(behind: content.end) }
    if image.dynamic != nil {
      bytes += segment(2, offset: dynamicOffset, size: dynamicBytes.count)
    }
    for (note, offset) in zip(notes, noteOffsets) {
      bytes += segment(4, offset: offset, size: note.bytes.count, alignment: note.alignment)
    }
    for (type, flags) in extras.segments {
      bytes += segment(UInt64(type), offset: 0, size: 0, flags: flags)
    }
    return bytes + content.bytes
  }

  /// What stands behind the headers.
  private struct Content {
    /// In bytes from the file's beginning.
    let start: Int
    var bytes: [UInt8] = []

    init(start: Int) {
      self.start = start
    }

    var end: Int { start + bytes.count }

    /// Where the part begins, in bytes from the file's beginning.
    mutating func place(_ part: [UInt8]) -> Int {
      bytes += [UInt8](repeating: 0, count: -end & 7)
      defer { bytes += part }
      return end
    }
  }

  // MARK: The dynamic section

  private mutating func nameEntries(_ dynamic: DynamicSection) -> [(tag: UInt64, value: Value)] {
    var entries: [(tag: UInt64, value: Value)] = []
    func add(_ tag: UInt64, _ text: ByteString?) {
      guard let text else { return }
      entries.append((tag, .number(strings.place(text.bytes))))
    }
    for dependency in dynamic.dependencies {
      switch dependency.kind {
      case .needed: add(1, dependency.name)
      case .filter: add(0x7FFF_FFFF, dependency.name)
      case .auxiliary: add(0x7FFF_FFFD, dependency.name)
      }
    }
    add(14, dynamic.soname)
    add(15, dynamic.rpath)
    add(29, dynamic.runpath)
    add(0x6FFF_FEFC, dynamic.audit.first)
    add(0x6FFF_FEFB, dynamic.audit.dropFirst().first)
    if dynamic.flags1 != [] { entries.append((0x6FFF_FFFB, .number(dynamic.flags1.rawValue))) }
    return entries
  }

  private mutating func versionTables(
    _ versions: VersionTables
  ) -> [(tag: UInt64, bytes: [UInt8])] {
    let tables = ElfVersionTables(writer: writer)
    var result: [(tag: UInt64, bytes: [UInt8])] = []
    if !versions.needs.isEmpty {
      result.append((0x6FFF_FFFE, tables.needs(versions.needs, &strings)))
    }
    if let definitions = versions.definitions {
      result.append((0x6FFF_FFFC, tables.definitions(definitions, &strings)))
    }
    return result
  }

  private mutating func symbolTables() -> [(tag: UInt64, bytes: [UInt8])] {
    guard let symbols else { return [] }
    let versions = symbols.versionTable(writer).map { [(0x6FFF_FFF0 as UInt64, $0)] } ?? []
    let relocations = symbols.relocationTable(writer)
    return [
      (6, symbols.table(writer, &strings)), (symbols.hashTag, symbols.hashTable(writer)),
    ] + versions
      + (relocations.isEmpty ? [] : [(extras.bindsLater ? 23 : relocationKind, relocations)])
  }

  /// DT_RELA or DT_REL.
  private var relocationKind: UInt64 { writer.hasAddends ? 7 : 17 }

  /// How large the table of relocations is, and each of its entries.
  private func relocationEntries() -> [(tag: UInt64, value: Value)] {
    let size = symbols?.relocationTable(writer).count ?? 0
    guard size > 0 else { return [] }
    if extras.bindsLater { return [(2, .number(UInt64(size))), (20, .number(relocationKind))] }
    return writer.hasAddends
      ? [(8, .number(UInt64(size))), (9, .number(writer.is64 ? 24 : 12))]
      : [(18, .number(UInt64(size))), (19, .number(8))]
  }

  // MARK: Headers

  private func header(segmentCount: Int) -> [UInt8] {
    let header = image.header
    let type: UInt16 =
      switch header.type {
      case .relocatable: 1
      case .executable: 2
      case .sharedObject: 3
      case .core: 4
      case .other(let value): value
      }
    let ident: [UInt8] = [
      0x7F, 0x45, 0x4C, 0x46, header.elfClass.rawValue, header.dataEncoding.rawValue,
      header.identVersion, header.osABI, header.abiVersion, header.paddingIsZero ? 0 : 1, 0, 0, 0,
      0, 0, 0,
    ]
    // Whatever is there, a program begins to run.
    let entry = UInt64(image.isProgram ? headerSize : 0)
    return ident + writer.number(type, 2) + writer.number(header.machine.rawValue, 2)
      + writer.number(header.version, 4) + writer.word(entry) + writer.word(UInt64(headerSize))
      + writer.word(0) + writer.number(header.flags, 4) + writer.number(headerSize, 2)
      + writer.number(header.programHeaderSize, 2) + writer.number(segmentCount, 2)
      + writer.number(0, 2) + writer.number(0, 2) + writer.number(0, 2)
  }

  /// Memory without content in the file, which relocations are written to.
  private func relocatedSegment(behind end: Int) -> [UInt8] {
    let flags = writer.number(6, 4)
    let address = writer.word(ElfSymbols.relocated)
    return writer.number(1, 4) + (writer.is64 ? flags : [])
      + writer.word(UInt64((end + 8191) / 8192 * 8192)) + address + address
      + writer.word(0) + writer.word(4096) + (writer.is64 ? [] : flags) + writer.word(4096)
  }

  /// A segment whose address is its place in the file: read-only, unless flags say otherwise.
  private func segment(
    _ type: UInt64, offset: Int, size: Int, alignment: Int = 8, flags: UInt32 = 4
  ) -> [UInt8] {
    let place = writer.word(UInt64(offset))
    let size = writer.word(UInt64(size))
    let flags = writer.number(flags, 4)
    return writer.number(type, 4) + (writer.is64 ? flags : []) + place + place + place
      + size + size + (writer.is64 ? [] : flags) + writer.word(UInt64(alignment))
  }
}
