import Bundle
import FileTree
import Loader
import Report
import TestSupport
import Testing

struct ReportTests {
  static let tree = InMemoryTree([
    "/lib64/ld-linux-x86-64.so.2": .library(soname: "ld-linux-x86-64.so.2"),
    "/lib/libc.so.6": .library(soname: "libc.so.6", needed: ["ld-linux-x86-64.so.2"]),
    "/app/lib/liba.so": .library(needed: ["libc.so.6", "lib\u{1B}[2Jx.so"]),
    "/app/main": .program(
      needed: ["liba.so", "libc.so.6"], runpath: "$ORIGIN/lib", flags1: .pie),
  ])

  func graph(_ path: ByteString = "/app/main") throws -> ClosureGraph {
    var loader = Loader(tree: Self.tree)
    return try loader.closure(of: path)
  }

  func closures(_ path: ByteString = "/app/main") throws -> ProgramClosures {
    var loader = Loader(tree: Self.tree)
    return try loader.closures(of: path)
  }

  @Test func `a tree shows each object once, its rule, and every place that was tried`() throws {
    let text = ClosureTreeText.render(.init(try closures()), style: .plain)
    // Sizes depend on the test's ELF writer; what stands around them doesn't.
    let lines = text.split(separator: "\n").map {
      $0.replacing(/\d+ B/, with: "N").replacing(/\ {3,}(?=[^└├│])/, with: "  ")
    }
    #expect(
      lines == [
        "/app/main  x86-64, 64-bit, dynamic, glibc, N",
        "├── /app/lib/liba.so  N  RUNPATH $ORIGIN/lib",
        "│   ├── libc.so.6 (below)",
        "│   └── lib\\x1B[2Jx.so  missing",
        "├── /lib/libc.so.6  N  default directory",
        "│   └── ld-linux-x86-64.so.2 (below)",
        "└── /lib64/ld-linux-x86-64.so.2  N  interpreter",
        "missing: lib\\x1B[2Jx.so, needed by /app/lib/liba.so",
        "  tried /lib/x86_64-linux-gnu/lib\\x1B[2Jx.so  default directory  not found",
        "  tried /usr/lib/x86_64-linux-gnu/lib\\x1B[2Jx.so  default directory  not found",
        "  tried /lib64/lib\\x1B[2Jx.so  default directory  not found",
        "  tried /usr/lib64/lib\\x1B[2Jx.so  default directory  not found",
        "  tried /lib/lib\\x1B[2Jx.so  default directory  not found",
        "  tried /usr/lib/lib\\x1B[2Jx.so  default directory  not found",
        "3 objects, N, 1 missing",
      ])
  }

  @Test func `colour is used only when asked for, and never changes the text`() throws {
    let plain = ClosureTreeText.render(.init(try closures()), style: .plain)
    let colored = ClosureTreeText.render(
      .init(try closures()), style: TextStyle(usesColor: true, width: 200))
    #expect(!plain.contains("\u{1B}"))
    #expect(colored.contains("\u{1B}[31m"))
    #expect(colored.replacing(/\x1B\[\d+m/, with: "") == plain)
  }

  @Test func `JSON has sorted keys and null for what isn't there`() throws {
    var document = InspectDocument(root: "/")
    let subject = try InspectDocument.renderSubject(.init(try closures("/app/lib/liba.so")))
    let json = try document.opening() + document.next(subject) + document.closing()
    #expect(json.contains("\"interpreter\" : null"))
    #expect(json.contains("\"root\" : \"/\",\n  \"schemaVersion\" : 1,\n  \"subjects\" :"))
    #expect(json.hasSuffix("}\n"))
  }

  @Test func `why shows each chain, and every place in the loader's order`() throws {
    let report = WhyReport(try graph(), library: "libc.so.6")
    #expect(report.isLoaded)
    let text = report.render(.plain)
    #expect(text.hasPrefix("libc.so.6 is /lib/libc.so.6\n\n/app/main → libc.so.6\n"))
    #expect(text.contains("/app/main → /app/lib/liba.so → libc.so.6\n  already loaded\n"))
    let missing = WhyReport(try graph(), library: "lib\u{1B}[2Jx.so")
    #expect(!missing.isLoaded)
    #expect(missing.render(.plain).contains("  6.  /usr/lib/lib\\x1B[2Jx.so"))
    let stranger = WhyReport(try graph(), library: "libother.so")
    #expect(!stranger.isLoaded)
    #expect(stranger.render(.plain).contains("none of its 4 objects asks for it"))
    let json = try renderJSON(WhyReport(try graph(), library: "liba.so").document)
    #expect(json.contains("\"element\" : \"$ORIGIN/lib\""))
    #expect(json.contains("\"contributor\" : \"/app/main\""))
  }

  @Test func `a plan's table and JSON tell the same entries`() throws {
    let tree = Self.tree
    var builder = PlanBuilder(
      tree: tree, contents: PlanContents([PackSubject(graph: try graph(), destination: "/main")]))
    let plan = try builder.build()
    let table = renderPlanTable(plan, style: .plain)
    let json = try renderJSON(PlanDocument([plan]))
    for entry in plan.entries {
      #expect(table.contains(entry.path.description))
      #expect(json.contains("\"path\" : \"\(entry.path)\""))
    }
    #expect(table.contains("liba.so for /main (runpath)"))
  }

  @Test(arguments: [
    (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (121_280, "121.3 kB"), (999_949, "999.9 kB"),
    (1_000_000, "1.0 MB"), (25_000_000_000, "25.0 GB"),
  ])
  func `sizes are decimal`(bytes: UInt64, text: String) {
    #expect(renderSize(bytes) == text)
  }
}
