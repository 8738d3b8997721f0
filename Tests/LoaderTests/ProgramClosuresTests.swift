import ELF
import FileTree
import Loader
import TestSupport
import Testing

/// What loads on one processor, and what on every processor of the machine where that differs.
struct ProgramClosuresTests {
  static let level: ByteString = "x86-64-v3"

  func closures(
    _ files: [RootPath: InMemoryTree.Node], _ processor: Processor = Processor(level: level)
  ) throws -> ProgramClosures {
    var loader = Loader(
      tree: InMemoryTree(LibcRoot.glibc.merging(files) { $1 }),
      environment: SearchEnvironment(processor: processor))
    return try loader.closures(of: "/app/main")
  }

  static let main = InMemoryTree.Node.program(needed: ["libx.so"], runpath: "/l")

  @Test func `the baseline stands beside a variant that it doesn't load`() throws {
    let closures = try closures([
      "/app/main": Self.main, "/l/libx.so": .library(),
      "/l/glibc-hwcaps/x86-64-v2/libx.so": .library(needed: ["liby.so"], runpath: "/l"),
      "/l/liby.so": .library(),
    ])
    #expect(closures.graph.loaded == ["/l/glibc-hwcaps/x86-64-v2/libx.so", "/l/liby.so"])
    #expect(closures.baseline?.loaded == ["/l/libx.so"])
    #expect(closures.all.count == 2 && closures.isComplete)
  }

  @Test func `a library that only some processors find is missing on the others`() throws {
    let files: [RootPath: InMemoryTree.Node] = [
      "/app/main": Self.main, "/l/glibc-hwcaps/x86-64-v3/libx.so": .library(),
    ]
    let here = try closures(files, Processor(level: "x86-64-v3", machine: .amd64))
    #expect(here.graph.isComplete)
    #expect(here.baseline?.missing.map(\.name) == ["libx.so"])
    #expect(!here.isComplete)
    // Who names a level knows what the program needs.
    let named = try closures(files, Processor(level: "x86-64-v3"))
    #expect(named.isComplete && named.baseline == nil)
  }

  /// Trees in which no processor gets anything else.
  static let equal: [(files: [RootPath: InMemoryTree.Node], why: String)] = [
    (["/app/main": main, "/l/libx.so": .library()], "no subdirectories"),
    (
      [
        "/app/main": main, "/l/libx.so": .library(),
        "/l/glibc-hwcaps/x86-64-v3/libother.so": .library(),
      ], "subdirectories without the library"
    ),
    (
      [
        "/app/main": main, "/l/libx.so": .library(),
        "/l/glibc-hwcaps/x86-64-v4/libx.so": .library(),
      ], "a level above the processor's"
    ),
    (["/app/main": .elf(ElfImage(header: ElfHeader(type: .executable)))], "a static program"),
    (["/app/main": main], "a library that is missing everywhere"),
  ]

  @Test(arguments: equal)
  func `there is no baseline where it would be the same`(
    row: (files: [RootPath: InMemoryTree.Node], why: String)
  ) throws {
    #expect(try closures(row.files).baseline == nil, "\(row.why)")
  }

  @Test func `the baseline has none beside it`() throws {
    let closures = try closures(
      [
        "/app/main": Self.main, "/l/libx.so": .library(),
        "/l/glibc-hwcaps/x86-64-v3/libx.so": .library(),
      ], .baseline)
    #expect(closures.graph.loaded == ["/l/libx.so"])
    #expect(closures.baseline == nil)
  }

  @Test func `a cache with levels has a baseline too`() throws {
    let cache = CacheBuilder.bytes(
      [.init("libx.so", "/c/v3", level: 0), .init("libx.so", "/c/plain")], levels: [Self.level])
    let closures = try closures([
      "/app/main": Self.main, "/etc/ld.so.cache": .file(cache), "/c/v3": .library(),
      "/c/plain": .library(),
    ])
    #expect(closures.graph.loaded == ["/c/v3"])
    #expect(closures.baseline?.loaded == ["/c/plain"])
  }

  @Test func `PLATFORM may lead elsewhere on another processor`() throws {
    let closures = try closures(
      [
        "/app/main": .program(needed: ["libx.so"], runpath: "/t/$PLATFORM"),
        "/t/haswell/libx.so": .library(), "/t/x86_64/libx.so": .library(),
      ], Processor(level: Self.level, machine: .amd64, platform: "haswell"))
    #expect(closures.graph.loaded == ["/t/haswell/libx.so"])
    #expect(closures.baseline?.loaded == ["/t/x86_64/libx.so"])
  }

  @Test func `PLATFORM may lead elsewhere through the library path too`() throws {
    var loader = Loader(
      tree: InMemoryTree(
        LibcRoot.glibc.merging([
          "/app/main": .program(needed: ["libx.so"]),
          "/t/haswell/libx.so": .library(), "/t/x86_64/libx.so": .library(),
        ]) { $1 }),
      environment: SearchEnvironment(
        variables: LoaderVariables(libraryPath: "/t/$PLATFORM"),
        processor: Processor(level: nil, machine: .amd64, platform: "haswell")))
    let closures = try loader.closures(of: "/app/main")
    #expect(closures.graph.loaded == ["/t/haswell/libx.so"])
    #expect(closures.baseline?.loaded == ["/t/x86_64/libx.so"])
  }

  @Test func `a library for a newer processor is told of the one that was asked for`() throws {
    let closures = try closures([
      "/app/main": Self.main, "/l/libx.so": .elf(.library().demanding(levels: 0b111)),
    ])
    #expect(closures.isComplete)
  }
}
