import ELF
import FileTree
import Loader
import TestSupport
import Testing

/// Subdirectories and cache entries for processors: the levels of glibc-hwcaps, and what came before
/// them.
struct ProcessorTests {
  static let program: [RootPath: InMemoryTree.Node] = [
    "/app/main": .program(needed: ["libx.so"], runpath: "/l")
  ]

  /// A library in a directory and some of its subdirectories.
  static func copies(of name: ByteString, in directory: RootPath, _ subdirectories: ByteString...)
    -> [RootPath: InMemoryTree.Node]
  {
    let paths = subdirectories.map { RootPath(normalising: directory.text + "/" + $0 + "/" + name) }
    return Dictionary(uniqueKeysWithValues: paths.map { ($0, InMemoryTree.Node.library()) })
  }

  static let levels: [(cpu: ByteString?, found: String)] = [
    (nil, "/l/libx.so"), ("x86-64-v2", "/l/glibc-hwcaps/x86-64-v2/libx.so"),
    ("x86-64-v3", "/l/glibc-hwcaps/x86-64-v3/libx.so"),
    ("x86-64-v4", "/l/glibc-hwcaps/x86-64-v4/libx.so"),
  ]

  @Test(arguments: levels)
  func `the best level that the processor has wins, and none above it`(
    row: (cpu: ByteString?, found: String)
  ) throws {
    let files = Self.copies(
      of: "libx.so", in: "/l", "", "glibc-hwcaps/x86-64-v2", "glibc-hwcaps/x86-64-v3",
      "glibc-hwcaps/x86-64-v4")
    let graph = try glibcClosure(
      Self.program.merging(files) { $1 },
      SearchEnvironment(processor: Processor(level: row.cpu)))
    #expect(graph.loaded == [row.found])
    #expect(graph.level == row.cpu)
  }

  @Test func `a directory and its levels come before the next directory and its levels`() throws {
    let graph = try glibcClosure(
      [
        "/app/main": .program(needed: ["libx.so"], runpath: "/a:/b"), "/a/libx.so": .library(),
        "/b/glibc-hwcaps/x86-64-v3/libx.so": .library(),
      ], SearchEnvironment(processor: Processor(level: "x86-64-v3")))
    #expect(graph.loaded == ["/a/libx.so"])
  }

