import ELF
import FileTree
import Loader
import TestSupport
import Testing

/// musl's loader: which names answer, whose path counts, and what it takes for itself.
struct MuslWalkTests {
  // MARK: Names

  @Test func `the found file's name answers, whoever asks`() throws {
    let graph = try muslClosure([
      "/app/main": .muslProgram(["liba.so", "libb.so"], runpath: "/l"), "/l/liba.so": .library(),
      "/l/libb.so": .library(needed: ["liba.so"], runpath: "/b"), "/b/liba.so": .library(),
    ])
    #expect(graph.loaded == ["/l/liba.so", "/l/libb.so"])
  }

  @Test func `two names of one file are one object`() throws {
    let graph = try muslClosure([
      "/app/main": .muslProgram(["liba.so", "libhard.so", "libsoft.so"], runpath: "/l"),
      "/l/liba.so": .library(), "/l/libhard.so": .hardLink("/l/liba.so"),
      "/l/libsoft.so": .link("liba.so"),
    ])
    #expect(graph.loaded == ["/l/liba.so"])
    #expect(graph.isComplete)
  }

  @Test func `what was asked for by path has no name until a search meets its file`() throws {
    let unnamed = try muslClosure([
      "/app/main": .muslProgram(["/l/libreal.so", "liba.so"], runpath: "/l"),
      "/l/libreal.so": .library(),
      "/l/liba.so": .library(needed: ["libreal.so"], runpath: "/other"),
      "/other/libreal.so": .library(),
    ])
    #expect(unnamed.loaded == ["/l/libreal.so", "/l/liba.so", "/other/libreal.so"])
    // The name is then the one of the path, not that by which it was met.
    let named = try muslClosure([
      "/app/main": .muslProgram(
        ["/l/libreal.so", "libalias.so", "liba.so", "libb.so"], runpath: "/l"),
      "/l/libreal.so": .library(), "/l/libalias.so": .link("libreal.so"),
      "/l/liba.so": .library(needed: ["libreal.so"], runpath: "/other"),
      "/other/libreal.so": .library(),
      "/l/libb.so": .library(needed: ["libalias.so"], runpath: "/other"),
      "/other/libalias.so": .library(),
    ])
    #expect(
      named.loaded == ["/l/libreal.so", "/l/liba.so", "/l/libb.so", "/other/libalias.so"])
  }

  @Test func `a name that one object misses another may find`() throws {
    let graph = try muslClosure([
      "/app/main": .muslProgram(["libx.so", "liba.so"], runpath: "/l"),
      "/l/liba.so": .library(needed: ["libx.so"], runpath: "/a"), "/a/libx.so": .library(),
    ])
    #expect(graph.loaded == ["/l/liba.so", "/a/libx.so"])
    #expect(graph.missing.map(\.requester) == [0])
  }

  @Test func `a library that needs its program loads it a second time`() throws {
    let graph = try muslClosure([
      "/app/main": .muslProgram(["liba.so"], runpath: "/l"),
      "/l/liba.so": .library(needed: ["main"], runpath: "/app"),
    ])
    #expect(graph.loaded == ["/l/liba.so", "/app/main"])
  }

  @Test func `a preload's file answers by its name`() throws {
    let graph = try muslClosure(
      [
        "/app/main": .muslProgram(["libx.so", "liby.so", "libz.so"], runpath: "/l"),
        "/l/libx.so": .library(), "/l/liby.so": .library(), "/l/libz.so": .library(),
        "/e/libx.so": .library(), "/p/liby.so": .library(soname: "liby.so"),
        "/p/libz.so": .hardLink("/l/libz.so"),
      ],
      SearchEnvironment(
        variables: LoaderVariables(
          libraryPath: "/e", preload: "libx.so:/p/liby.so:/p/libz.so")))
    #expect(graph.loaded == ["/e/libx.so", "/p/liby.so", "/p/libz.so", "/l/liby.so"])
  }

  // MARK: Paths

  @Test func `the nearest object's path comes first`() throws {
    let graph = try muslClosure([
      "/app/main": .muslProgram(["liba.so"], runpath: "/m"),
      "/m/liba.so": .library(needed: ["libb.so"], rpath: "/a"),
      "/a/libb.so": .library(needed: ["libx.so"], runpath: "/b"),
    ])
    #expect(
      graph.tried(for: "libx.so").prefix(3) == ["/b/libx.so", "/a/libx.so", "/m/libx.so"])
  }

  @Test func `the library path comes before all of them`() throws {
    let graph = try muslClosure(
      [
        "/app/main": .muslProgram(["liba.so"], rpath: "/l"),
        "/l/liba.so": .library(needed: ["libb.so"], rpath: "/l"), "/l/libb.so": .library(),
        "/second/liba.so": .library(needed: ["libb.so"]), "/first/libb.so": .library(),
      ], SearchEnvironment(libraryPath: ["/first", "/second"]))
    #expect(graph.loaded == ["/second/liba.so", "/first/libb.so"])
  }

  static let elements: [(runpath: ByteString, tried: [String])] = [
    (":/a::", ["/a/libx.so"]), ("/a\n/b", ["/a/libx.so", "/b/libx.so"]), ("", []),
    ("/a;/b", ["/a;/b/libx.so"]), ("sub", ["sub/libx.so"]),
    ("$ORIGIN/a:${ORIGIN}/b", ["/app/a/libx.so", "/app/b/libx.so"]),
    ("$ORIGINAL", ["/appAL/libx.so"]), ("/a:$LIB", []), ("/a:$", []), ("${ORIGIN", []),
    ("/a:/a", ["/a/libx.so", "/a/libx.so"]),
  ]

  @Test(arguments: elements)
  func `ORIGIN is the only token, and any other dollar sign voids the path`(
    row: (runpath: ByteString, tried: [String])
  ) throws {
    let graph = try muslClosure(["/app/main": .muslProgram(["libx.so"], runpath: row.runpath)])
    let tried = graph.requests.flatMap(\.attempts).filter { $0.rule == .runpath }
    #expect(tried.map(\.path.description) == row.tried)
  }

  @Test func `ORIGIN is the program's real directory, and a library's as it was found`() throws {
    let graph = try muslClosure(
      of: "/bin/main",
      [
        "/bin/main": .link("/app/main"),
        "/app/main": .muslProgram(["liba.so"], runpath: "$ORIGIN/lib"),
        "/app/lib/liba.so": .link("/store/liba.so"),
        "/store/liba.so": .library(needed: ["libb.so"], runpath: "$ORIGIN"),
        "/app/lib/libb.so": .library(), "/store/libb.so": .library(),
      ])
    #expect(graph.loaded == ["/app/lib/liba.so", "/app/lib/libb.so"])
  }

  @Test func `a relative path begins at the current directory and stays relative`() throws {
    let graph = try muslClosure(
      [
        "/app/main": .muslProgram(["libx.so"], runpath: "sub"),
        "/current/sub/libx.so": .library(needed: ["liby.so"], runpath: "$ORIGIN/more"),
        "/current/sub/more/liby.so": .library(),
      ], SearchEnvironment(workingDirectory: "/current"))
    #expect(graph.loaded == ["sub/libx.so", "sub/more/liby.so"])
  }

  @Test func `what is needed has no tokens, and NODEFLIB and levels count for nothing`() throws {
    let graph = try muslClosure(
      [
        "/app/main": .program(
          interpreter: LibcRoot.muslInterpreter.text, needed: ["$ORIGIN/libx.so", "liby.so"],
          flags1: [.pie, .noDefaultLibraries]),
        "/app/libx.so": .library(), "/lib/liby.so": .library(),
        "/lib/glibc-hwcaps/x86-64-v2/liby.so": .library(),
      ])
    #expect(graph.loaded == ["/lib/liby.so"])
    #expect(graph.missing.map(\.name) == ["$ORIGIN/libx.so"])
  }

  @Test func `the path file takes the place of the default directories`() throws {
    let graph = try muslClosure([
      "/app/main": .muslProgram(["libx.so"]),
      "/etc/ld-musl-x86_64.path": .text("/opt/a:/opt/b\n\n/opt/c"),
    ])
    #expect(
      graph.tried(for: "libx.so") == ["/opt/a/libx.so", "/opt/b/libx.so", "/opt/c/libx.so"])
    #expect(graph.systemDirectories == ["/opt/a/", "/opt/b/", "/opt/c/"])
  }

  @Test(arguments: [InMemoryTree.Node.directory(), .unreadable, .link("ld-musl-x86_64.path")])
  func `a path file that can't be read means no directories`(node: InMemoryTree.Node) throws {
    let graph = try muslClosure([
      "/app/main": .muslProgram(["libx.so"]), "/lib/libx.so": .library(),
      "/etc/ld-musl-x86_64.path": node,
    ])
    #expect(graph.missing.map(\.name) == ["libx.so"])
  }

  // MARK: The loader itself

  @Test func `a link to the loader is the loader itself`() throws {
    let graph = try muslClosure([
      "/app/main": .muslProgram(["libother.so", "/lib/ld-musl-x86_64.so.1"], runpath: "/l"),
      "/l/libother.so": .link(LibcRoot.muslInterpreter.text),
    ])
    #expect(graph.loaded == [])
    #expect(graph.isComplete && graph.objects.count == 2)
  }

  /// A file is taken for a libc if it defines both symbols.
  @Test(arguments: ElfSymbols.Hash.allCases)
  func `another libc is known by its symbols, and is the loader itself`(hash: ElfSymbols.Hash)
    throws
  {
    func library(_ defined: [ByteString], undefined: [ByteString] = []) -> InMemoryTree.Node {
      .elf(
        .library(needed: ["libmissing.so"]),
        symbols: ElfSymbols(defined: defined, undefined: undefined, hash: hash))
    }
    let graph = try muslClosure([
      "/app/main": .muslProgram(
        ["libw.so", "libx.so", "liby.so", "libz.so", "/l/libpath.so"], runpath: "/l:/more"),
      "/l/libw.so": .library(soname: "libc.so.6"),
      "/l/libx.so": library(["__libc_start_main", "stdin"]), "/more/libx.so": .library(),
      "/l/libpath.so": library(["stdin", "__libc_start_main"]),
      "/l/liby.so": .elf(
        .library(),
        symbols: ElfSymbols(defined: ["__libc_start_main"], undefined: ["stdin"], hash: hash)),
      "/l/libz.so": .elf(.library(), symbols: ElfSymbols(defined: ["stdin"], hash: hash)),
    ])
    #expect(graph.loaded == ["/l/libw.so", "/l/liby.so", "/l/libz.so"])
    #expect(graph.isComplete)
    #expect(graph.requests.first { $0.name == "libx.so" }?.rule == .builtIn)
  }

  @Test func `a libc that is preloaded or opened is the loader too`() throws {
    let libc = InMemoryTree.Node.elf(.library(), symbols: .libc)
    let graph = try muslClosure(
      [
        "/app/main": .muslProgram(["libx.so"], runpath: "/l"), "/l/libx.so": .library(),
        "/l/libp.so": libc, "/l/libq.so": libc, "/l/libr.so": .library(),
      ],
      SearchEnvironment(
        variables: LoaderVariables(preload: "/l/libp.so"),
        openings: [Opening(name: "libq.so"), Opening(name: "libr.so", caller: "libx.so")]))
    #expect(graph.loaded == ["/l/libx.so", "/l/libr.so"])
  }

  @Test func `glibc's loader takes a libc for any other library`() throws {
    let graph = try glibcClosure([
      "/app/main": .program(needed: ["libx.so"], runpath: "/l"),
      "/l/libx.so": .elf(.library(), symbols: .libc),
    ])
    #expect(graph.loaded == ["/l/libx.so"])
  }
}
