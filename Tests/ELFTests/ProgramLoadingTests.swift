import FileTree
import TestSupport
import Testing

@testable import ELF

/// What the kernel and a program's loader demand of its program headers.
struct ProgramLoadingTests {
  static let image = ElfImage(
    interpreter: "/lib/ld.so", dynamic: DynamicSection(needed: ["liba.so"]))

  /// A program, whose headers are PT_PHDR, PT_INTERP, PT_LOAD and PT_DYNAMIC.
  enum Header: Int {
    case table, interpreter, load, dynamic

    /// Where a field of it stands, in bytes from the file's beginning.
    func callAsFunction(_ field: Field) -> Int { 64 + rawValue * 56 + field.rawValue }

    enum Field: Int {
      case type = 0
      case flags = 4
      case offset = 8
      case address = 16
      case fileSize = 32
      case memorySize = 40
    }
  }

  typealias Change = (offset: Int, value: UInt64, size: Int)

  func read(
    _ changes: [Change], of image: ElfImage = image
  ) -> Result<ElfImage, ElfReadError> {
    var bytes = ElfBuilder.bytes(of: image)
    for change in changes {
      bytes.replaceSubrange(
        change.offset..<(change.offset + change.size),
        with: ElfFieldWriter(ElfHeader()).number(change.value, change.size))
    }
    do { return .success(try ElfImage(reading: OpenFile(bytes: bytes))) } catch {
      return .failure(error)
    }
  }

  /// Where the interpreter's path stands, and its size in bytes.
  static let interpreter = (offset: UInt64(64 + 4 * 56), size: UInt64(11))

  @Test func `a program as it should be is read`() throws {
    #expect(try read([]).get() == Self.image)
  }

  @Test func `an interpreter's path has a NUL and a length`() {
    let field = Header.interpreter(.fileSize)
    #expect(
      read([(field, Self.interpreter.size - 1, 8)])
        == .failure(.unterminatedInterpreter(offset: Self.interpreter.offset)))
    for size: UInt64 in [0, 1, 4097] {
      #expect(
        read([(field, size, 8)])
          == .failure(.interpreterSize(size, offset: Self.interpreter.offset)))
    }
  }

  @Test func `one of interpreter, dynamic section and needs doesn't go without the others`() {
    // Some loaders have no use for it.
    #expect(throws: Never.self) {
      let hollow = try read([(Header.dynamic(.type), 0, 4)]).get()
      #expect(hollow.interpreter != nil && hollow.dynamic == nil)
    }
    var pie = Self.image
    pie.dynamic?.flags1 = .pie
    #expect(
      read([(Header.interpreter(.type), 0, 4)], of: pie)
        == .failure(.neededWithoutInterpreter("liba.so")))
    var fixed = Self.image
    fixed.header.type = .executable
    #expect(
      read([(Header.interpreter(.type), 0, 4)], of: fixed)
        == .failure(.neededWithoutInterpreter("liba.so")))
  }

  @Test func `the loader is told where it is by PT_PHDR, unless that is fixed`() throws {
    #expect(read([(Header.table(.type), 0, 4)]) == .failure(.noOwnAddress))
    #expect(
      read([(Header.table(.address), 80, 8)])
        == .failure(.misplacedProgramHeaders(told: 80, real: 64)))
    var fixed = Self.image
    fixed.header.type = .executable
    #expect(try read([(Header.table(.type), 0, 4)], of: fixed).get() == fixed)
    // The kernel finds the headers in no segment.
    #expect(
      read([(Header.load(.fileSize), 64, 8), (Header.load(.memorySize), 0x1000, 8)])
        == .failure(.unloadedProgramHeaders))
  }

  @Test func `a program begins where there is code`() {
    #expect(read([(24, 0x10_0000, 8)]) == .failure(.noCode(at: 0x10_0000, what: .entry)))
    #expect(read([(Header.load(.flags), 4, 4)]) == .failure(.noCode(at: 64, what: .entry)))
    var old = Self.image
    old.header = ElfHeader(elfClass: .elf32, machine: .x86, programHeaderSize: 32)
    // Where memory isn't told apart by that, all of it may be code.
    #expect(throws: Never.self) { try read([], of: old).get() }
  }

  @Test func `no segment has more in the file than in memory`() {
    #expect(
      read([(Header.load(.memorySize), 64, 8)]).map(\.interpreter)
        == .failure(
          .segmentLargerInFile(
            address: 0, fileSize: UInt64(ElfBuilder.bytes(of: Self.image).count),
            memorySize: 64)))
  }

  @Test func `what PT_DYNAMIC says is written to has to be writable`() {
    let place = UInt64(64 + 4 * 56 + 16 + 16)
    #expect(
      read([(Header.dynamic(.flags), 6, 4)])
        == .failure(.notWritable(what: .dynamic, address: place)))
  }

  @Test func `a dynamic section without strings is none`() throws {
    let bytes = ElfBuilder.bytes(of: ElfImage(dynamic: DynamicSection()))
    let tag = try #require(bytes.indices.last { bytes[$0] == 5 && $0 % 8 == 0 })
    #expect(
      read([(tag, 21, 8)], of: ElfImage(dynamic: DynamicSection())) == .failure(.noStringTable))
  }
}
