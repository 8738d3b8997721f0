import ELF
import FileTree
import Loader
import Report
import TestSupport
import Testing

/// Trees and lists of closures, and what is told below them.
struct ClosureTextTests {
  /// A file of a round size, so that a table can be written down.
  static func sized(_ image: ElfImage, _ kilobytes: Int) -> InMemoryTree.Node {
    let bytes = ElfBuilder.bytes(of: image)
    return .file(
      bytes + [UInt8](repeating: 0, count: kilobytes * 1000 - bytes.count), permissions: 0o755)
  }

  static let base: [RootPath: InMemoryTree.Node] = [
    "/lib64/ld-linux-x86-64.so.2": sized(.library(soname: "ld-linux-x86-64.so.2"), 200)
  ]

  static let chain: [RootPath: InMemoryTree.Node] = [
    "/app/main": sized(.program(needed: ["liba.so", "libc1.so"], runpath: "/l"), 10),
    "/l/liba.so": sized(.library(needed: ["libb.so", "libc1.so"], runpath: "/l"), 20),
    "/l/libb.so": sized(.library(needed: ["libd.so"], runpath: "/l"), 30),
    "/l/libc1.so": sized(.library(), 40), "/l/libd.so": sized(.library(), 50),
  ]

  func closures(
    _ files: [RootPath: InMemoryTree.Node], _ environment: SearchEnvironment = SearchEnvironment()
  ) throws -> ProgramClosures {
    var loader = Loader(
      tree: InMemoryTree(Self.base.merging(files) { $1 }), environment: environment)
    return try loader.closures(of: "/app/main")
  }

  func tree(
    _ files: [RootPath: InMemoryTree.Node], depth: Int? = nil, sizes: Bool = false,
    _ environment: SearchEnvironment = SearchEnvironment()
  ) throws -> String {
    var options = ClosureTextOptions()
    options.depth = depth
    options.showsRetainedSizes = sizes
    return ClosureTreeText.render(
      .init(try closures(files, environment)), options: options, style: .plain)
  }

