import ELF
import FileTree
import Loader
import TestSupport
import Testing

/// What each loader makes of a file, or of something else, that stands where a library is looked for.
struct CandidateTests {
  /// What becomes of a search after a candidate in the first of two directories.
  enum Verdict: Sendable {
    case taken, passedOver, ended
  }

  struct Candidate: CustomTestStringConvertible, Sendable {
    let what: String
    let node: InMemoryTree.Node
    let glibc: Verdict
    let musl: Verdict

    var testDescription: String { what }

    static func library(
      _ what: String, _ header: ElfHeader, glibc: Verdict, musl: Verdict
    ) -> Candidate {
      Candidate(what: what, node: .library(header: header), glibc: glibc, musl: musl)
    }
  }

  static let candidates: [Candidate] = [
    .library("a library", ElfHeader(), glibc: .taken, musl: .taken),
    .init(what: "a dangling link", node: .link("gone"), glibc: .passedOver, musl: .passedOver),
    .init(what: "a link", node: .link("/target.so"), glibc: .taken, musl: .taken),
    .init(what: "a loop of links", node: .link("libx.so"), glibc: .ended, musl: .ended),
    .init(what: "an unreadable file", node: .unreadable, glibc: .passedOver, musl: .passedOver),
    .init(what: "a text", node: .text("INPUT(libx.so)"), glibc: .ended, musl: .ended),
    .init(what: "an empty file", node: .text(""), glibc: .ended, musl: .ended),
    .init(what: "a directory", node: .directory(), glibc: .ended, musl: .ended),
    .library(
      "another class", ElfHeader(elfClass: .elf32, machine: .x86, programHeaderSize: 32),
      glibc: .passedOver, musl: .ended),
    .library("another machine", ElfHeader(machine: .aarch64), glibc: .passedOver, musl: .taken),
    .library("another OS ABI", ElfHeader(osABI: 9), glibc: .ended, musl: .taken),
    .library("GNU's OS ABI", ElfHeader(osABI: 3), glibc: .taken, musl: .taken),
    .library(
      "GNU's OS ABI, known version", ElfHeader(osABI: 3, abiVersion: 3), glibc: .taken,
      musl: .taken),
    .library(
      "GNU's OS ABI, unknown version", ElfHeader(osABI: 3, abiVersion: 4), glibc: .ended,
      musl: .taken),
    .library("an ABI version", ElfHeader(abiVersion: 1), glibc: .ended, musl: .taken),
    .library("padding", ElfHeader(paddingIsZero: false), glibc: .ended, musl: .taken),
    .library("another version", ElfHeader(version: 2), glibc: .ended, musl: .taken),
    .library("a relocatable object", ElfHeader(type: .relocatable), glibc: .ended, musl: .ended),
    .library("a core dump", ElfHeader(type: .core), glibc: .ended, musl: .ended),
    .library(
      "a program at a fixed address", ElfHeader(type: .executable), glibc: .ended, musl: .taken),
    .init(
      what: "a position-independent program", node: .program(), glibc: .ended, musl: .taken),
    .library(
      "another machine's relocatable object", ElfHeader(type: .relocatable, machine: .aarch64),
      glibc: .passedOver, musl: .ended),
    .init(
      what: "no dynamic section", node: .elf(ElfImage()), glibc: .ended, musl: .ended),
    .init(
      what: "no segments", node: .elf(ElfImage(hasLoadSegment: false)), glibc: .ended,
      musl: .ended),
    .init(
      what: "a cut-off library",
      node: .file(Array(ElfBuilder.bytes(of: .library(soname: "libx.so")).prefix(100))),
      glibc: .ended, musl: .ended),
  ]

  private func verdict(_ graph: ClosureGraph) -> Verdict {
    switch graph.loaded {
    case ["/a/libx.so"]: .taken
    case ["/b/libx.so"]: .passedOver
    default: .ended
    }
  }

  private func files(_ candidate: Candidate) -> [RootPath: InMemoryTree.Node] {
    [
      "/a/libx.so": candidate.node, "/b/libx.so": .library(), "/target.so": .library(),
      "/usr/lib/x86_64-linux-gnu/libother.so": .library(),
    ]
  }

