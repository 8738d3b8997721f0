import ELF
import FileTree
import Loader
import TestSupport
import Testing

/// What a program opens with `dlopen`: from where it is searched, and what stays of it.
struct OpeningTests {
  func opening(
    _ openings: Opening..., variables: LoaderVariables = LoaderVariables(),
    in directory: RootPath = .root
  ) -> SearchEnvironment {
    SearchEnvironment(variables: variables, openings: openings, workingDirectory: directory)
  }

  // MARK: glibc

  @Test func `glibc searches the caller's RUNPATH, and not the program's`() throws {
    let graph = try glibcClosure(
      [
        "/app/main": .program(needed: ["liba.so"], runpath: "/l"),
        "/l/liba.so": .library(runpath: "/a"), "/l/libx.so": .library(),
        "/l/liby.so": .library(), "/a/liby.so": .library(needed: ["libz.so"], runpath: "/z"),
        "/z/libz.so": .library(), "/l/libw.so": .library(),
      ],
      opening(
        Opening(name: "libx.so"), Opening(name: "liby.so", caller: "liba.so"),
        Opening(name: "libw.so", caller: "/l/liba.so")))
    #expect(graph.loaded == ["/l/liba.so", "/l/libx.so", "/a/liby.so", "/z/libz.so"])
    #expect(graph.missing.map(\.name) == ["libw.so"])
  }

