import FileTree
import Loader
import TestSupport
import Testing

/// The rules of glibc's loader, on tables. The same cases run against the real loader in
/// EndToEndTests/LoaderFixtureTests.
struct GlibcSearchTests {
  static let base: [RootPath: InMemoryTree.Node] = [
    "/lib64/ld-linux-x86-64.so.2": .library(soname: "ld-linux-x86-64.so.2"),
    "/lib/x86_64-linux-gnu/libc.so.6": .library(
      soname: "libc.so.6", needed: ["ld-linux-x86-64.so.2"]),
  ]

  func closure(
    of path: ByteString = "/app/main", _ files: [RootPath: InMemoryTree.Node],
    environment: SearchEnvironment = SearchEnvironment()
  ) throws -> ClosureGraph {
    var loader = Loader(
      tree: InMemoryTree(Self.base.merging(files) { $1 }), environment: environment)
    return try loader.closure(of: path)
  }

  func paths(_ graph: ClosureGraph) -> [String] {
    graph.objects.dropFirst().map(\.openedPath.description)
  }

  @Test func `breadth first: the program's needs load before those of its libraries`() throws {
    let graph = try closure([
      "/app/main": .program(needed: ["liba.so", "libb.so"], runpath: "/l"),
      "/l/liba.so": .library(needed: ["libc1.so"], runpath: "/l"),
      "/l/libb.so": .library(),
      "/l/libc1.so": .library(),
    ])
    #expect(
      paths(graph) == [
        "/l/liba.so", "/l/libb.so", "/l/libc1.so", "/lib64/ld-linux-x86-64.so.2",
      ])
    #expect(graph.isComplete)
  }

  @Test func `RPATH comes before the library path and RUNPATH after it`() throws {
    let files: [RootPath: InMemoryTree.Node] = [
      "/object/libx.so": .library(), "/user/libx.so": .library(),
    ]
    let environment = SearchEnvironment(libraryPath: ["/user"])
    let rpath = try closure(
      files.merging(["/app/main": .program(needed: ["libx.so"], rpath: "/object")]) { $1 },
      environment: environment)
    let runpath = try closure(
      files.merging(["/app/main": .program(needed: ["libx.so"], runpath: "/object")]) { $1 },
      environment: environment)
    #expect(paths(rpath).first == "/object/libx.so")
    #expect(paths(runpath).first == "/user/libx.so")
  }

  @Test func `RPATH is inherited from the loader's loader, and RUNPATH isn't`() throws {
    let files: [RootPath: InMemoryTree.Node] = [
      "/l/liba.so": .library(needed: ["libb.so"]), "/l/libb.so": .library(),
    ]
    let rpath = try closure(
      files.merging(["/app/main": .program(needed: ["liba.so"], rpath: "/l")]) { $1 })
    let runpath = try closure(
      files.merging(["/app/main": .program(needed: ["liba.so"], runpath: "/l")]) { $1 })
    #expect(rpath.isComplete)
    #expect(runpath.missing.map(\.name) == ["libb.so"])
  }

  @Test func `an object with RUNPATH sees no RPATH, neither its own nor an ancestor's`() throws {
    let graph = try closure([
      "/app/main": .program(needed: ["liba.so"], rpath: "/l"),
      "/l/liba.so": .library(needed: ["libb.so"], rpath: "/l", runpath: "/nowhere"),
      "/l/libb.so": .library(),
    ])
    #expect(graph.missing.map(\.name) == ["libb.so"])
  }

  @Test func `a name is matched with sonames already loaded, the program's too`() throws {
    let graph = try closure([
      "/app/main": .program(
        needed: ["liba.so", "libother.so.1"], runpath: "/l", soname: "libself.so"),
      "/l/liba.so": .library(soname: "libother.so.1", needed: ["libself.so"]),
    ])
    #expect(graph.isComplete)
    #expect(paths(graph) == ["/l/liba.so", "/lib64/ld-linux-x86-64.so.2"])
    #expect(graph.requests.filter { $0.rule == .alreadyLoaded }.count == 2)
  }

  @Test func `two names of one inode are one object`() throws {
    let graph = try closure([
      "/app/main": .program(needed: ["liba.so", "libb.so"], runpath: "/l"),
      "/l/liba.so": .library(),
      "/l/libb.so": .hardLink("/l/liba.so"),
    ])
    #expect(paths(graph) == ["/l/liba.so", "/lib64/ld-linux-x86-64.so.2"])
  }

  @Test func `ORIGIN is the program's real directory, and a library's as it was found`() throws {
    let graph = try closure(
      of: "/bin/main",
      [
        "/bin/main": .link("/app/bin/main"),
        "/app/bin/main": .program(needed: ["liba.so"], runpath: "$ORIGIN/../lib"),
        "/app/lib/liba.so": .link("/store/liba.so"),
        "/store/liba.so": .library(needed: ["libb.so"], runpath: "${ORIGIN}"),
        "/app/lib/libb.so": .library(),
        "/store/libb.so": .library(),
      ])
    #expect(paths(graph).prefix(2) == ["/app/bin/../lib/liba.so", "/app/bin/../lib/libb.so"])
  }

  @Test(arguments: [
    ("$LIB", "lib/x86_64-linux-gnu"), ("${LIB}", "lib/x86_64-linux-gnu"),
    ("$PLATFORM", "x86_64"), ("$ORIGINAL", "$ORIGINAL"), ("${ORIGIN", "${ORIGIN"), ("$", "$"),
  ])
  func `tokens expand by their whole names only`(token: String, value: String) throws {
    let graph = try closure([
      "/app/main": .program(needed: ["libx.so"], runpath: ByteString("/t/" + token))
    ])
    let tried = graph.missing.first?.attempts.first?.path.description
    #expect(tried == "/t/\(value)/libx.so")
  }

  @Test func `tokens count in DT_NEEDED too`() throws {
    let graph = try closure([
      "/app/main": .program(needed: ["$ORIGIN/libx.so"]), "/app/libx.so": .library(),
    ])
    #expect(paths(graph).first == "/app/libx.so")
  }

  @Test func `an empty path element is the current directory`() throws {
    let graph = try closure(
      ["/app/main": .program(needed: ["libx.so"], runpath: "/a:"), "/current/libx.so": .library()],
      environment: SearchEnvironment(workingDirectory: "/current"))
    #expect(graph.objects[1].file.real == "/current/libx.so")
  }

  @Test func `another class or machine is passed over`() throws {
    let graph = try closure([
      "/app/main": .program(needed: ["libx.so"], runpath: "/a:/b:/s390:/c"),
      "/s390/libx.so": .library(header: .init(dataEncoding: .bigEndian, machine: .s390)),
      "/a/libx.so": .library(header: .init(elfClass: .elf32, machine: .x86, programHeaderSize: 32)),
      "/b/libx.so": .library(header: .init(machine: .aarch64)),
      "/c/libx.so": .library(),
    ])
    #expect(paths(graph).first == "/c/libx.so")
    let outcomes = graph.requests[0].attempts.map(\.outcome)
    #expect(
      outcomes == [.wrongClass(.elf32), .wrongMachine(.aarch64), .wrongMachine(.s390), .found])
  }

  @Test(arguments: [
    InMemoryTree.Node.text("INPUT(libx.so.1)"), .text(""), .directory(),
    .library(header: .init(osABI: 9)), .library(header: .init(type: .relocatable)),
    .library(header: .init(paddingIsZero: false)),
  ])
  func `a decoy ends the search`(decoy: InMemoryTree.Node) throws {
    let graph = try closure([
      "/app/main": .program(needed: ["libx.so"], runpath: "/a:/b"),
      "/a/libx.so": decoy, "/b/libx.so": .library(),
    ])
    #expect(graph.missing.map(\.name) == ["libx.so"])
    #expect(graph.missing[0].attempts.count == 1)
  }

  @Test func `a file that can't be read is passed over`() throws {
    let graph = try closure([
      "/app/main": .program(needed: ["libx.so"], runpath: "/a:/b"),
      "/a/libx.so": .unreadable, "/b/libx.so": .library(),
    ])
    #expect(paths(graph).first == "/b/libx.so")
  }

  @Test func `NODEFLIB leaves the default directories out`() throws {
    let graph = try closure([
      "/app/main": .program(needed: ["libc.so.6"], flags1: [.noDefaultLibraries, .pie])
    ])
    #expect(graph.missing.map(\.name) == ["libc.so.6"])
  }

  @Test func `a missing interpreter is told like a missing library`() throws {
    let graph = try closure(["/app/main": .program(interpreter: "/none/ld-linux-x86-64.so.2")])
    #expect(graph.missing.map(\.name) == ["/none/ld-linux-x86-64.so.2"])
    #expect(graph.missing[0].attempts.map(\.outcome) == [.absent])
  }

  @Test func `objects that need each other load once`() throws {
    let graph = try closure([
      "/app/main": .program(needed: ["liba.so"], runpath: "/l"),
      "/l/liba.so": .library(needed: ["libb.so"], runpath: "/l"),
      "/l/libb.so": .library(needed: ["liba.so"], runpath: "/l"),
    ])
    #expect(graph.objects.count == 4)
  }

  @Test func `a hwcaps subdirectory comes before the directory itself`() throws {
    let graph = try closure(
      [
        "/app/main": .program(needed: ["libx.so"], runpath: "/l"),
        "/l/libx.so": .library(),
        "/l/glibc-hwcaps/x86-64-v2/libx.so": .library(),
        "/l/glibc-hwcaps/x86-64-v4/libx.so": .library(),
      ], environment: SearchEnvironment(processor: Processor(level: "x86-64-v3")))
    #expect(paths(graph).first == "/l/glibc-hwcaps/x86-64-v2/libx.so")
  }
}
