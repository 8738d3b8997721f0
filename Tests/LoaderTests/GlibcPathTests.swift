import ELF
import FileTree
import Loader
import TestSupport
import Testing

/// RPATH, RUNPATH and the tokens in them, as glibc's loader takes them.
struct GlibcPathTests {
  // MARK: Whose path counts

  @Test func `the order is RPATH, library path, RUNPATH, cache, default directories`() throws {
    let cache = CacheBuilder.bytes([.init("libx.so", "/c/libx.so")])
    let directories = ["/r", "/e", "/c", "/usr/lib"]
    var files: [RootPath: InMemoryTree.Node] = [
      "/app/main": .program(needed: ["libx.so"], rpath: "/r"), "/etc/ld.so.cache": .file(cache),
    ]
    for directory in directories {
      files[RootPath(normalising: ByteString(directory + "/libx.so"))] = .library()
    }
    for directory in directories {
      let graph = try glibcClosure(files, SearchEnvironment(libraryPath: ["/e"]))
      #expect(graph.loaded == [directory + "/libx.so"])
      files[RootPath(normalising: ByteString(directory + "/libx.so"))] = nil
    }
    files["/u/libx.so"] = .library()
    files["/c/libx.so"] = .library()
    files["/app/main"] = .program(needed: ["libx.so"], runpath: "/u")
    #expect(try glibcClosure(files).loaded == ["/u/libx.so"])
  }