  @Test(arguments: candidates)
  func `glibc's loader takes it, passes it over, or ends`(candidate: Candidate) throws {
    let program = InMemoryTree.Node.program(needed: ["libx.so"], runpath: "/a:/b")
    let graph = try glibcClosure(files(candidate).merging(["/app/main": program]) { $1 })
    #expect(verdict(graph) == candidate.glibc)
    if candidate.glibc == .ended {
      #expect(graph.missing.map(\.name) == ["libx.so"])
    }
  }

  @Test(arguments: candidates)
  func `musl's loader takes it, passes it over, or ends`(candidate: Candidate) throws {
    let program = InMemoryTree.Node.muslProgram(["libx.so"], runpath: "/a:/b")
    let graph = try muslClosure(files(candidate).merging(["/app/main": program]) { $1 })
    #expect(verdict(graph) == candidate.musl)
  }

  // MARK: Links that lead to themselves, in glibc

  static let loops: [(rpath: ByteString, node: [RootPath: InMemoryTree.Node], found: [String])] = [
    // The rest of the path is skipped, the other paths aren't.
    ("/a:/b", ["/a/libx.so": .link("libx.so")], ["/user/libx.so"]),
    // A directory that is a loop isn't one.
    ("/loop:/b", ["/loop": .link("loop")], ["/b/libx.so"]),
    // A relative one is taken to be one.
    ("loop:/b", ["/loop": .link("loop")], ["/user/libx.so"]),
    ("/file:/b", ["/file": .text("")], ["/b/libx.so"]),
    ("file:/b", ["/file": .text("")], ["/b/libx.so"]),
  ]

  @Test(arguments: loops)
  func `a loop of links ends its path, and leaves the others`(
    row: (rpath: ByteString, node: [RootPath: InMemoryTree.Node], found: [String])
  ) throws {
    let graph = try glibcClosure(
      row.node.merging([
        "/app/main": .program(needed: ["libx.so"], rpath: row.rpath), "/b/libx.so": .library(),
        "/user/libx.so": .library(),
      ]) { $1 }, SearchEnvironment(libraryPath: ["/user"]))
    #expect(graph.loaded == row.found)
  }

  @Test func `a directory that can't be searched is passed over`() throws {
    for interpreter in [LibcRoot.glibcInterpreter, LibcRoot.muslInterpreter] {
      let tree = InMemoryTree(
        LibcRoot.glibc.merging(LibcRoot.musl) { $1 }.merging([
          "/app/main": .program(
            interpreter: interpreter.text, needed: ["libx.so"], runpath: "/a:/b"),
          "/a/libx.so": .library(), "/b/libx.so": .library(),
        ]) { $1 })
      var loader = Loader(tree: AlteredTree(tree, failing: ["/a": .permissionDenied]))
      let graph = try loader.closure(of: "/app/main")
      #expect(graph.loaded == ["/b/libx.so"])
      #expect(graph.requests[0].attempts.first?.outcome == .permissionDenied)
    }
  }

  @Test func `a decoy that the cache names ends the search, a stale or foreign one doesn't`() throws
  {
    let names: [ByteString] = ["libtext.so", "libother.so", "libloop.so", "libgone.so"]
    var files: [RootPath: InMemoryTree.Node] = [
      "/app/main": .program(needed: names),
      "/etc/ld.so.cache": .file(CacheBuilder.bytes(names.map { .init($0, "/c/" + $0) })),
      "/c/libtext.so": .text("text"), "/c/libloop.so": .link("libloop.so"),
      "/c/libother.so": .library(header: ElfHeader(machine: .aarch64)),
    ]
    for name in names { files[RootPath(normalising: "/usr/lib/" + name)] = .library() }
    let graph = try glibcClosure(files)
    #expect(
      graph.loaded == ["/usr/lib/libother.so", "/usr/lib/libloop.so", "/usr/lib/libgone.so"])
    #expect(graph.missing.map(\.name) == ["libtext.so"])
  }

  @Test func `a path to a decoy ends, and one to a loop of links is missing`() throws {
    let graph = try glibcClosure([
      "/app/main": .program(needed: ["/a/libtext.so", "/a/libloop.so"]),
      "/a/libtext.so": .text("text"), "/a/libloop.so": .link("libloop.so"),
    ])
    #expect(graph.missing.map(\.name) == ["/a/libtext.so", "/a/libloop.so"])
    #expect(graph.missing[1].attempts.map(\.outcome) == [.linkLoop])
  }
}