  @Test func `glibc searches the RPATH of the caller's loaders too`() throws {
    let graph = try glibcClosure(
      [
        "/app/main": .program(needed: ["liba.so"], rpath: "/l"),
        "/l/liba.so": .library(needed: ["libb.so", "libc1.so"], rpath: "/a"),
        "/a/libb.so": .library(), "/a/libc1.so": .library(runpath: "/c"),
        "/a/libx.so": .library(), "/l/libx.so": .library(), "/l/liby.so": .library(),
        "/a/libw.so": .library(),
      ],
      opening(
        Opening(name: "libw.so", caller: "libc1.so"), Opening(name: "libx.so", caller: "libb.so"),
        Opening(name: "liby.so", caller: "libb.so")))
    #expect(
      graph.loaded == ["/l/liba.so", "/a/libb.so", "/a/libc1.so", "/a/libx.so", "/l/liby.so"])
    #expect(graph.missing.map(\.name) == ["libw.so"])
  }

  @Test func `what is opened inherits no RPATH but the program's`() throws {
    let graph = try glibcClosure(
      [
        "/app/main": .program(needed: ["/l/liba.so"], rpath: "/program"),
        "/l/liba.so": .library(rpath: "/a"),
        "/a/libx.so": .library(needed: ["liby.so", "libz.so"]), "/a/liby.so": .library(),
        "/a/libz.so": .library(), "/program/liby.so": .library(), "/lib/libz.so": .library(),
      ], opening(Opening(name: "libx.so", caller: "liba.so")))
    #expect(graph.loaded == ["/l/liba.so", "/a/libx.so", "/program/liby.so", "/lib/libz.so"])
  }

  @Test func `the environment, the cache and the default directories are searched as at the start`()
    throws
  {
    let cache = CacheBuilder.bytes([
      .init("libr.so", "/c/libr.so"), .init("libq.so", "/c/libq.so"),
    ])
    let graph = try glibcClosure(
      [
        "/app/main": .program(needed: ["/l/liba.so"]), "/l/liba.so": .library(runpath: "/a"),
        "/e/libp.so": .library(), "/a/libp.so": .library(), "/a/libq.so": .library(),
        "/c/libq.so": .library(), "/c/libr.so": .library(), "/usr/lib/libr.so": .library(),
        "/usr/lib/libs.so": .library(), "/etc/ld.so.cache": .file(cache),
      ],
      opening(
        Opening(name: "libs.so", caller: "liba.so"), Opening(name: "libr.so", caller: "liba.so"),
        Opening(name: "libq.so", caller: "liba.so"), Opening(name: "libp.so", caller: "liba.so"),
        variables: LoaderVariables(libraryPath: "/e")))
    #expect(
      graph.loaded == [
        "/l/liba.so", "/usr/lib/libs.so", "/c/libr.so", "/a/libq.so", "/e/libp.so",
      ])
  }

  @Test func `NODEFLIB counts for the object that calls`() throws {
    let graph = try glibcClosure(
      [
        "/app/main": .program(needed: ["/l/liba.so"]),
        "/l/liba.so": .library(flags1: .noDefaultLibraries), "/lib/libx.so": .library(),
        "/lib/liby.so": .library(),
      ],
      opening(Opening(name: "libx.so", caller: "liba.so"), Opening(name: "liby.so")))
    #expect(graph.loaded == ["/l/liba.so", "/lib/liby.so"])
    #expect(graph.missing.map(\.name) == ["libx.so"])
  }

  @Test func `paths begin at the current directory, and tokens count in them only`() throws {
    let graph = try glibcClosure(
      [
        "/app/main": .program(needed: ["liba.so"], runpath: "/l"), "/l/liba.so": .library(),
        "/l/deeper/libx.so": .library(), "/current/sub/liby.so": .library(),
        "/app/libz.so": .library(), "/l/x86_64.so": .library(),
      ],
      opening(
        Opening(name: "$ORIGIN/deeper/libx.so", caller: "liba.so"),
        Opening(name: "sub/liby.so", caller: "liba.so"), Opening(name: "$ORIGIN/libz.so"),
        Opening(name: "$PLATFORM.so"), in: "/current"))
    #expect(graph.loaded == ["/l/liba.so", "/l/deeper/libx.so", "sub/liby.so", "/app/libz.so"])
    #expect(graph.missing.map(\.name) == ["$PLATFORM.so"])
  }

  @Test func `what is loaded already answers by any of its names, and by its inode`() throws {
    let graph = try glibcClosure(
      [
        "/app/main": .program(needed: ["liba.so", "libb.so"], runpath: "/l"),
        "/l/liba.so": .library(runpath: "/a"), "/l/libb.so": .library(soname: "libother.so"),
        "/a/libother.so": .library(), "/a/libb.so": .library(),
        "/a/link.so": .hardLink("/l/libb.so"),
      ],
      opening(
        Opening(name: "libb.so", caller: "liba.so"),
        Opening(name: "libother.so", caller: "liba.so"),
        Opening(name: "link.so", caller: "liba.so")))
    #expect(graph.loaded == ["/l/liba.so", "/l/libb.so"])
    #expect(graph.requests.filter { $0.kind == .dlopen }.compactMap(\.object) == [2, 2, 2])
  }

  @Test func `what an opening loaded may open more`() throws {
    let graph = try glibcClosure(
      [
        "/app/main": .program(runpath: "/l"),
        "/l/libp.so": .library(needed: ["libq.so"], runpath: "/p"), "/p/libq.so": .library(),
        "/p/libx.so": .library(),
      ],
      opening(Opening(name: "libp.so"), Opening(name: "libx.so", caller: "libp.so")))
    #expect(graph.loaded == ["/l/libp.so", "/p/libq.so", "/p/libx.so"])
  }

  @Test func `an unknown caller is an error that names it`() throws {
    #expect(throws: LoaderError.unknownCaller(path: "/app/main", caller: "libnone.so")) {
      try glibcClosure(
        ["/app/main": .program()],
        opening(Opening(name: "libx.so", caller: "libnone.so")))
    }
  }

  // MARK: Unloading again

  static let failing: [RootPath: InMemoryTree.Node] = [
    "/l/liba.so": .library(),
    "/l/libx.so": .library(needed: ["liby.so", "libmissing.so", "liba.so"], runpath: "/l"),
    "/l/liby.so": .library(), "/l/libz.so": .library(needed: ["liby.so"], runpath: "/z"),
    "/z/liby.so": .library(),
  ]

  /// What a failed opening brought is gone; what was there before stays, and a later opening finds
  /// nothing of it.
  @Test func `what a failed opening loaded is gone, and answers no later request`() throws {
    let graph = try glibcClosure(
      Self.failing.merging(["/app/main": .program(needed: ["liba.so"], runpath: "/l")]) { $1 },
      opening(Opening(name: "libx.so"), Opening(name: "libz.so")))
    #expect(graph.loaded == ["/l/liba.so", "/l/libz.so", "/z/liby.so"])
    #expect(graph.missing.map(\.name) == ["libmissing.so"])
    let unloaded = graph.objects.filter(\.isUnloaded)
    #expect(unloaded.map(\.openedPath) == ["/l/libx.so", "/l/liby.so"])
    #expect(unloaded.allSatisfy { $0.residence == .unloaded("libmissing.so is missing") })
  }

  @Test func `in musl too`() throws {
    let graph = try muslClosure(
      Self.failing.merging(["/app/main": .muslProgram(["liba.so"], runpath: "/l")]) { $1 },
      opening(Opening(name: "libx.so"), Opening(name: "libz.so")))
    #expect(graph.loaded == ["/l/liba.so", "/l/libz.so", "/z/liby.so"])
  }

  @Test func `a missing auxiliary of what is opened is no failure`() throws {
    let graph = try glibcClosure(
      [
        "/app/main": .program(runpath: "/l"),
        "/l/libx.so": .elf(.library().naming(.auxiliary("libmissing.so"))),
      ], opening(Opening(name: "libx.so")))
    #expect(graph.loaded == ["/l/libx.so"])
    #expect(graph.isComplete)
  }

  /// The program lacks one library itself; that of an opening is another matter.
  @Test func `a failure at the start unloads nothing of an opening`() throws {
    let graph = try glibcClosure(
      [
        "/app/main": .program(needed: ["libmissing.so"], runpath: "/l"),
        "/l/libx.so": .library(),
      ], opening(Opening(name: "libx.so")))
    #expect(graph.loaded == ["/l/libx.so"])
  }

  // MARK: musl

  @Test func `musl searches the program's path, whoever the caller is`() throws {
    let graph = try muslClosure(
      [
        "/app/main": .muslProgram(["liba.so"], runpath: "/l"),
        "/l/liba.so": .library(runpath: "/a"), "/a/libx.so": .library(), "/a/libv.so": .library(),
        "/l/libx.so": .library(needed: ["liby.so"], runpath: "/x"),
        "/l/liby.so": .library(needed: ["libw.so"]), "/x/libw.so": .library(),
      ],
      opening(
        Opening(name: "libx.so", caller: "liba.so"), Opening(name: "libv.so", caller: "liba.so")))
    #expect(graph.loaded == ["/l/liba.so", "/l/libx.so", "/l/liby.so", "/x/libw.so"])
    #expect(graph.missing.map(\.name) == ["libv.so"])
  }

  @Test func `in musl, the found file's name answers an opening`() throws {
    let graph = try muslClosure(
      [
        "/app/main": .muslProgram(["liba.so"], runpath: "/l"), "/l/liba.so": .library(),
        "/current/liba.so": .library(),
      ], opening(Opening(name: "liba.so"), Opening(name: "./liba.so"), in: "/current"))
    #expect(graph.loaded == ["/l/liba.so", "./liba.so"])
  }
}