  @Test func `the nearest RPATH comes first, the program's last`() throws {
    let graph = try glibcClosure([
      "/app/main": .program(needed: ["liba.so"], rpath: "/m"),
      "/m/liba.so": .library(needed: ["libb.so"], rpath: "/a"),
      "/a/libb.so": .library(needed: ["libx.so"], rpath: "/b"),
    ])
    #expect(
      graph.tried(for: "libx.so").prefix(3) == ["/b/libx.so", "/a/libx.so", "/m/libx.so"])
  }

  @Test func `an object with RUNPATH lends no RPATH, but those above it do`() throws {
    let graph = try glibcClosure([
      "/app/main": .program(needed: ["liba.so"], rpath: "/m"),
      "/m/liba.so": .library(needed: ["libb.so"], rpath: "/a", runpath: "/ra"),
      "/ra/libb.so": .library(needed: ["libx.so"], rpath: "/b"),
    ])
    #expect(
      graph.tried(for: "libx.so").filter { !$0.hasPrefix("/lib") && !$0.hasPrefix("/usr") }
        == ["/b/libx.so", "/m/libx.so"])
  }

  @Test func `an empty RUNPATH voids RPATH too`() throws {
    let graph = try glibcClosure([
      "/app/main": .program(needed: ["libx.so"], rpath: "/l", runpath: ""),
      "/l/libx.so": .library(),
    ])
    #expect(graph.missing.map(\.name) == ["libx.so"])
  }

  @Test func `an inherited RPATH keeps the ORIGIN of the object that has it`() throws {
    let graph = try glibcClosure([
      "/app/main": .program(needed: ["liba.so"], rpath: "$ORIGIN/lib"),
      "/app/lib/liba.so": .library(needed: ["libb.so"]), "/app/lib/libb.so": .library(),
      "/app/lib/lib/libb.so": .library(),
    ])
    #expect(graph.loaded == ["/app/lib/liba.so", "/app/lib/libb.so"])
  }

  @Test func `NODEFLIB counts for the object that has it`() throws {
    let graph = try glibcClosure([
      "/app/main": .program(needed: ["liba.so", "libx.so"], runpath: "/l"),
      "/l/liba.so": .library(needed: ["liby.so"], flags1: .noDefaultLibraries),
      "/usr/lib/libx.so": .library(), "/usr/lib/liby.so": .library(),
    ])
    #expect(graph.missing.map(\.name) == ["liby.so"])
    #expect(graph.loaded == ["/l/liba.so", "/usr/lib/libx.so"])
  }

  @Test func `ld.so.conf isn't read at run time`() throws {
    let graph = try glibcClosure([
      "/app/main": .program(needed: ["libx.so"]), "/etc/ld.so.conf": .text("/l\n"),
      "/l/libx.so": .library(),
    ])
    #expect(graph.missing.map(\.name) == ["libx.so"])
  }

  // MARK: What an element is

  static let elements: [(runpath: ByteString, tried: [String])] = [
    ("/a///", ["/a/libx.so"]), ("/a//b/.", ["/a//b/./libx.so"]), ("/", ["/libx.so"]),
    ("/a:/b:/a/", ["/a/libx.so", "/b/libx.so"]), ("", []),
    (":", ["libx.so"]), ("/a:", ["/a/libx.so", "libx.so"]), ("sub", ["sub/libx.so"]),
    ("/a;/b", ["/a;/b/libx.so"]), ("/a b", ["/a b/libx.so"]),
    ("$ORIGIN", ["/app/libx.so"]), ("$ORIGIN/$ORIGIN", ["/app//app/libx.so"]),
    ("$ORIGIN:${ORIGIN}", ["/app/libx.so"]), ("$ORIGIN_X", ["$ORIGIN_X/libx.so"]),
    ("$ORIGIN-x", ["/app-x/libx.so"]), ("${ORIGIN}x", ["/appx/libx.so"]),
    ("$$ORIGIN", ["$/app/libx.so"]), ("${LIB", ["${LIB/libx.so"]), ("$LIBS", ["$LIBS/libx.so"]),
    ("$origin", ["$origin/libx.so"]),
  ]

  @Test(arguments: elements)
  func `an element is a directory, whatever it looks like`(
    row: (runpath: ByteString, tried: [String])
  ) throws {
    let graph = try glibcClosure([
      "/app/main": .program(needed: ["libx.so"], runpath: row.runpath)
    ])
    let tried = graph.requests.flatMap(\.attempts).filter { $0.rule == .runpath }
    #expect(tried.map(\.path.description) == row.tried)
  }

  @Test func `a token without a value voids its element only`() throws {
    // No kernel tells a platform on this machine.
    let header = ElfHeader(machine: .riscv, flags: 4)
    let graph = try glibcClosure([
      "/app/main": .program(
        interpreter: "/lib/ld-linux-riscv64-lp64d.so.1",
        needed: ["$PLATFORM/liby.so", "libx.so"], runpath: "/a/$PLATFORM:/l", header: header),
      "/lib/ld-linux-riscv64-lp64d.so.1": .library(header: header),
      "/l/libx.so": .library(header: header),
    ])
    #expect(graph.loaded == ["/l/libx.so"])
    #expect(graph.missing.map(\.name) == ["$PLATFORM/liby.so"])
  }

  // MARK: ORIGIN

  @Test func `ORIGIN keeps what leads to it`() throws {
    let graph = try glibcClosure([
      "/app/main": .program(needed: ["liba.so"], runpath: "$ORIGIN/../lib"),
      "/lib/liba.so": .library(needed: ["libb.so"], runpath: "$ORIGIN/./more"),
      "/lib/more/libb.so": .library(),
    ])
    #expect(graph.loaded == ["/app/../lib/liba.so", "/app/../lib/./more/libb.so"])
  }

  @Test func `ORIGIN of a library that is the subject is as given`() throws {
    let graph = try glibcClosure(
      of: "/l/liba.so",
      [
        "/l/liba.so": .link("/store/liba.so"),
        "/store/liba.so": .library(needed: ["libb.so"], runpath: "$ORIGIN"),
        "/l/libb.so": .library(), "/store/libb.so": .library(),
      ])
    #expect(graph.loaded == ["/l/libb.so"])
  }

  @Test func `ORIGIN in the root directory has its slash twice`() throws {
    let graph = try glibcClosure(
      of: "/main",
      [
        "/main": .program(needed: ["liba.so", "libb.so"], runpath: "$ORIGIN/app:$ORIGIN"),
        "/app/liba.so": .library(), "/libb.so": .library(),
      ])
    #expect(graph.loaded == ["//app/liba.so", "/libb.so"])
  }

  @Test func `ORIGIN of a library found by a relative path is absolute`() throws {
    let graph = try glibcClosure(
      [
        "/app/main": .program(needed: ["liba.so", "libd.so"], runpath: "sub:"),
        "/current/sub/liba.so": .library(needed: ["libb.so"], runpath: "$ORIGIN/more"),
        "/current/sub/more/libb.so": .library(),
        "/current/libd.so": .library(needed: ["libe.so"], runpath: "$ORIGIN/more"),
        "/current/more/libe.so": .library(),
      ], SearchEnvironment(workingDirectory: "/current"))
    #expect(
      graph.loaded == [
        "sub/liba.so", "libd.so", "/current/sub/more/libb.so", "/current/more/libe.so",
      ])
  }

  @Test func `two dots leave the target of a link`() throws {
    let graph = try glibcClosure([
      "/app/main": .program(needed: ["libx.so"], runpath: "/link/../lib"),
      "/link": .link("/far/deep"), "/far/deep": .directory(), "/far/lib/libx.so": .library(),
      "/lib/libx.so": .library(),
    ])
    #expect(graph.objects[1].file.real == "/far/lib/libx.so")
  }
}
