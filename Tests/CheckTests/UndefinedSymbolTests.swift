import Check
import ELF
import FileTree
import Loader
import TestSupport
import Testing

/// Which symbols a loader finds undefined.
struct UndefinedSymbolTests {
  typealias Entry = ElfSymbols.Entry

  /// A program that binds symbols, with one library beside libc.
  func undefined(
    program: [Entry], library: [Entry] = [], needs: ElfImage? = nil,
    defines: VersionTables.Version..., hasVersions: Bool = true
  ) throws -> [String] {
    var libf = ElfImage.library(soname: "libf.so", needed: ["libc.so.6"])
    if !defines.isEmpty {
      libf.dynamic?.versions.definitions = defines.enumerated().map { place, version in
        .init(version: version, index: UInt16(place + 1), isBase: place == 0)
      }
    }
    return try check(in: [
      "/app/main": .elf(
        needs ?? .program(needed: ["libf.so", "libc.so.6"]), symbols: ElfSymbols(program)),
      "/lib/libf.so": .elf(libf, symbols: ElfSymbols(library, hasVersions: hasVersions)),
    ]).undefined
  }

  func program(_ versions: VersionTables.Reference..., of library: ByteString = "libf.so")
    -> ElfImage
  {
    ElfImage.program(needed: ["libf.so", "libc.so.6"]).using(versions, of: library)
  }

