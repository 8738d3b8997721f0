import Check
import ELF
import FileTree
import Loader
import TestSupport
import Testing

/// Libraries that nobody uses, or that stand in each other's way.
struct SharingTests {
  func library(
    _ soname: ByteString, needed: [ByteString] = [], runpath: ByteString? = nil,
    _ entries: ElfSymbols.Entry...
  ) -> InMemoryTree.Node {
    .elf(
      .library(soname: soname, needed: needed, runpath: runpath), symbols: ElfSymbols(entries))
  }

  func program(
    _ needed: ByteString..., runpath: ByteString? = nil, binding symbols: [ElfSymbols.Entry] = []
  ) -> InMemoryTree.Node {
    .elf(
      .program(needed: needed + ["libc.so.6"], runpath: runpath),
      symbols: ElfSymbols([.undefined("puts")] + symbols))
  }

  @Test func `a library is used if the program itself binds one of its symbols`() throws {
    let findings = try check(in: [
      "/app/main": program(
        "libused.so", "libweak.so", "libunused.so", "libother.so",
        binding: [.undefined("used"), .undefined("weak", isWeak: true)]),
      "/lib/libused.so": library(
        "libused.so", needed: ["libother.so"], .defined("used"), .undefined("other")),
      "/lib/libweak.so": library("libweak.so", .defined("weak")),
      "/lib/libunused.so": library("libunused.so", .defined("unused")),
      "/lib/libother.so": library("libother.so", .defined("other")),
    ])
    #expect(
      findings.map(\.problem) == [
        .unusedLibrary(name: "libunused.so"), .unusedLibrary(name: "libother.so"),
      ])
    #expect(findings.allSatisfy { $0.severity == .notes })
  }

  @Test func `a library that comes before the one that was meant leaves that unused`() throws {
    let findings = try check(in: [
      "/app/main": program("libfirst.so", "libsecond.so", binding: [.undefined("f")]),
      "/lib/libfirst.so": library("libfirst.so", .defined("f")),
      "/lib/libsecond.so": library("libsecond.so", .defined("f")),
    ])
    #expect(findings.map(\.problem) == [.unusedLibrary(name: "libsecond.so")])
  }

  /// The program brings its own libz, and a library of the system asks for it too.
  func bundled(systemHasIt: Bool, runpathOfLibrary: ByteString? = nil) throws -> [Problem] {
    let libz = library("libz.so.1", .defined("z"))
    return try check(
      in: [
        "/app/main": program(
          "libz.so.1", "libpng.so", runpath: "/app/lib",
          binding: [.undefined("z"), .undefined("png")]),
        "/app/lib/libz.so.1": libz,
        "/lib/libz.so.1": systemHasIt ? library("libz.so.1", .defined("z"), .defined("y")) : nil,
        "/lib/libpng.so": library(
          "libpng.so", needed: ["libz.so.1"], runpath: runpathOfLibrary, .defined("png"),
          .undefined("z")),
      ].compactMapValues(\.self)
    ).map(\.problem)
  }

  @Test func `an object that gets another file than by itself is told which`() throws {
    #expect(
      try bundled(systemHasIt: true) == [
        .shadowedLibrary(
          name: "libz.so.1", loaded: "/app/lib/libz.so.1", loader: "/app/main",
          own: "/lib/libz.so.1")
      ])
    #expect(try bundled(systemHasIt: false) == [])
    #expect(try bundled(systemHasIt: true, runpathOfLibrary: "/app/lib") == [])
  }

  @Test func `two files of one soname are both loaded if they are asked for by other names`() throws
  {
    let findings = try check(in: [
      "/app/main": program(
        "libf.so.1", "/opt/libf.so", binding: [.undefined("f"), .undefined("g")]),
      "/lib/libf.so.1": library("libf.so.1", .defined("f")),
      "/opt/libf.so": library("libf.so.1", .defined("g")),
    ])
    #expect(
      findings.map(\.problem) == [.sameSoname(soname: "libf.so.1", other: "/lib/libf.so.1")])
  }

  @Test func `files of the same content are found by it, links to one file aren't`() throws {
    let copy = library("libf.so", .defined("f"))
    let tree = InMemoryTree(
      CheckRoot.glibc.merging([
        "/app/main": program("/opt/a.so", "/opt/b.so", "/opt/c.so"),
        "/opt/a.so": copy, "/opt/b.so": copy, "/opt/c.so": .link("a.so"),
      ]) { $1 })
    var loader = Loader(tree: tree)
    var duplicates = DuplicateFiles()
    duplicates.add(try loader.closures(of: "/app/main"), of: "/app/main")
    let found = duplicates.findings(in: tree)
    #expect(found.map { $0.finding.object.real } == ["/opt/b.so"])
    #expect(found.map(\.program) == ["/app/main"])
    guard case .duplicateFile("/opt/a.so", let size, let digest) = found.first?.finding.problem
    else {
      Issue.record("\(found)")
      return
    }
    #expect(size > 0 && digest.count == 64)
  }

  @Test func `what is wrong with a library is told once, with all that load it`() throws {
    var list = FindingList()
    let object = FoundObject(path: "/lib/libf.so", real: "/lib/libf.so")
    let finding = Finding(.textRelocations, object: object, chain: ["/bin/a", "/lib/libf.so"])
    let other = Finding(.textRelocations, object: object, chain: ["/bin/b", "/lib/libf.so"])
    list.add([finding, finding], of: "/bin/a")
    list.add([other], of: "/bin/b")
    #expect(list.findings.count == 1)
    #expect(list.findings.first?.programs == ["/bin/a", "/bin/b"])
    #expect(list.count(of: .weakens) == 1 && !list.isFatal)
    list.add([Finding(.textRelocations, severity: .gate, object: object, chain: [])], of: "/bin/b")
    #expect(list.findings.count == 2 && list.isFatal)
  }
}
