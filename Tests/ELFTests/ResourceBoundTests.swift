import ELF
import FileTree
import TestSupport
import Testing

/// Files that are made to exhaust memory or time: what is read of them has a bound, whatever they say.
@Suite(.timeLimit(.minutes(1)))
struct ResourceBoundTests {
  static let noteSegment: UInt32 = 4
  static let loadSegment: UInt32 = 1
  static let dynamicSegment: UInt32 = 2

  /// What a reader makes of a file, which is the same in both ways in which libelf reads.
  func read<Value: Equatable>(
    _ bytes: [UInt8], _ body: (borrowing OpenFile) throws(ElfReadError) -> Value
  ) throws -> Result<Value, ElfReadError> {
    func result(_ file: borrowing OpenFile) -> Result<Value, ElfReadError> {
      do throws(ElfReadError) { return .success(try body(file)) } catch { return .failure(error) }
    }
    let directory = try TemporaryDirectory()
    try directory.write(bytes, to: "file")
    let inMemory = result(OpenFile(bytes: bytes))
    let onDisk = result(try directory.tree.open("/file"))
    #expect(inMemory == onDisk)
    return onDisk
  }

  func readImage(_ bytes: [UInt8]) throws -> Result<ElfImage, ElfReadError> {
    try read(bytes) { file throws(ElfReadError) in try ElfImage(reading: file) }
  }

  @Test func `notes count up to a size of all segments together`() throws {
    let note: [UInt8] = [4, 0, 0, 0, 4, 0, 0, 0, 3, 0, 0, 0] + Array("GNU\0name".utf8)
    let padding = [UInt8](repeating: 0, count: (1 << 16) - note.count)
    func file(firstSize: Int) -> [UInt8] {
      let many = RawElf.Segment(Self.noteSegment, size: 1 << 16, alignment: 4)
      var last = many
      (last.offset, last.size) = (padding.count, note.count)
      var first = many
      first.size = firstSize
      return RawElf(
        segments: [first, last] + Array(repeating: many, count: 60_000), content: padding + note
      ).bytes
    }
    #expect(try readImage(file(firstSize: padding.count)).get().buildID == Array("name".utf8))
    #expect(try readImage(file(firstSize: 1 << 16)).get().buildID == nil)
  }

  @Test func `constants count up to a size of all segments together`() throws {
    let size = 1 << 20
    let file = RawElf(
      segments: Array(repeating: .init(Self.loadSegment, size: size), count: 1000),
      content: [UInt8](repeating: 1, count: size))
    let constants = try read(file.bytes) { file throws(ElfReadError) in
      try ElfImage.constants(of: file, in: .readOnly, limit: UInt64(size) * 2)
    }
    #expect(try constants.get().count == 2)
  }

  @Test func `names that lie far apart are read one by one, and let go`() throws {
    let count = 60_000
    let half = count * 16
    let file = RawElf(segments: [], content: [])
    var dynamic: [UInt8] = []
    let strings = RawElf.contentStart() + (count + 2) * 16
    for index in 0..<count {
      dynamic += file.word(1) + file.word(index % 2 * half + index * 16)
    }
    dynamic += file.word(5) + file.word(strings) + file.word(0) + file.word(0)
    let name = Array("libx".utf8) + [UInt8](repeating: 0, count: 12)
    let bytes = RawElf.library(
      dynamic: 0..<dynamic.count,
      content: dynamic + Array(repeatElement(name, count: count * 2).joined())
    ).bytes
    #expect(try readImage(bytes).get().dynamic?.needed.count == count)
  }

