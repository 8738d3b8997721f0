import ELF
import FileTree
import Loader
import TestSupport
import Testing

/// LD_LIBRARY_PATH, LD_PRELOAD and `/etc/ld.so.preload`.
struct EnvironmentTests {
  // MARK: The library path

  static let paths: [(text: ByteString, glibc: [String], musl: [String])] = [
    ("/a:/b", ["/a/libx.so", "/b/libx.so"], ["/a/libx.so", "/b/libx.so"]),
    ("/a;/b", ["/a/libx.so", "/b/libx.so"], ["/a;/b/libx.so"]),
    ("/a\n/b", ["/a\n/b/libx.so"], ["/a/libx.so", "/b/libx.so"]),
    (":/a", ["libx.so", "/a/libx.so"], ["/a/libx.so"]),
    ("/a/:/a", ["/a/libx.so"], ["/a/libx.so", "/a/libx.so"]),
    ("", [], []),
    ("a b", ["a b/libx.so"], ["a b/libx.so"]),
  ]

  @Test(arguments: paths)
  func `each libc divides the library path in its own way`(
    row: (text: ByteString, glibc: [String], musl: [String])
  ) throws {
    let environment = SearchEnvironment(variables: LoaderVariables(libraryPath: row.text))
    let glibc = try glibcClosure(["/app/main": .program(needed: ["libx.so"])], environment)
    let musl = try muslClosure(["/app/main": .muslProgram(["libx.so"])], environment)
    func tried(_ graph: ClosureGraph) -> [ByteString] {
      graph.requests.flatMap(\.attempts).filter { $0.rule == .libraryPath }.map(\.path)
    }
    #expect(tried(glibc) == row.glibc.map { ByteString($0) })
    #expect(tried(musl) == row.musl.map { ByteString($0) })
  }

  @Test func `the user's directories come before those of the environment, for every object`()
    throws
  {
    let files: [RootPath: InMemoryTree.Node] = [
      "/app/main": .program(needed: ["liba.so"], runpath: "/l"),
      "/l/liba.so": .library(needed: ["libb.so"]),
      "/variable/liba.so": .library(needed: ["libb.so"]),
      "/variable/libb.so": .library(), "/user/libb.so": .library(),
    ]
    let graph = try glibcClosure(
      files,
      SearchEnvironment(
        libraryPath: ["/user"], variables: LoaderVariables(libraryPath: "/variable")))
    #expect(graph.loaded == ["/variable/liba.so", "/user/libb.so"])
  }

  @Test func `tokens count in the library path, and have the program's values`() throws {
    let graph = try glibcClosure(
      of: "/bin/main",
      [
        "/bin/main": .link("/app/main"), "/app/main": .program(needed: ["libx.so"]),
        "/app/lib/x86_64-linux-gnu/libx.so": .library(),
      ], SearchEnvironment(variables: LoaderVariables(libraryPath: "$ORIGIN/$LIB")))
    #expect(graph.loaded == ["/app/lib/x86_64-linux-gnu/libx.so"])
  }

  // MARK: Preloading

  static let preloads: [(text: ByteString, glibc: [String], musl: [String])] = [
    ("libp.so libq.so", ["/l/libp.so", "/l/libq.so"], ["/l/libp.so", "/l/libq.so"]),
    (" :libp.so::libq.so", ["/l/libp.so", "/l/libq.so"], ["/l/libp.so", "/l/libq.so"]),
    ("libp.so\tlibq.so", [], ["/l/libp.so", "/l/libq.so"]),
    (
      "/l/libq.so:libmissing.so:libp.so", ["/l/libq.so", "/l/libp.so"],
      ["/l/libq.so", "/l/libp.so"]
    ),
    ("libp.so:libp.so", ["/l/libp.so"], ["/l/libp.so"]),
    ("", [], []),
  ]

  @Test(arguments: preloads)
  func `each libc divides LD_PRELOAD in its own way, and misses nothing`(
    row: (text: ByteString, glibc: [String], musl: [String])
  ) throws {
    let libraries: [RootPath: InMemoryTree.Node] = [
      "/l/libp.so": .library(), "/l/libq.so": .library(), "/l/libx.so": .library(),
    ]
    let environment = SearchEnvironment(
      variables: LoaderVariables(libraryPath: "/l", preload: row.text))
    let glibc = try glibcClosure(
      libraries.merging(["/app/main": .program(needed: ["libx.so"])]) { $1 }, environment)
    let musl = try muslClosure(
      libraries.merging(["/app/main": .muslProgram(["libx.so"])]) { $1 }, environment)
    #expect(glibc.loaded == row.glibc + ["/l/libx.so"])
    #expect(musl.loaded == row.musl + ["/l/libx.so"])
    #expect(glibc.isComplete && musl.isComplete)
  }