  @Test func `levels that don't exist aren't tried, but below the current directory`() throws {
    let graph = try glibcClosure(
      [
        "/app/main": .program(needed: ["libx.so"], runpath: "/l:sub"),
        "/l/glibc-hwcaps/x86-64-v2/libother.so": .library(), "/sub/libx.so": .library(),
      ], SearchEnvironment(processor: Processor(level: "x86-64-v3")))
    #expect(
      graph.tried(for: "libx.so") == [
        "/l/glibc-hwcaps/x86-64-v2/libx.so", "/l/libx.so", "sub/glibc-hwcaps/x86-64-v3/libx.so",
        "sub/glibc-hwcaps/x86-64-v2/libx.so", "sub/libx.so",
      ])
  }

  @Test(arguments: ["x86-64-v5", "power9", ""])
  func `a level that the loader doesn't know is refused, with those that it knows`(
    level: String
  ) throws {
    #expect(
      throws: LoaderError.unknownLevel(
        path: "/app/main", level: ByteString(level), known: ["x86-64-v4", "x86-64-v3", "x86-64-v2"])
    ) {
      try glibcClosure(
        Self.program, SearchEnvironment(processor: Processor(level: ByteString(level))))
    }
  }

  @Test func `the processor of this machine counts for programs of its own kind only`() throws {
    let processor = Processor(level: "x86-64-v3", machine: .aarch64)
    let files = Self.copies(of: "libx.so", in: "/l", "", "glibc-hwcaps/x86-64-v3")
    let graph = try glibcClosure(
      Self.program.merging(files) { $1 }, SearchEnvironment(processor: processor))
    #expect(graph.loaded == ["/l/libx.so"])
    #expect(graph.level == nil)
  }

  // MARK: Until glibc 2.36

  static func interpreter(version: String) -> [RootPath: InMemoryTree.Node] {
    let node = InMemoryTree.Node.elf(
      .library(soname: "ld-linux-x86-64.so.2"),
      constants: LibcRoot.debianStrings(version: version))
    return [LibcRoot.glibcInterpreter: node]
  }

  @Test(arguments: [("2.36", "/l/tls/x86_64/libx.so"), ("2.37", "/l/libx.so")])
  func `legacy subdirectories are searched until 2.36`(version: String, found: String) throws {
    let files = Self.copies(of: "libx.so", in: "/l", "", "tls/x86_64")
    let graph = try glibcClosure(
      Self.program.merging(files) { $1 }.merging(Self.interpreter(version: version)) { $1 })
    #expect(graph.loaded == [found])
  }

  @Test func `a loader that doesn't tell its version is an old one`() throws {
    let files = Self.copies(of: "libx.so", in: "/l", "", "tls")
    let graph = try glibcClosure(
      Self.program.merging(files) { $1 }.merging([
        LibcRoot.glibcInterpreter: LibcRoot.glibcInterpreter("/lib/", "/etc/ld.so.cache")
      ]) { $1 })
    #expect(graph.loaded == ["/l/tls/libx.so"])
  }

  @Test func `legacy subdirectories are all combinations of words, in their order`() throws {
    // The machine's word stands twice among them: as a capability and as the platform.
    let directories: [ByteString] = [
      "tls/x86_64/x86_64", "tls/x86_64", "tls", "x86_64/x86_64", "x86_64",
    ]
    var files = Self.program.merging(Self.interpreter(version: "2.36")) { $1 }
    for directory in directories {
      files.merge(Self.copies(of: "libother.so", in: "/l", directory)) { $1 }
    }
    let graph = try glibcClosure(files)
    #expect(
      graph.tried(for: "libx.so").filter { $0.hasPrefix("/l/") } == [
        "/l/tls/x86_64/x86_64/libx.so", "/l/tls/x86_64/libx.so", "/l/tls/x86_64/libx.so",
        "/l/tls/libx.so", "/l/x86_64/x86_64/libx.so", "/l/x86_64/libx.so", "/l/x86_64/libx.so",
        "/l/libx.so",
      ])
  }

  @Test func `levels come before legacy subdirectories, and aren't below them`() throws {
    let files = Self.program.merging(Self.interpreter(version: "2.36")) { $1 }
    let levels = SearchEnvironment(processor: Processor(level: "x86-64-v3"))
    let both = Self.copies(of: "libx.so", in: "/l", "tls", "glibc-hwcaps/x86-64-v2")
    let below = Self.copies(of: "libx.so", in: "/l", "", "tls/glibc-hwcaps/x86-64-v2")
    #expect(
      try glibcClosure(files.merging(both) { $1 }, levels).loaded
        == ["/l/glibc-hwcaps/x86-64-v2/libx.so"])
    #expect(try glibcClosure(files.merging(below) { $1 }, levels).loaded == ["/l/libx.so"])
  }

  @Test func `a processor's own words are searched for libraries too`() throws {
    let processor = Processor(
      level: nil, machine: .amd64, platform: "haswell", capabilities: ["avx512_1"])
    let files = Self.program.merging(Self.interpreter(version: "2.36")) { $1 }
    for found in ["haswell/avx512_1/x86_64", "haswell/avx512_1", "haswell", "avx512_1"] {
      let copies = Self.copies(of: "libx.so", in: "/l", "", ByteString(found))
      let graph = try glibcClosure(
        files.merging(copies) { $1 }, SearchEnvironment(processor: processor))
      #expect(graph.loaded == ["/l/\(found)/libx.so"])
    }
  }

  // MARK: What a library demands

  @Test(
    arguments: [
      (nil, 0b1, true), (nil, 0b11, false), ("x86-64-v2", 0b11, true), ("x86-64-v2", 0b111, false),
      ("x86-64-v4", 0b1111, true),
    ] as [(ByteString?, UInt32, Bool)])
  func `a library for a newer processor ends the program`(
    cpu: ByteString?, levels: UInt32, starts: Bool
  ) throws {
    let graph = try glibcClosure(
      Self.program.merging(["/l/libx.so": .elf(.library().demanding(levels: levels))]) { $1 },
      SearchEnvironment(processor: Processor(level: cpu)))
    #expect(graph.isComplete == starts)
    #expect(graph.objectsBeyondProcessor == (starts ? [] : [1]))
  }

  @Test func `musl's loader doesn't look at what a library demands`() throws {
    let graph = try muslClosure([
      "/app/main": .muslProgram(["libx.so"], runpath: "/l"),
      "/l/libx.so": .elf(.library().demanding(levels: 0b1111)),
    ])
    #expect(graph.isComplete)
  }
}
