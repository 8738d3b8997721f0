import ELF
import FileTree
import Loader
import TestSupport
import Testing

/// What is read out of the interpreter's own file, and how the interpreter is found.
struct InterpreterTests {
  /// A root whose loader has its own idea of everything.
  static let constants: [ByteString] = [
    "an error message/", "/elsewhere/lib64/", "/elsewhere/usr/lib64/", "/opt/libs/",
    "lib64", "/elsewhere/etc/ld.so.cache", "x86-64-v9:x86-64-v8",
    "ld.so (GNU libc) stable release version 2.41.",
  ]

  static let elsewhere: [RootPath: InMemoryTree.Node] = [
    LibcRoot.glibcInterpreter: .elf(
      .library(soname: "ld-linux-x86-64.so.2"), constants: constants)
  ]

  @Test func `the default directories are those that stand in the loader's file`() throws {
    let graph = try glibcClosure(
      Self.elsewhere.merging(["/app/main": .program(needed: ["libx.so"])]) { $1 })
    #expect(
      graph.tried(for: "libx.so") == [
        "/elsewhere/lib64/libx.so", "/elsewhere/usr/lib64/libx.so", "/opt/libs/libx.so",
      ])
    #expect(graph.configurationPath == "/elsewhere/etc/ld.so.cache")
  }

  @Test func `the cache lies where the loader's file says`() throws {
    let graph = try glibcClosure(
      Self.elsewhere.merging([
        "/app/main": .program(needed: ["libx.so"]), "/c/libx.so": .library(),
        "/c/decoy": .library(),
        "/elsewhere/etc/ld.so.cache": .file(CacheBuilder.bytes([.init("libx.so", "/c/libx.so")])),
        "/etc/ld.so.cache": .file(CacheBuilder.bytes([.init("libx.so", "/c/decoy")])),
      ]) { $1 })
    #expect(graph.loaded == ["/c/libx.so"])
  }

  @Test func `the levels are those that stand in the loader's file, best first`() throws {
    let files = Self.elsewhere.merging([
      "/app/main": .program(needed: ["libx.so"], runpath: "/l"),
      "/l/glibc-hwcaps/x86-64-v8/libx.so": .library(),
      "/l/glibc-hwcaps/x86-64-v9/libx.so": .library(),
    ]) { $1 }
    let graph = try glibcClosure(
      files, SearchEnvironment(processor: Processor(level: "x86-64-v9")))
    #expect(graph.loaded == ["/l/glibc-hwcaps/x86-64-v9/libx.so"])
    #expect(
      throws: LoaderError.unknownLevel(
        path: "/app/main", level: "x86-64-v3", known: ["x86-64-v9", "x86-64-v8"])
    ) {
      try glibcClosure(files, SearchEnvironment(processor: Processor(level: "x86-64-v3")))
    }
  }

  @Test(arguments: [
    ("$LIB", "/t/lib64/libx.so"), ("$PLATFORM", "/t/x86_64/libx.so"),
    ("${LIB}/$PLATFORM", "/t/lib64/x86_64/libx.so"),
  ])
  func `a token's value is the loader's`(token: String, path: String) throws {
    let graph = try glibcClosure(
      Self.elsewhere.merging([
        "/app/main": .program(needed: ["libx.so"], runpath: ByteString("/t/" + token)),
        RootPath(normalising: ByteString(path)): .library(),
      ]) { $1 })
    #expect(graph.loaded == [path])
  }

  @Test func `a processor may have another PLATFORM than the kernel says`() throws {
    let graph = try glibcClosure(
      ["/app/main": .program(needed: ["libx.so"], runpath: "/t/$PLATFORM")],
      SearchEnvironment(
        processor: Processor(level: nil, machine: .amd64, platform: "haswell")))
    #expect(graph.tried(for: "libx.so").first == "/t/haswell/libx.so")
  }

  @Test func `the longest run of directories is the table, a directory in a message isn't`() throws
  {
    let interpreter = LibcRoot.glibcInterpreter(
      "/proc/self/", "a message", "/lib/", "/usr/lib/", "/etc/ld.so.cache", "/tmp/")
    let graph = try glibcClosure([
      LibcRoot.glibcInterpreter: interpreter, "/app/main": .program(needed: ["libx.so"]),
    ])
    #expect(graph.tried(for: "libx.so") == ["/lib/libx.so", "/usr/lib/libx.so"])
  }

  @Test func `a loader that shows no directories has the usual ones of its machine`() throws {
    let graph = try glibcClosure([
      LibcRoot.glibcInterpreter: LibcRoot.glibcInterpreter("/elsewhere/lib/"),
      "/app/main": .program(needed: ["libx.so"]),
    ])
    #expect(graph.tried(for: "libx.so").first == "/lib/x86_64-linux-gnu/libx.so")
  }

  // MARK: musl

  @Test func `musl's machine and directories stand in its loader's file`() throws {
    let files: [RootPath: InMemoryTree.Node] = [
      "/opt/loader": .elf(
        .library(),
        constants: ["%.*s/etc/ld-musl-odd.path", "/lib:/odd/lib"]),
      "/app/main": .program(interpreter: "/opt/loader", needed: ["libx.so"]),
    ]
    let graph = try muslClosure(files)
    #expect(graph.libc == .musl)
    #expect(graph.configurationPath == "/etc/ld-musl-odd.path")
    #expect(graph.tried(for: "libx.so") == ["/lib/libx.so", "/odd/lib/libx.so"])
  }

  @Test(arguments: [
    ("/lib/ld-musl-x86_64.so.1", "/etc/ld-musl-x86_64.path"),
    ("/opt/prefix/lib/ld-musl-x86_64.so.1", "/opt/prefix/etc/ld-musl-x86_64.path"),
    ("/ld-musl-armhf.so.1", "/etc/ld-musl-armhf.path"),
  ])
  func `musl's path file lies beside the loader's directory`(
    interpreter: String, pathFile: String
  ) throws {
    let graph = try muslClosure([
      RootPath(normalising: ByteString(interpreter)): .library(),
      "/app/main": .program(interpreter: ByteString(interpreter)),
    ])
    #expect(graph.configurationPath == ByteString(pathFile))
  }

  // MARK: Which loader

  @Test func `a relative interpreter is opened from the current directory`() throws {
    let files: [RootPath: InMemoryTree.Node] = [
      "/app/main": .program(interpreter: "sub/ld-linux-x86-64.so.2"),
      "/current/sub/ld-linux-x86-64.so.2": .library(),
    ]
    #expect(
      try glibcClosure(files, SearchEnvironment(workingDirectory: "/current")).isComplete)
    #expect(try !glibcClosure(files).isComplete)
  }

  @Test(
    arguments: [
      (["libc.so.6"], Libc.glibc), (["libc.so"], .musl), (["libc.musl-x86_64.so.1"], .musl),
      ([], .glibc),
    ] as [([ByteString], Libc)])
  func `a library's loader is told by what it needs`(needed: [ByteString], libc: Libc) throws {
    let graph = try glibcClosure(
      of: "/l/libx.so",
      LibcRoot.musl.merging(["/l/libx.so": .library(needed: needed)]) { $1 })
    #expect(graph.libc == libc)
    // No kernel starts it, so nothing asks for the loader but what it needs.
    #expect(!graph.requests.contains { $0.kind == .interpreter })
  }

  @Test func `programs of both libcs in one root each get their own`() throws {
    let tree = InMemoryTree(
      LibcRoot.glibc.merging(LibcRoot.musl) { $1 }.merging([
        "/app/glibc": .program(needed: ["libx.so", "libc.so.6"], runpath: "/l"),
        "/app/musl": .muslProgram(["libx.so", "libc.so.6"], runpath: "/l"),
        "/l/libx.so": .library(),
      ]) { $1 })
    var loader = Loader(tree: tree)
    let glibc = try loader.closure(of: "/app/glibc")
    let musl = try loader.closure(of: "/app/musl")
    #expect(glibc.libc == .glibc && musl.libc == .musl)
    #expect(glibc.loaded == ["/l/libx.so", "/lib/x86_64-linux-gnu/libc.so.6"])
    #expect(musl.loaded == ["/l/libx.so"])
    #expect(glibc.isComplete && musl.isComplete)
  }

  @Test func `static programs ask no loader`() throws {
    let graph = try glibcClosure([
      "/app/main": .elf(ElfImage(header: ElfHeader(type: .executable)))
    ])
    #expect(graph.libc == nil && graph.requests.isEmpty && graph.isComplete)
  }
}