  @Test func `a symbol that some loaded object defines isn't undefined`() throws {
    #expect(
      try undefined(
        program: [.undefined("f"), .undefined("puts"), .undefined("g")], library: [.defined("f")])
        == ["main: g"])
  }

  @Test func `what no relocation binds, and what is weak, may be undefined`() throws {
    #expect(
      try undefined(program: [
        .undefined("unbound", relocations: []), .undefined("weak", isWeak: true),
      ]) == [])
  }

  @Test func `libraries bind symbols too, of the program's as well`() throws {
    #expect(
      try undefined(
        program: [.defined("callback")],
        library: [.undefined("callback"), .undefined("missing")]) == ["libf.so: missing"])
  }

  // MARK: What counts as a definition

  static let definitions: [(what: Entry, counts: Bool)] = [
    (.defined("f"), true), (.defined("f", binding: 2), true), (.defined("f", binding: 10), true),
    (.defined("f", type: 1), true), (.defined("f", type: 6, value: 0), true),
    (.defined("f", other: 3), true), (.defined("f", type: 10), true),
    // No value, a section's name, hidden, internal, another binding.
    (.defined("f", value: 0), false), (.defined("f", type: 3), false),
    (.defined("f", other: 2), false), (.defined("f", other: 1), false),
    (.defined("f", binding: 13), false),
  ]

  @Test(arguments: definitions.indices)
  func `a definition is what glibc takes for one`(row: Int) throws {
    let (entry, counts) = Self.definitions[row]
    let found = try undefined(program: [.undefined("f")], library: [entry])
    #expect(found == (counts ? [] : ["main: f"]))
  }

  @Test func `an undefined symbol's address in the program stands for data, not for calls`() throws
  {
    func undefined(_ relocation: UInt32) throws -> [String] {
      try check(in: [
        "/app/main": .elf(
          .program(needed: ["libf.so", "libc.so.6"]),
          symbols: ElfSymbols(
            // The table has to lead to it, as that of a program with such addresses does.
            .defined("f", value: 0x1000, section: 0, relocations: []))),
        "/lib/libf.so": .elf(
          .library(soname: "libf.so"),
          symbols: ElfSymbols(.undefined("f", relocations: [relocation]))),
      ]).undefined
    }
    #expect(try undefined(6) == [])
    #expect(try undefined(7) == ["libf.so: f"])
  }

  @Test func `a copy is made of a library's data, never of the program's own`() throws {
    let copied = Entry.defined("data", type: 1, relocations: [5])
    #expect(try undefined(program: [copied], library: [.defined("data", type: 1)]) == [])
    #expect(try undefined(program: [copied]) == ["main: data"])
  }

  // MARK: Versions

  @Test func `a version is asked for, and another one won't do`() throws {
    func undefined(_ version: UInt16) throws -> [String] {
      try self.undefined(
        program: [.undefined("f", version: 100)], library: [.defined("f", version: version)],
        needs: program("V1"), defines: "libf.so", "V1", "V2")
    }
    #expect(try undefined(2) == [])
    #expect(try undefined(3) == ["main: f@V1"])
    // Of no version at all: it stands for any, unless it is hidden.
    #expect(try undefined(1) == [])
    #expect(try undefined(0x8001) == ["main: f@V1"])
    // The version is the same, though no one else is to use it.
    #expect(try undefined(0x8002) == [])
  }

  @Test func `a library without versions does for every version`() throws {
    #expect(
      try undefined(
        program: [.undefined("f", version: 100)], library: [.defined("f")], needs: program("V1"),
        hasVersions: false) == [])
  }

  @Test func `a symbol may have moved to another library with its version`() throws {
    #expect(
      try undefined(
        program: [.undefined("puts", version: 100)], library: [],
        needs: program("GLIBC_2.2.5"), defines: "libf.so", "GLIBC_2.2.5") == [])
  }

  /// Indices of the library's symbols, and whether one that is asked for without a version is found.
  static let unversioned: [(versions: [UInt16], isFound: Bool)] = [
    ([1], true), ([2], true), ([0x8002], true),
    // One later version that isn't hidden will do, several won't.
    ([3], true), ([0x8003], false), ([3, 4], false), ([0x8003, 4], true), ([3, 2], true),
  ]

  @Test(arguments: unversioned.indices)
  func `without a version, the oldest one counts`(row: Int) throws {
    let (versions, isFound) = Self.unversioned[row]
    let found = try undefined(
      program: [.undefined("f")], library: versions.map { .defined("f", version: $0) },
      defines: "libf.so", "V1", "V2", "V3")
    #expect(found == (isFound ? [] : ["main: f"]))
  }

  // MARK: Scope

  @Test func `what is preloaded defines symbols for all`() throws {
    let files: [RootPath: InMemoryTree.Node] = [
      "/app/main": .elf(
        .program(needed: ["libc.so.6"]), symbols: ElfSymbols(.undefined("f"))),
      "/lib/libp.so": .elf(.library(soname: "libp.so"), symbols: ElfSymbols(.defined("f"))),
    ]
    #expect(try check(in: files).undefined == ["main: f"])
    let preload = SearchEnvironment(variables: LoaderVariables(preload: "libp.so"))
    #expect(try check(in: files, environment: preload).undefined == [])
  }

  @Test func `what is opened has the program's symbols and its own, and lends none`() throws {
    let files: [RootPath: InMemoryTree.Node] = [
      "/app/main": .elf(
        .program(needed: ["libc.so.6"]),
        symbols: ElfSymbols(.undefined("of_plugin"), .defined("of_program"))),
      "/lib/plugin.so": .elf(
        .library(soname: "plugin.so", needed: ["libhelp.so"]),
        symbols: ElfSymbols(
          .undefined("of_program"), .undefined("of_helper"), .undefined("of_other"),
          .defined("of_plugin"))),
      "/lib/libhelp.so": .elf(
        .library(soname: "libhelp.so"), symbols: ElfSymbols(.defined("of_helper"))),
      "/lib/other.so": .elf(
        .library(soname: "other.so"), symbols: ElfSymbols(.defined("of_other"))),
    ]
    let openings = SearchEnvironment(openings: [
      Opening(name: "other.so"), Opening(name: "plugin.so"),
    ])
    #expect(
      try check(in: files, environment: openings).undefined
        == ["main: of_plugin", "plugin.so: of_other"])
  }

  @Test func `a library that one program completes isn't complete in another`() throws {
    func program(_ entries: Entry...) -> InMemoryTree.Node {
      .elf(.program(needed: ["libf.so", "libc.so.6"]), symbols: ElfSymbols(entries))
    }
    let files: [RootPath: InMemoryTree.Node] = [
      "/app/complete": program(.defined("callback")), "/app/incomplete": program(),
      "/app/again": program(.defined("callback")),
      "/lib/libf.so": .elf(
        .library(soname: "libf.so"), symbols: ElfSymbols(.undefined("callback"))),
    ]
    #expect(
      try check("/app/complete", "/app/incomplete", "/app/again", in: files).undefined
        == ["libf.so: callback"])
  }

  @Test func `the finding has the version, who is expected to have it, and the way to the object`()
    throws
  {
    let findings = try check(in: [
      "/app/main": .program(needed: ["libf.so", "libc.so.6"]),
      "/lib/libf.so": .elf(
        .library(soname: "libf.so", needed: ["libc.so.6"]).using("GLIBC_2.34", of: "libc.so.6"),
        symbols: ElfSymbols(.undefined("gone", version: 100))),
    ])
    let finding = findings.first { $0.rule == .undefinedSymbol }
    #expect(
      finding?.problem
        == .undefinedSymbol(
          name: "gone", version: "GLIBC_2.34", library: "libc.so.6", missing: nil))
    #expect(finding?.object == FoundObject(path: "/lib/libf.so", real: "/lib/libf.so"))
    #expect(finding?.chain == ["/app/main", "/lib/libf.so"])
    #expect(finding?.severity == .fails)
  }
}

/// The same by musl's rules.
struct MuslSymbolTests {
  static let definitions: [(what: ElfSymbols.Entry, counts: Bool)] = [
    (.defined("f"), true), (.defined("f", version: 9), true), (.defined("f", binding: 2), true),
    (.defined("f", type: 6, value: 0), true),
    // A version that isn't the default, an indirect function, no value.
    (.defined("f", version: 0x8002), false), (.defined("f", type: 10), false),
    (.defined("f", value: 0), false), (.defined("f", binding: 13), false),
  ]

  @Test(arguments: definitions.indices)
  func `a definition is what musl takes for one, whatever its version`(row: Int) throws {
    let (entry, counts) = Self.definitions[row]
    let found = try check(
      in: [
        "/app/main": .elf(
          .program(interpreter: "/lib/ld-musl-x86_64.so.1", needed: ["libf.so", "libc.so"]),
          symbols: ElfSymbols(.undefined("f"), .undefined("puts"))),
        "/lib/libf.so": .elf(
          ElfImage.library(soname: "libf.so").defining("libf.so", "V1"),
          symbols: ElfSymbols(entry)),
      ], libc: CheckRoot.musl)
    #expect(found.undefined == (counts ? [] : ["main: f"]))
  }
}
