import FileTree
import Loader
import Report
import TestSupport
import Testing

/// Several closures as one graph of files.
struct OverviewTests {
  static let tree = InMemoryTree([
    "/lib64/ld-linux-x86-64.so.2": .library(soname: "ld-linux-x86-64.so.2"),
    "/l/libshared.so": .library(needed: ["libgone.so"]),
    "/l/liblink.so": .link("libshared.so"),
    "/app/one": .program(needed: ["libshared.so"], runpath: "/l"),
    "/app/two": .program(needed: ["liblink.so", "libgone.so"], runpath: "/l"),
    "/app/o\"d\\d <#&`>": .program(needed: ["\u{1B}[2J\"x"]),
    "/app/opens": .elf(.program(runpath: "/l").naming(.auxiliary("libnone.so"))),
  ])

  func overview(_ paths: ByteString..., openings: [Opening] = []) throws -> ClosureOverview {
    var overview = ClosureOverview()
    var loader = Loader(
      tree: Self.tree, environment: SearchEnvironment(openings: openings))
    for path in paths { overview.add(try loader.closures(of: path)) }
    return overview
  }

  @Test func `reverse shows each file once, with those that ask for it`() throws {
    let text = try overview("/app/two", "/app/one").renderReverse(.plain)
    #expect(
      text == """
        /l/libshared.so
        ├── /app/one
        └── /app/two
        /lib64/ld-linux-x86-64.so.2
        ├── /app/one  interpreter
        └── /app/two  interpreter
        libgone.so  missing
        ├── /app/two
        └── /l/libshared.so
        2 files are asked for, 1 missing

        """)
  }

  @Test func `the same closure twice is no more than once`() throws {
    let once = try overview("/app/one")
    let twice = try overview("/app/one", "/app/one")
    #expect(once.renderReverse(.plain) == twice.renderReverse(.plain))
    #expect(once.renderDOT() == twice.renderDOT())
    #expect(once.renderMermaid() == twice.renderMermaid())
  }

  @Test func `nothing is an empty graph in every language`() throws {
    let empty = ClosureOverview()
    #expect(empty.renderReverse(.plain) == "0 files are asked for\n")
    #expect(empty.renderDOT() == "digraph closure {\n  rankdir=LR;\n  node [shape=box];\n}\n")
    #expect(empty.renderMermaid() == "flowchart LR\n")
  }

  @Test func `DOT tells subjects, missing files and kinds apart`() throws {
    #expect(
      try overview("/app/one").renderDOT() == """
        digraph closure {
          rankdir=LR;
          node [shape=box];
          n0 [label="/app/one", style=bold];
          n1 [label="/l/libshared.so"];
          n2 [label="/lib64/ld-linux-x86-64.so.2"];
          n3 [label="libgone.so", color=red, fontcolor=red];
          n0 -> n1;
          n1 -> n3;
          n0 -> n2 [style=dashed, label="interpreter"];
        }

        """)
  }

  @Test func `Mermaid tells them apart too`() throws {
    #expect(
      try overview("/app/one").renderMermaid() == """
        flowchart LR
          n0(["/app/one"])
          n1["/l/libshared.so"]
          n2["/lib64/ld-linux-x86-64.so.2"]
          n3["libgone.so"]:::missing
          n0 --> n1
          n1 --> n3
          n0 -.->|interpreter| n2
          classDef missing stroke:red,color:red

        """)
  }

  @Test func `names can't break out of their quotes, nor reach the terminal`() throws {
    let overview = try overview("/app/o\"d\\d <#&`>")
    let dot = overview.renderDOT()
    #expect(dot.contains(#"label="/app/o\"d\\d <#&`>""#))
    #expect(dot.contains(#"label="\\x1B[2J\"x", color=red"#))
    let mermaid = overview.renderMermaid()
    #expect(mermaid.contains(#"(["/app/o#34;d\d #60;#35;#38;#96;#62;"])"#))
    #expect(mermaid.contains(#"["\x1B[2J#34;x"]:::missing"#))
    for text in [dot, mermaid, overview.renderReverse(.plain)] { #expect(!text.contains("\u{1B}")) }
  }

  @Test func `kinds of requests are told, and those that are passed over are missing files`() throws
  {
    let text = try overview("/app/opens", openings: [Opening(name: "libshared.so")])
      .renderReverse(.plain)
    #expect(text.contains("/l/libshared.so\n└── /app/opens  dlopen\n"))
    #expect(text.contains("libnone.so  missing\n└── /app/opens  auxiliary\n"))
  }

  @Test func `a baseline's files stand beside those of the better processor`() throws {
    let tree = InMemoryTree([
      "/lib64/ld-linux-x86-64.so.2": .library(),
      "/app/main": .program(needed: ["libx.so"], runpath: "/l"),
      "/l/libx.so": .library(), "/l/glibc-hwcaps/x86-64-v3/libx.so": .library(),
    ])
    var loader = Loader(
      tree: tree,
      environment: SearchEnvironment(processor: Processor(level: "x86-64-v3")))
    var overview = ClosureOverview()
    var paths = PathList()
    let closures = try loader.closures(of: "/app/main")
    overview.add(closures)
    #expect(overview.renderReverse(.plain).contains("/l/glibc-hwcaps/x86-64-v3/libx.so\n"))
    #expect(overview.renderReverse(.plain).contains("\n/l/libx.so\n"))
    #expect(
      paths.lines(of: closures)
        == "/app/main\n/l/glibc-hwcaps/x86-64-v3/libx.so\n/lib64/ld-linux-x86-64.so.2\n/l/libx.so\n"
    )
  }

  @Test func `a list of paths has each once, in the order of their first mention`() throws {
    var loader = Loader(tree: Self.tree)
    var paths = PathList()
    let first = paths.lines(of: try loader.closures(of: "/app/one"))
    let second = paths.lines(of: try loader.closures(of: "/app/two"))
    #expect(first == "/app/one\n/l/libshared.so\n/lib64/ld-linux-x86-64.so.2\n")
    // Another name of the same file is another path.
    #expect(second == "/app/two\n/l/liblink.so\n")
    #expect(paths.lines(of: try loader.closures(of: "/app/two")) == "")
  }
}
