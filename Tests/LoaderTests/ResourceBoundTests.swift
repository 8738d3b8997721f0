import ELF
import FileTree
import Loader
import TestSupport
import Testing

/// Trees that are made to exhaust memory or time: every search has a bound, whatever files say.
@Suite(.timeLimit(.minutes(1)))
struct ResourceBoundTests {
  @Test func `a loader may tell of more levels than a word has bits`() throws {
    let levels = Array(repeating: "x86-64-v3", count: 40).joined(separator: ":")
    let closure = try glibcClosure(
      [
        LibcRoot.glibcInterpreter: LibcRoot.glibcInterpreter(
          "/etc/ld.so.cache", ByteString(levels)),
        "/app/main": .program(needed: ["libc.so.6"]),
      ], SearchEnvironment(processor: Processor(level: "x86-64-v3")))
    #expect(closure.level == "x86-64-v3")
  }

  @Test func `a loader's table of directories has an end`() throws {
    let strings =
      (0..<50_000).map { ByteString("/d\($0)/") } + (0..<50_000).map { ByteString("lib\($0)") }
      + ["/etc/ld.so.cache"]
    let closure = try glibcClosure([
      LibcRoot.glibcInterpreter: .elf(
        .library(soname: "ld-linux-x86-64.so.2"), constants: strings),
      "/app/main": .program(needed: ["libc.so.6"]),
    ])
    #expect(closure.systemDirectories.count == 32)
  }

  @Test func `of the cache's entries for one name some thousands count`() throws {
    func closure(foreignEntries: Int) throws -> ClosureGraph {
      let foreign = CacheBuilder.Entry("libx.so", "/foreign/libx.so", flags: 0x803)
      let entries =
        Array(repeating: foreign, count: foreignEntries)
        + [CacheBuilder.Entry("libx.so", "/l/libx.so")]
      return try glibcClosure([
        "/app/main": .program(needed: ["libx.so"]), "/l/libx.so": .library(),
        "/etc/ld.so.cache": .file(CacheBuilder.bytes(entries)),
      ])
    }
    #expect(try closure(foreignEntries: 4000).isComplete)
    #expect(try !closure(foreignEntries: 5000).isComplete)
  }

  @Test func `what is longer than any path is no string of the cache`() throws {
    let level = ByteString(String(repeating: "v", count: 1 << 16))
    let path = ByteString("/l/" + String(repeating: "./", count: 4096) + "libx.so")
    let entries = [
      CacheBuilder.Entry("libx.so", path, level: 0), CacheBuilder.Entry("libx.so", "/l/libx.so"),
    ]
    let closure = try glibcClosure([
      "/app/main": .program(needed: ["libx.so"]), "/l/libx.so": .library(),
      "/etc/ld.so.cache": .file(
        CacheBuilder.bytes(entries, levels: Array(repeating: level, count: 100))),
    ])
    #expect(closure.loaded == ["/l/libx.so"])
  }

  /// Goes up to the root and down again, as often as `$ORIGIN` stands there: each library's own
  /// `$ORIGIN` would be hundreds of times as long as that of the one before it.
  static let growingPath: ByteString = {
    let up = String(repeating: "../", count: 20)
    return ByteString("/d/" + String(repeating: up + "$ORIGIN/", count: 600))
  }()

  @Test func `paths don't grow from one library to the next`() throws {
    func node(_ index: Int) -> InMemoryTree.Node {
      .library(needed: [ByteString("l\(index + 1)")], runpath: Self.growingPath)
    }
    let libraries: [RootPath: InMemoryTree.Node] = ["/d/l0": node(0), "/d/l1": node(1)]
    let glibc = try glibcClosure(
      of: "/d/p",
      libraries.merging(["/d/p": .program(needed: ["l0"], runpath: Self.growingPath)]) { $1 })
    #expect(glibc.missing.map(\.name) == ["l0"])
    let musl = try muslClosure(
      of: "/d/p",
      libraries.merging(["/d/p": .muslProgram(["l0"], runpath: Self.growingPath)]) { $1 })
    #expect(musl.missing.map(\.name) == ["l0"])
    let attempts = (glibc.requests + musl.requests).flatMap(\.attempts)
    #expect(attempts.allSatisfy { $0.path.count < 1 << 14 })
  }

  @Test func `one search ends as well as all together`() throws {
    let environment = SearchEnvironment(libraryPath: Array(repeating: "/n", count: 600_000))
    let program = InMemoryTree.Node.program(needed: ["libmissing.so"])
    #expect(throws: LoaderError.tooManyCandidates(path: "/app/main", limit: 200_000)) {
      try glibcClosure(["/app/main": program], environment)
    }
  }

  @Test func `versions are held against the libraries' names at once`() throws {
    var dynamic = DynamicSection(needed: Array(repeating: "libx.so", count: 50_000) + ["liby.so"])
    let version = VersionTables.Version(name: "V", hash: 1)
    dynamic.versions.needs = Array(
      repeating: .init(library: "liby.so", references: [.init(version: version)]), count: 8000)
    let closure = try glibcClosure([
      "/app/main": .elf(
        ElfImage(interpreter: LibcRoot.glibcInterpreter.text, dynamic: dynamic)),
      "/lib/libx.so": .library(),
      "/lib/liby.so": .library(),
    ])
    #expect(closure.isComplete)
  }

  @Test func `a file of names that is larger than any system's is an error`() throws {
    let spaces = InMemoryTree.Node.file([UInt8](repeating: 0x20, count: 1 << 17))
    #expect(throws: LoaderError.configurationTooLarge(path: "/etc/ld.so.preload", limit: 1 << 16)) {
      try glibcClosure(["/app/main": .program(needed: []), "/etc/ld.so.preload": spaces])
    }
    let path: ByteString = "/etc/ld-musl-x86_64.path"
    #expect(throws: LoaderError.configurationTooLarge(path: path, limit: 1 << 16)) {
      try muslClosure(["/app/main": .muslProgram([]), RootPath(normalising: path): spaces])
    }
  }
}