  @Test func `a chain of symbols that never ends does`() throws {
    let file = RawElf(segments: [], content: [])
    let start = RawElf.contentStart() + 8 * 8
    let dynamic = [4, start, 5, start + 0x1000, 6, start + 0x20000, 0, 0].flatMap {
      file.word($0)
    }
    // One bucket, whose symbols 1 and 2 lead to one another.
    let hash = [1, 3, 1, 0, 2, 1].flatMap { file.number($0, 4) }
    let names = [UInt8](repeating: 0x41, count: 0xFFF0)
    func symbol(_ name: Int) -> [UInt8] {
      file.number(name, 4) + [18, 0] + file.number(7, 2) + file.word(1) + file.word(1)
    }
    func padded(_ bytes: [UInt8], _ size: Int) -> [UInt8] {
      bytes + [UInt8](repeating: 0, count: size - bytes.count)
    }
    let content =
      padded(hash, 0x1000) + padded(names, 0x1F000) + symbol(0) + symbol(0) + symbol(0x8000)
    let library = RawElf.library(dynamic: 0..<dynamic.count, content: dynamic + content)
    let isDefined = try read(library.bytes) { file throws(ElfReadError) in
      try ElfImage.symbols(["stdin"], areDefinedIn: file)
    }
    #expect(isDefined == .success(false))
  }

  @Test func `names that overlap are read up to a few times the file`() throws {
    let file = RawElf(segments: [], content: [])
    let (count, length) = (20_000, 1 << 16)
    // DT_HASH, DT_STRTAB with DT_STRSZ, and DT_SYMTAB behind one another.
    let hash = RawElf.contentStart() + 10 * 8
    let names = hash + 8
    let symbols = names + length + 8
    let dynamic = [4, hash, 5, names, 10, length + 1, 6, symbols, 0, 0].flatMap { file.word($0) }
    let content =
      dynamic + file.number(1, 4) + file.number(count, 4)
      + [UInt8](repeating: 0x53, count: length) + [UInt8](repeating: 0, count: 8)
      + (0..<count).flatMap { file.number($0, 4) + [18, 0, 0, 0] + file.word(0) + file.word(0) }
    let bytes = RawElf.library(dynamic: 0..<dynamic.count, content: content).bytes
    let imported = try read(bytes) { file throws(ElfReadError) in
      try ElfImage.importedSymbols(of: file)
    }
    let size = UInt64(bytes.count)
    #expect(imported == .failure(.namedTooOften(what: .stringTable, fileSize: size)))
    let tables = try read(bytes) { file throws(ElfReadError) in
      try LinkTables(reading: file).references
    }
    #expect(tables == .failure(.namedTooOften(what: .stringTable, fileSize: size)))
  }

  @Test(
    arguments: [ElfHeader.Class.elf32, .elf64],
    [ElfHeader.DataEncoding.littleEndian, .bigEndian])
  func `millions of sections are nobody's business`(
    elfClass: ElfHeader.Class, encoding: ElfHeader.DataEncoding
  ) throws {
    let header = ElfHeader(elfClass: elfClass, dataEncoding: encoding)
    let isWide = elfClass == .elf64
    var file = RawElf(header: header, segments: [], content: [UInt8](repeating: 0, count: 64))
    let start = file.bytes.count - 64
    let sizeOffset = isWide ? 32 : 20
    file.content.replaceSubrange(
      sizeOffset..<sizeOffset + (isWide ? 8 : 4), with: file.word(200_000))
    var bytes = file.bytes
    let offsetField = isWide ? 40 : 32
    bytes.replaceSubrange(offsetField..<offsetField + (isWide ? 8 : 4), with: file.word(start))
    var image = ElfImage(header: header, hasLoadSegment: false)
    image.header.programHeaderSize = isWide ? 56 : 32
    #expect(try readImage(bytes).get() == image)
  }

  @Test func `a number of program headers that stands elsewhere is refused`() throws {
    let file = RawElf(
      segments: Array(repeating: .init(Self.noteSegment, size: 0), count: 0xFFFF), content: [])
    let size = UInt64(0xFFFF * 56)
    #expect(
      try readImage(file.bytes)
        == .failure(.tooLarge(what: .programHeaders, offset: 64, size: size)))
  }
}
