import ELF
import FileTree
import TestSupport
import Testing

/// Symbols as a loader looks them up: through the hash table, in all four kinds of file.
struct SymbolLookupTests {
  struct Format: CustomTestStringConvertible, Sendable {
    let header: ElfHeader
    let hash: ElfSymbols.Hash

    var testDescription: String {
      "\(header.elfClass.bits)-bit, \(header.dataEncoding), \(hash)"
    }

    static let all: [Format] = [ElfHeader.Class.elf32, .elf64].flatMap { elfClass in
      [ElfHeader.DataEncoding.littleEndian, .bigEndian].flatMap { encoding in
        ElfSymbols.Hash.allCases.map { hash in
          Format(
            header: ElfHeader(
              elfClass: elfClass, dataEncoding: encoding, machine: .mips,
              programHeaderSize: elfClass == .elf64 ? 56 : 32),
            hash: hash)
        }
      }
    }
  }

  func file(_ format: Format, defined: [ByteString], undefined: [ByteString]) -> [UInt8] {
    ElfBuilder.bytes(
      of: ElfImage(header: format.header, dynamic: DynamicSection(soname: "libself.so")),
      symbols: ElfSymbols(defined: defined, undefined: undefined, hash: format.hash))
  }

  func defines(_ names: ByteString..., in bytes: [UInt8]) throws -> Bool {
    try ElfImage.symbols(names, areDefinedIn: OpenFile(bytes: bytes))
  }

  @Test(arguments: Format.all)
  func `a symbol is defined if all of its names are, and not if it is only asked for`(
    format: Format
  ) throws {
    let bytes = file(format, defined: ["first", "second", "third"], undefined: ["wanted"])
    #expect(try defines("first", in: bytes))
    #expect(try defines("third", "second", in: bytes))
    #expect(try !defines("third", "fourth", in: bytes))
    #expect(try !defines("wanted", in: bytes))
    #expect(try !defines("", in: bytes))
    // A symbol table doesn't change what else the file says.
    let image = try ElfImage(reading: OpenFile(bytes: bytes))
    #expect(image.dynamic == DynamicSection(soname: "libself.so"))
  }

  @Test(arguments: Format.all)
  func `a table without symbols defines none`(format: Format) throws {
    #expect(try !defines("first", in: file(format, defined: [], undefined: [])))
  }

  @Test func `an object without a table defines none`() throws {
    let image = ElfImage(dynamic: DynamicSection())
    #expect(try !defines("first", in: ElfBuilder.bytes(of: image)))
    #expect(try !defines("first", in: ElfBuilder.bytes(of: ElfImage())))
  }

  @Test func `a chain that leads back to itself ends`() throws {
    var bytes = file(
      Format(header: ElfHeader(), hash: .sysV), defined: ["first", "second"], undefined: [])
    // One bucket, three symbols; the first of the bucket, then what follows each symbol.
    let table = [1, 3, 1, 0, 2, 0].flatMap { ElfFieldWriter(ElfHeader()).number($0, 4) }
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: table) })
    bytes[place + 4 * 4] = 1
    #expect(try defines("first", in: bytes))
    #expect(try !defines("second", in: bytes))
  }

  @Test(arguments: Format.all)
  func `any single byte may be wrong without a crash or a hang`(format: Format) {
    let bytes = file(format, defined: ["first", "second"], undefined: ["wanted"])
    for index in bytes.indices {
      for value in [0, 0xFF] as [UInt8] {
        var damaged = bytes
        damaged[index] = value
        _ = try? defines("second", "none", in: damaged)
      }
    }
  }
}
