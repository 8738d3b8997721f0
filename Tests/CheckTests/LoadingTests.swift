import Check
import ELF
import FileTree
import Loader
import TestSupport
import Testing

/// What keeps a program from starting.
struct LoadingTests {
  /// A program that uses what it needs, so that nothing else is told of it.
  func program(_ needed: ByteString..., interpreter: ByteString = "/lib64/ld-linux-x86-64.so.2")
    -> InMemoryTree.Node
  {
    .elf(
      .program(interpreter: interpreter, needed: needed + ["libc.so.6"]),
      symbols: ElfSymbols(.undefined("puts")))
  }

  @Test func `a program that has all it needs gives no findings`() throws {
    #expect(try check(in: ["/app/main": program()]).isEmpty)
  }

  static let files: [(InMemoryTree.Node?, Rule)] = [
    (nil, .missingLibrary),
    (
      .library(header: ElfHeader(elfClass: .elf32, machine: .x86, programHeaderSize: 32)),
      .wrongClass
    ),
    (.library(header: ElfHeader(machine: .aarch64)), .wrongMachine),
    (.text("no library"), .unusableLibrary),
  ]

  @Test(arguments: files.indices)
  func `what is there instead tells why a library is missing`(row: Int) throws {
    let (node, rule) = Self.files[row]
    let findings = try check(
      in: ["/app/main": program("libf.so"), "/lib/x86_64-linux-gnu/libf.so": node].compactMapValues(
        \.self))
    #expect(findings.map(\.rule) == [rule])
    let finding = try #require(findings.first)
    guard case .missingLibrary("libf.so", .needed, let tried) = finding.problem else {
      Issue.record("\(finding.problem)")
      return
    }
    #expect(tried.contains { $0.path == "/lib/x86_64-linux-gnu/libf.so" })
    #expect(finding.severity == .fails)
  }

