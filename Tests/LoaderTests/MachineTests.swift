import ELF
import FileTree
import Loader
import TestSupport
import Testing

/// What each port of glibc takes of a library's header beside the machine.
struct MachineTests {
  /// What becomes of a search after a candidate in the first of two directories.
  private func found(
    _ library: ElfHeader, by program: ElfHeader, constants: [ByteString] = []
  ) throws -> String? {
    let interpreter: RootPath = "/lib/ld-linux-any.so.1"
    let graph = try glibcClosure([
      "/app/main": .program(
        interpreter: interpreter.text, needed: ["libx.so"], runpath: "/a:/b", header: program),
      interpreter: .elf(
        ElfImage(header: program, dynamic: DynamicSection()), constants: constants),
      "/a/libx.so": .library(header: library), "/b/libx.so": .library(header: program),
    ])
    return graph.loaded.first
  }

  static func header(
    _ machine: Machine, _ elfClass: ElfHeader.Class = .elf64, flags: UInt32 = 0, osABI: UInt8 = 0,
    abiVersion: UInt8 = 0, _ encoding: ElfHeader.DataEncoding = .littleEndian
  ) -> ElfHeader {
    ElfHeader(
      elfClass: elfClass, dataEncoding: encoding, osABI: osABI, abiVersion: abiVersion,
      machine: machine, flags: flags, programHeaderSize: elfClass == .elf64 ? 56 : 32)
  }

  struct Pair: CustomTestStringConvertible, Sendable {
    let why: String
    let program: ElfHeader
    let library: ElfHeader
    let found: String?

    var testDescription: String { why }
  }

  static let pairs: [Pair] = [
    Pair(
      why: "riscv, the same floats", program: header(.riscv, flags: 5),
      library: header(.riscv, flags: 4), found: "/a/libx.so"),
    Pair(
      why: "riscv, other floats", program: header(.riscv, flags: 4),
      library: header(.riscv, flags: 2), found: "/b/libx.so"),
    Pair(
      why: "arm, soft floats for hard ones", program: header(.arm, .elf32, flags: 0x400),
      library: header(.arm, .elf32, flags: 0x200), found: "/b/libx.so"),
    Pair(
      why: "arm, hard floats for soft ones", program: header(.arm, .elf32, flags: 0x200),
      library: header(.arm, .elf32, flags: 0x400), found: "/b/libx.so"),
    Pair(
      why: "arm, a library that doesn't say", program: header(.arm, .elf32, flags: 0x400),
      library: header(.arm, .elf32), found: "/a/libx.so"),
    Pair(
      why: "ppc64 of the first ABI, little-endian", program: header(.ppc64, flags: 2),
      library: header(.ppc64, flags: 1), found: "/b/libx.so"),
    Pair(
      why: "ppc64 of no ABI", program: header(.ppc64, flags: 2), library: header(.ppc64),
      found: "/a/libx.so"),
    Pair(
      why: "ppc64 of the first ABI, big-endian",
      program: header(.ppc64, .elf64, flags: 1, .bigEndian),
      library: header(.ppc64, .elf64, flags: 1, .bigEndian),
      found: "/a/libx.so"),
    Pair(
      why: "mips with other NaNs", program: header(.mips, .elf32, flags: 0x400, .bigEndian),
      library: header(.mips, .elf32, .bigEndian), found: "/b/libx.so"),
    Pair(
      why: "mips of another ABI", program: header(.mips, .elf32, .bigEndian),
      library: header(.mips, .elf32, flags: 0x20, .bigEndian), found: "/b/libx.so"),
    Pair(
      why: "mips with an ABI version", program: header(.mips, .elf32, .bigEndian),
      library: header(.mips, .elf32, abiVersion: 5, .bigEndian), found: "/a/libx.so"),
    Pair(
      why: "mips with an unknown ABI version", program: header(.mips, .elf32, .bigEndian),
      library: header(.mips, .elf32, abiVersion: 6, .bigEndian), found: nil),
    Pair(
      why: "arm's own OS ABI", program: header(.arm, .elf32, flags: 0x400),
      library: header(.arm, .elf32, flags: 0x400, osABI: 64), found: "/a/libx.so"),
    Pair(
      why: "arm's OS ABI elsewhere", program: header(.aarch64),
      library: header(.aarch64, osABI: 64), found: nil),
    Pair(
      why: "aarch64 with GNU's third ABI version", program: header(.aarch64),
      library: header(.aarch64, osABI: 3, abiVersion: 3), found: nil),
    Pair(
      why: "x86-64, where flags mean nothing", program: header(.amd64),
      library: header(.amd64, flags: 0x620), found: "/a/libx.so"),
    Pair(
      why: "sparc's two numbers", program: header(.sparc, .elf32, .bigEndian),
      library: header(.sparc32plus, .elf32, .bigEndian), found: "/a/libx.so"),
  ]

  @Test(arguments: pairs)
  func `a library of another ABI is passed over, one of an odd header ends the search`(
    pair: Pair
  ) throws {
    #expect(try found(pair.library, by: pair.program) == pair.found)
  }

  /// A foreign library that is odd in another way, too: Debian's loader looks at the machine first.
  @Test(
    arguments: [
      ("Debian GLIBC 2.36-9", "/b/libx.so"), ("Ubuntu GLIBC 2.35-0", "/b/libx.so"),
      ("GNU libc", nil),
    ] as [(String, String?)])
  func `Debian's loader passes over foreign libraries, however odd`(
    vendor: String, expected: String?
  ) throws {
    let banner = ByteString("ld.so (\(vendor)) stable release version 2.36.")
    let constants: [ByteString] = ["/lib/", "/usr/lib/", "lib", "/etc/ld.so.cache", banner]
    for odd in [
      Self.header(.aarch64, osABI: 9), Self.header(.s390, .elf64, .bigEndian),
      Self.header(.aarch64, abiVersion: 9),
    ] {
      #expect(try found(odd, by: Self.header(.amd64), constants: constants) == expected)
    }
  }

  @Test func `musl's loader reads a library in its own byte order, whatever the header says`()
    throws
  {
    var bytes = ElfBuilder.bytes(of: .library(needed: ["liby.so"]))
    bytes[5] = ElfHeader.DataEncoding.bigEndian.rawValue
    let graph = try muslClosure([
      "/app/main": .muslProgram(["libx.so"], runpath: "/l"), "/l/libx.so": .file(bytes),
      "/l/liby.so": .library(),
    ])
    #expect(graph.loaded == ["/l/libx.so", "/l/liby.so"])
  }
}
