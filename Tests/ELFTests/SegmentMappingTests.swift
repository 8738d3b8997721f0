import FileTree
import TestSupport
import Testing

@testable import ELF

/// What is where in memory, by whoever maps it: files that no linker makes, of which loaders make
/// something definite all the same.
struct SegmentMappingTests {
  static let page = 4096
  static let loaders: [ObjectMapper] = [.glibc, .musl]

  /// A library of two pages: the first has all that is read of it, and its one PT_LOAD is changed.
  struct Sketch {
    var file: RawElf
    /// Where the strings begin, in the file and in memory.
    let strings: Int

    init() {
      let start = RawElf.contentStart(segments: 3)
      let writer = RawElf(segments: [], content: [])
      strings = start + 6 * 8
      let dynamic = [1, 1, 5, strings, 0, 0].flatMap { writer.word($0) }
      var content = dynamic + Array("\0liba.so\0".utf8)
      content += [UInt8](repeating: 0x41, count: 2 * page - start - content.count)
      file = RawElf(
        segments: [
          .init(1, offset: -start, size: 2 * page, alignment: page),
          .init(2, offset: 0, address: start, size: dynamic.count),
          .init(0, size: 0),
        ], content: content)
    }

    func needed(by mapper: ObjectMapper) -> Result<[ByteString], ElfReadError> {
      do {
        let image = try ElfImage(reading: OpenFile(bytes: file.bytes), mapper: mapper)
        return .success(image.dynamic?.needed ?? [])
      } catch {
        return .failure(error)
      }
    }
  }

  func needed(
    _ mapper: ObjectMapper, _ change: (inout Sketch) -> Void
  ) -> Result<[ByteString], ElfReadError> {
    var sketch = Sketch()
    change(&sketch)
    return sketch.needed(by: mapper)
  }

  @Test(arguments: loaders)
  func `the rest of the last page is there`(mapper: ObjectMapper) {
    let result = needed(mapper) { sketch in
      (sketch.file.segments[0].size, sketch.file.segments[0].memorySize) = (64, 64)
    }
    #expect(result == .success(["liba.so"]))
  }

  @Test(arguments: loaders)
  func `the dynamic section is where its address says, whatever its place and size`(
    mapper: ObjectMapper
  ) {
    for (offset, size) in [(1 << 40, 48), (0, 1), (4000, 1 << 50)] {
      let result = needed(mapper) { sketch in
        (sketch.file.segments[1].offset, sketch.file.segments[1].size) = (offset, size)
      }
      #expect(result == .success(["liba.so"]))
    }
    let result = needed(mapper) { $0.file.segments[1].address = 0x10_0000 }
    #expect(result == .failure(.unmappedAddress(what: .dynamic, address: 0x10_0000)))
  }

  @Test func `memory without content is zeros, but for what nobody can write to`() {
    func result(_ mapper: ObjectMapper, flags: UInt32) -> Result<[ByteString], ElfReadError> {
      needed(mapper) { sketch in
        sketch.file.segments[0].flags = flags
        sketch.file.segments[0].size = sketch.strings + 5
        sketch.file.segments[0].memorySize = SegmentMappingTests.page
      }
    }
    #expect(result(.glibc, flags: 4) == .success(["liba"]))
    #expect(result(.glibc, flags: 6) == .success(["liba"]))
    #expect(result(.musl, flags: 4) == .success(["liba.so"]))
    #expect(result(.musl, flags: 6) == .success(["liba"]))
  }

  @Test func `glibc demands the same distance from a page in file and memory, musl rounds down`() {
    func change(_ sketch: inout Sketch) {
      sketch.file.segments[0].offset += 8
    }
    let start = UInt64(RawElf.contentStart(segments: 3))
    #expect(
      needed(.glibc, change) == .failure(.misalignedSegment(offset: 8, address: 0)) && start > 8)
    #expect(
      needed(.musl) {
        change(&$0)
        $0.file.segments[0].size -= 8
      } == .success(["liba.so"]))
  }

  @Test(arguments: loaders)
  func `a segment that the file doesn't hold to its end is cut off`(mapper: ObjectMapper) {
    let result = needed(mapper) { sketch in
      sketch.file.segments[2] = .init(
        1, flags: 6, offset: 4 * Self.page - RawElf.contentStart(segments: 3),
        address: 4 * Self.page, size: 100, alignment: Self.page)
    }
    #expect(
      result
        == .failure(
          .truncated(
            what: .segment, offset: UInt64(4 * Self.page), size: 100,
            fileSize: UInt64(2 * Self.page))))
    // What isn't to be in memory needn't be in the file.
    let rest = needed(mapper) { sketch in
      sketch.file.segments[0].size = 3 * Self.page
      sketch.file.segments[0].memorySize = 2 * Self.page
    }
    #expect((rest == .success(["liba.so"])) == (mapper == .musl))
  }

  @Test func `a segment beyond the last one lies over somebody else`() {
    let result = needed(.glibc) { sketch in
      sketch.file.segments[0].memorySize = 4 * Self.page
      sketch.file.segments[2] = .init(
        1, offset: -RawElf.contentStart(segments: 3), address: 2 * Self.page, size: 100,
        alignment: Self.page)
    }
    #expect(result == .failure(.segmentBeyondLast(address: 0)))
  }

  @Test(arguments: loaders)
  func `sizes and addresses that no process has room for are refused`(mapper: ObjectMapper) {
    for size in [Int.max, 1 << 60] {
      let result = needed(mapper) { $0.file.segments[0].memorySize = size }
      #expect(throws: ElfReadError.self) { try result.get() }
    }
    for address in [Int.max & ~0xFFF, 1 << 60] {
      let result = needed(mapper) { sketch in
        sketch.file.segments[2] = .init(1, address: address, size: 0, memorySize: 100)
        sketch.file.segments[2].offset = -RawElf.contentStart(segments: 3)
      }
      #expect(throws: ElfReadError.self) { try result.get() }
    }
  }

  @Test func `memory that PT_GNU_RELRO protects has to be there`() {
    for mapper in Self.loaders {
      func result(_ address: Int, _ size: Int) -> Result<[ByteString], ElfReadError> {
        needed(mapper) { sketch in
          sketch.file.segments[2] = .init(0x6474_E552, address: address, size: size)
        }
      }
      #expect(result(0, 2 * Self.page) == .success(["liba.so"]))
      // Less than a page is nothing.
      #expect(result(0x10_0000, 100) == .success(["liba.so"]))
      #expect(
        result(0x10_0000, 5000)
          == .failure(.unprotectableSegment(address: 0x10_0000, size: 5000)))
    }
  }

  @Test func `musl goes by the size that a program header says it has`() {
    func result(_ mapper: ObjectMapper) -> Result<[ByteString], ElfReadError> {
      var bytes = Sketch().file.bytes
      bytes[54] = 112
      do {
        let file = OpenFile(bytes: bytes)
        return .success(try ElfImage(reading: file, mapper: mapper).dynamic?.needed ?? [])
      } catch {
        return .failure(error)
      }
    }
    #expect(result(.glibc) == .failure(.programHeaderSize(112, expected: 56)))
    #expect(result(.kernel) == .failure(.programHeaderSize(112, expected: 56)))
    // Every other one: the first PT_LOAD, and no PT_DYNAMIC.
    #expect(result(.musl) == .success([]))
  }
}