  @Test func `an interpreter may be missing, relative, or for another machine`() throws {
    #expect(
      try check(in: ["/app/main": program(interpreter: "/lib64/ld-linux-none.so.2")]).names.first
        == "missing-interpreter main")
    let directory = SearchEnvironment(workingDirectory: "/lib64")
    #expect(
      try check(
        in: ["/app/main": program(interpreter: "ld-linux-x86-64.so.2")], environment: directory
      ).map(\.problem).first == .relativeInterpreter(path: "ld-linux-x86-64.so.2"))
    let foreign = InMemoryTree.Node.library(
      soname: "ld-linux-x86-64.so.2", header: ElfHeader(machine: .aarch64))
    #expect(
      try check(in: ["/app/main": program(), "/lib64/ld-linux-x86-64.so.2": foreign])
        .map(\.problem).first
        == .wrongInterpreter(
          path: "/lib64/ld-linux-x86-64.so.2", outcome: .wrongMachine(.aarch64)))
  }

  @Test func `an object of another libc is told by what it names`() throws {
    let findings = try check(
      in: [
        "/app/main": program("libm.so", interpreter: "/lib/ld-musl-x86_64.so.1"),
        "/lib/libm.so": .library(),
      ], libc: CheckRoot.musl)
    #expect(
      findings.map(\.problem) == [
        .otherLibc(named: "libc.so.6", interpreter: "/lib/ld-musl-x86_64.so.1", libc: .musl)
      ])
    #expect(
      try check(in: ["/app/main": program("libc.musl-x86_64.so.1")]).map(\.rule)
        == [.missingLibrary, .otherLibc])
  }

  @Test func `a version that a library lacks is fatal, unless it is weak`() throws {
    func severity(_ version: VersionTables.Reference) throws -> [Severity] {
      try check(in: [
        "/app/main": .elf(
          ElfImage.program(needed: ["libc.so.6"]).using(version, of: "libc.so.6"),
          symbols: ElfSymbols(.undefined("puts")))
      ]).filter { $0.rule == .missingVersion }.map(\.severity)
    }
    #expect(try severity("GLIBC_2.99") == [.fails])
    #expect(try severity(.weak("GLIBC_2.99")) == [.notes])
    #expect(try severity("GLIBC_2.34") == [])
  }

  @Test func `versions that are asked of a library without any are noted`() throws {
    let findings = try check(in: [
      "/app/main": .elf(
        ElfImage.program(needed: ["libf.so", "libc.so.6"]).using("V1", of: "libf.so"),
        symbols: ElfSymbols(.undefined("f", version: 100), .undefined("puts"))),
      "/lib/libf.so": .elf(
        .library(soname: "libf.so"), symbols: ElfSymbols(.defined("f"), hasVersions: false)),
    ])
    #expect(findings.map(\.problem) == [.unversionedLibrary(library: "/lib/libf.so")])
    #expect(findings.map(\.severity) == [.notes])
  }

  @Test func `an object for a newer processor ends the program`() throws {
    let findings = try check(in: [
      "/app/main": .elf(
        ElfImage.program(needed: ["libc.so.6"]).demanding(levels: 0b100),
        symbols: ElfSymbols(.undefined("puts")))
    ])
    #expect(findings.map(\.problem) == [.newerProcessor(levels: 0b100, assumed: nil)])
  }

  @Test func `a library that is there only for newer processors is missing on others`() throws {
    let levels = InMemoryTree.Node.elf(
      .library(soname: "ld-linux-x86-64.so.2").defining("ld", "GLIBC_2.3"),
      symbols: ElfSymbols(.defined("__tls_get_addr", version: 2)),
      constants: [
        "/lib/x86_64-linux-gnu/", "/lib/", "lib/x86_64-linux-gnu", "/etc/ld.so.cache",
        "x86-64-v4:x86-64-v3:x86-64-v2",
        "ld.so (Debian GLIBC 2.36-9) stable release version 2.36.",
      ], extras: .hardened)
    let variant = InMemoryTree.Node.elf(
      .library(soname: "libf.so"), symbols: ElfSymbols(.defined("f")))
    let files: [RootPath: InMemoryTree.Node] = [
      "/app/main": .elf(
        .program(needed: ["libf.so", "libc.so.6"]),
        symbols: ElfSymbols(.undefined("puts"), .undefined("f"))),
      "/lib64/ld-linux-x86-64.so.2": levels,
      "/lib/glibc-hwcaps/x86-64-v3/libf.so": variant,
    ]
    let processor = SearchEnvironment(
      processor: Processor(level: "x86-64-v3", machine: .amd64, platform: nil, capabilities: []))
    let findings = try check(in: files, environment: processor)
    let missing = try #require(findings.first { $0.rule == .missingBaseline })
    guard
      case .missingBaseline("libf.so", "/lib/glibc-hwcaps/x86-64-v3/libf.so", "x86-64-v3", _) =
        missing.problem
    else {
      Issue.record("\(missing.problem)")
      return
    }
    let complete = files.merging(["/lib/libf.so": variant]) { $1 }
    #expect(try check(in: complete, environment: processor).isEmpty)
  }

  @Test func `a library that was cut off can't be loaded`() throws {
    let whole = ElfBuilder.bytes(
      of: .library(soname: "libf.so"), symbols: ElfSymbols(.defined("f")),
      constants: [ByteString([UInt8](repeating: 65, count: 100))])
    let findings = try check(in: [
      "/app/main": .elf(
        .program(needed: ["libf.so", "libc.so.6"]),
        symbols: ElfSymbols(.undefined("puts"), .undefined("f"))),
      "/lib/libf.so": .file(Array(whole.dropLast(50)), permissions: 0o644),
    ])
    let finding = try #require(findings.first { $0.rule == .unusableLibrary })
    guard case .missingLibrary("libf.so", _, let tried) = finding.problem else {
      Issue.record("\(finding.problem)")
      return
    }
    #expect(tried.last?.outcome.description.contains("truncated: the PT_LOAD segment") == true)
  }
}
