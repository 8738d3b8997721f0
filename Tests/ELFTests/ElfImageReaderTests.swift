import ELF
import FileTree
import TestSupport
import Testing

struct ElfImageReaderTests {
  /// Everything that a file can say.
  static let image: ElfImage = {
    var image = ElfImage(
      interpreter: "/lib/ld.so",
      dynamic: DynamicSection(
        soname: "libself.so", rpath: "/r", runpath: "/u", flags1: [.noDefaultLibraries, .pie])
    ).naming(
      .needed("liba.so"), .auxiliary("libx.so"), .filter("libf.so"), .needed("libb.so")
    ).audited(by: "libp.so:libq.so", "libr.so")
      .using("V1", .weak("V2"), of: "liba.so").using("W1", of: "libb.so")
      .defining("libself.so", "SELF_1").demanding(levels: 0b0111)
    // An odd length, so that what stands behind it has to be aligned.
    image.buildID = Array(1...19)
    return image
  }()

  @Test(
    arguments: [ElfHeader.Class.elf32, .elf64],
    [ElfHeader.DataEncoding.littleEndian, .bigEndian])
  func `reads what was written, in both classes and byte orders`(
    elfClass: ElfHeader.Class, encoding: ElfHeader.DataEncoding
  ) throws {
    var image = Self.image
    image.header = ElfHeader(
      elfClass: elfClass, dataEncoding: encoding, machine: .mips, flags: 0x1234_5678,
      programHeaderSize: elfClass == .elf64 ? 56 : 32)
    #expect(try ElfImage(reading: OpenFile(bytes: ElfBuilder.bytes(of: image))) == image)
  }

  @Test func `a file that is truncated at any byte is an error, never a crash`() {
    let bytes = ElfBuilder.bytes(of: Self.image)
    for length in 0..<bytes.count {
      #expect(throws: ElfReadError.self, "\(length) bytes") {
        try ElfImage(reading: OpenFile(bytes: Array(bytes.prefix(length))))
      }
    }
  }

  @Test func `any single byte may be wrong without a crash`() {
    let bytes = ElfBuilder.bytes(of: Self.image)
    for index in bytes.indices {
      for value in [0, 0x7F, 0x80, 0xFF] as [UInt8] {
        var damaged = bytes
        damaged[index] = value
        _ = try? ElfImage(reading: OpenFile(bytes: damaged))
      }
    }
  }

  @Test func `names what is wrong and where`() {
    func error(_ bytes: [UInt8]) -> String? {
      do {
        _ = try ElfImage(reading: OpenFile(bytes: bytes))
        return nil
      } catch {
        return error.description
      }
    }
    #expect(error([]) == "the file is empty")
    #expect(error(Array("#!/bin/sh\n".utf8))?.hasPrefix("not an ELF file") == true)
    var bytes = ElfBuilder.bytes(of: Self.image)
    bytes[4] = 7
    #expect(error(bytes) == "unknown ELF class 7 at offset 0x4")
    bytes = Array(ElfBuilder.bytes(of: Self.image).prefix(40))
    #expect(error(bytes)?.contains("truncated: the ELF header (64 bytes at offset 0x0)") == true)
  }

  @Test func `section headers don't count, even where they lie`() throws {
    var bytes = ElfBuilder.bytes(of: Self.image)
    // e_shoff far behind the end, and e_shnum, e_shstrndx out of bounds.
    bytes.replaceSubrange(40..<48, with: [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F])
    bytes.replaceSubrange(58..<64, with: [64, 0, 0xFF, 0xFF, 0xFE, 0xFF])
    var image = try ElfImage(reading: OpenFile(bytes: bytes))
    #expect(image.truncation != nil)
    image.truncation = nil
    #expect(image == Self.image)
  }

  @Test func `linkage is told by interpreter, type and flag`() {
    let noInterpreter = ElfImage(dynamic: DynamicSection())
    #expect(noInterpreter.linkage == .dynamic && !noInterpreter.isProgram)
    #expect(ElfImage(dynamic: DynamicSection(flags1: .pie)).linkage == .staticPIE)
    #expect(ElfImage(header: ElfHeader(type: .executable)).linkage == .static)
    #expect(Self.image.linkage == .dynamic && Self.image.isProgram)
  }
}