  @Test func `a depth cuts the tree, and not the totals`() throws {
    #expect(
      try tree(Self.chain, depth: 1) == """
        /app/main  x86-64, 64-bit, dynamic, glibc, 10.0 kB
        ├── /l/liba.so                    20.0 kB  RUNPATH /l
        ├── /l/libc1.so                   40.0 kB  RUNPATH /l
        └── /lib64/ld-linux-x86-64.so.2  200.0 kB  interpreter
        5 objects, 340.0 kB, complete

        """)
    #expect(try tree(Self.chain, depth: 2).contains("│   ├── /l/libb.so"))
    #expect(try !tree(Self.chain, depth: 2).contains("libd.so"))
    #expect(try tree(Self.chain, depth: 99) == tree(Self.chain))
  }

  @Test func `sizes show what would go with each object`() throws {
    #expect(
      try tree(Self.chain, sizes: true) == """
        /app/main  x86-64, 64-bit, dynamic, glibc, 10.0 kB
                                             size  retained
        ├── /l/liba.so                    20.0 kB  100.0 kB  RUNPATH /l
        │   ├── /l/libb.so                30.0 kB   80.0 kB  RUNPATH /l
        │   │   └── /l/libd.so            50.0 kB   50.0 kB  RUNPATH /l
        │   └── libc1.so (below)
        ├── /l/libc1.so                   40.0 kB   40.0 kB  RUNPATH /l
        └── /lib64/ld-linux-x86-64.so.2  200.0 kB  200.0 kB  interpreter
        5 objects, 340.0 kB, complete

        """)
  }

  @Test func `a list is in the order of loading, and has no sizes unless asked for`() throws {
    #expect(
      renderClosureList(
        .init(try closures(Self.chain)), options: ClosureTextOptions(), style: .plain) == """
          /app/main  x86-64, 64-bit, dynamic, glibc, 10.0 kB
            /l/liba.so                    20.0 kB  RUNPATH /l
            /l/libc1.so                   40.0 kB  RUNPATH /l
            /l/libb.so                    30.0 kB  RUNPATH /l
            /l/libd.so                    50.0 kB  RUNPATH /l
            /lib64/ld-linux-x86-64.so.2  200.0 kB  interpreter
          5 objects, 340.0 kB, complete

          """)
  }

  @Test func `a list with sizes names its columns, as the tree does`() throws {
    var options = ClosureTextOptions()
    options.showsRetainedSizes = true
    let text = renderClosureList(.init(try closures(Self.chain)), options: options, style: .plain)
    let lines = text.split(separator: "\n")
    #expect(lines[1] == "                                   size  retained")
    #expect(lines[2] == "  /l/liba.so                    20.0 kB  100.0 kB  RUNPATH /l")
  }

  // MARK: What else is told

  @Test func `versions that are missing are told, fatal or not`() throws {
    let text = try tree([
      "/app/main": .elf(
        .program(needed: ["libx.so"], runpath: "/l").using("V2", .weak("V3"), of: "libx.so")),
      "/l/libx.so": .elf(.library().defining("V1")),
    ])
    #expect(text.contains("version: V2 is not in /l/libx.so, needed by /app/main\n"))
    #expect(
      text.contains(
        "version: V3 is not in /l/libx.so, needed by /app/main, which can do without\n"))
    #expect(text.hasSuffix(", it would not start\n"))
  }

  @Test(arguments: [(0b11, "x86-64-v2"), (0b111, "x86-64-v3"), (0b1111, "x86-64-v4")])
  func `a library for a newer processor is told with the level`(levels: UInt32, level: String)
    throws
  {
    let text = try tree([
      "/app/main": .program(needed: ["libx.so"], runpath: "/l"),
      "/l/libx.so": .elf(.library().demanding(levels: levels)),
    ])
    #expect(
      text.contains("processor: /l/libx.so needs \(level), this is for the baseline\n"))
    #expect(text.hasSuffix(", it would not start\n"))
  }

  @Test func `what a lesser processor loads is told, with what it misses`() throws {
    let text = try tree(
      [
        "/app/main": .program(needed: ["libx.so", "liby.so"], runpath: "/l"),
        "/l/libx.so": Self.sized(.library(), 7),
        "/l/glibc-hwcaps/x86-64-v2/libx.so": .library(),
        "/l/glibc-hwcaps/x86-64-v2/liby.so": .library(),
      ], SearchEnvironment(processor: Processor(level: "x86-64-v3", machine: .amd64)))
    #expect(
      text.contains("on a baseline processor, these are loaded instead:\n  /l/libx.so  7.0 kB\n"))
    #expect(text.contains("missing: liby.so, needed by /app/main\n  tried /l/liby.so"))
    #expect(text.hasSuffix(", 1 missing\n"))
  }

  @Test func `preloads, filters and openings are told as such, and what is passed over`() throws {
    let text = try tree(
      [
        "/app/main": .elf(
          .program(runpath: "/l").naming(.auxiliary("libnone.so"), .filter("libf.so"))),
        "/l/libf.so": .library(), "/l/libp.so": .library(),
        "/l/libx.so": .library(needed: ["libgone.so"]),
      ],
      SearchEnvironment(
        variables: LoaderVariables(preload: "libp.so:libq.so"),
        openings: [Opening(name: "libx.so")]))
    let lines = text.split(separator: "\n").map {
      $0.replacing(/\ +[\d.]+ k?B/, with: "  N").replacing(/(\w) {2,}/) { "\($0.output.1)  " }
    }
    #expect(
      lines.dropFirst().prefix(7) == [
        "├── /l/libp.so  N  preload, RUNPATH /l", "├── libq.so  preload, passed over",
        "├── libnone.so  auxiliary, passed over", "├── /l/libf.so  N  filter, RUNPATH /l",
        "├── /lib64/ld-linux-x86-64.so.2  N  interpreter",
        "└── /l/libx.so  N  unloaded again: libgone.so is missing", "    └── libgone.so  missing",
      ])
    // What is gone again doesn't count.
    #expect(lines.last?.hasPrefix("3 objects,") == true)
  }

  @Test func `a big-endian, static or 32-bit program says so`() throws {
    let header = ElfHeader(
      elfClass: .elf32, dataEncoding: .bigEndian, type: .executable, machine: .mips,
      programHeaderSize: 32)
    let text = try tree(["/app/main": .elf(ElfImage(header: header))])
    #expect(text.hasPrefix("/app/main  mips, 32-bit, big-endian, static, "))
    #expect(text.hasSuffix("\n0 objects, 0 B, complete\n"))
  }
}