  @Test func `a preload is searched for as if the program needed it, by glibc only`() throws {
    let environment = SearchEnvironment(variables: LoaderVariables(preload: "libp.so"))
    let glibc = try glibcClosure(
      ["/app/main": .program(runpath: "/l"), "/l/libp.so": .library()], environment)
    let musl = try muslClosure(
      ["/app/main": .muslProgram([], runpath: "/l"), "/l/libp.so": .library()], environment)
    #expect(glibc.loaded == ["/l/libp.so"])
    #expect(musl.loaded == [])
    #expect(musl.passedOver.map(\.name) == ["libp.so"])
  }

  @Test func `what a preload needs is needed, and a preload answers later requests`() throws {
    let graph = try glibcClosure(
      [
        "/app/main": .program(needed: ["libq.so"], runpath: "/l"),
        "/l/libp.so": .library(soname: "libq.so", needed: ["libmissing.so"]),
        "/l/libq.so": .library(),
      ], SearchEnvironment(variables: LoaderVariables(preload: "libp.so")))
    #expect(graph.loaded == ["/l/libp.so"])
    #expect(graph.missing.map(\.name) == ["libmissing.so"])
  }

  @Test func `a preload inherits the program's RPATH, and tokens count in its path only`() throws {
    let graph = try glibcClosure(
      [
        "/app/main": .program(rpath: "/l"), "/l/libp.so": .library(needed: ["libq.so"]),
        "/l/libq.so": .library(), "/app/libr.so": .library(),
      ],
      SearchEnvironment(
        variables: LoaderVariables(preload: "libp.so:$ORIGIN/libr.so:$LIB.so")))
    #expect(graph.loaded == ["/l/libp.so", "/app/libr.so", "/l/libq.so"])
    #expect(graph.passedOver.map(\.expandedName) == ["$LIB.so"])
  }

  // MARK: /etc/ld.so.preload

  static let preloadFiles: [(text: String, loads: [String], misses: [String])] = [
    ("libp.so\n", ["p"], []), ("libp.so libq.so\n\tlibr.so", ["p", "q", "r"], []),
    ("libp.so:libq.so", ["p", "q"], []), ("# libp.so\nlibq.so\n", ["q"], []),
    ("libp.so#libq.so libr.so\nlibq.so\n", ["p", "q"], []),
    ("# first\nlibp.so\n# libq.so\nlibr.so\n", ["p", "r"], []),
    // The loader looks for the next comment in as many bytes from the file's beginning as the last
    // one has left.
    ("# as long as all that is behind it\nlibp.so\n# libq.so\nlibr.so\n", ["p", "q", "r"], ["#"]),
    ("libp.so # to the end", ["p"], []), ("#", [], []), ("", [], []), ("\n\n", [], []),
  ]

  @Test(arguments: preloadFiles)
  func `the preload file names libraries, and its comments are glibc's own kind`(
    row: (text: String, loads: [String], misses: [String])
  ) throws {
    let graph = try glibcClosure([
      "/app/main": .program(runpath: "/l"), "/etc/ld.so.preload": .text(row.text),
      "/l/libp.so": .library(), "/l/libq.so": .library(), "/l/libr.so": .library(),
    ])
    #expect(graph.loaded == row.loads.map { "/l/lib\($0).so" })
    #expect(graph.passedOver.map(\.name.description) == row.misses)
  }

  @Test func `the preload file comes behind the environment, and musl has none`() throws {
    let libraries: [RootPath: InMemoryTree.Node] = [
      "/etc/ld.so.preload": .text("/l/libp.so"), "/l/libp.so": .library(),
      "/l/libq.so": .library(),
    ]
    let environment = SearchEnvironment(variables: LoaderVariables(preload: "/l/libq.so"))
    let glibc = try glibcClosure(
      libraries.merging(["/app/main": .program()]) { $1 }, environment)
    let musl = try muslClosure(
      libraries.merging(["/app/main": .muslProgram([])]) { $1 }, environment)
    #expect(glibc.loaded == ["/l/libq.so", "/l/libp.so"])
    #expect(musl.loaded == ["/l/libq.so"])
  }
}
