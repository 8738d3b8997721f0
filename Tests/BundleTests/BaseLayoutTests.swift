import Bundle
import FileTree
import TestSupport
import Testing

/// Bundles that are unpacked onto another image, whose `/lib` and its like may lie elsewhere than here.
struct BaseLayoutTests {
  /// A small system with directories of their own, as Alpine's and cross compilers' are.
  private static let split: [RootPath: InMemoryTree.Node] = [
    "/lib64/ld-linux-x86-64.so.2": .link("../lib/ld-2.36.so"),
    "/lib/ld-2.36.so": .library(soname: "ld-linux-x86-64.so.2"),
    "/lib/libc.so.6": .link("libc-2.36.so"),
    "/lib/libc-2.36.so": .library(soname: "libc.so.6", needed: ["ld-linux-x86-64.so.2"]),
    "/usr/lib/libz.so.1": .link("../../lib/libz.so.1.3"),
    "/lib/libz.so.1.3": .library(soname: "libz.so.1", needed: ["libc.so.6"]),
    "/bin/server": .program(needed: ["libz.so.1", "libc.so.6"]),
  ]

  private func plan(
    _ system: [RootPath: InMemoryTree.Node], _ base: BaseLayout?,
    program: ByteString = "/bin/server"
  ) throws -> BundlePlan {
    var options = PlanOptions()
    options.base = base
    return try PlanFixture.plan(
      [:], programs: [(program, at: nil)], system: system, options: options)
  }

  private func table(_ plan: BundlePlan) -> [String] {
    plan.entries.map { entry in
      switch entry.node {
      case .directory: "\(entry.path)/"
      case .file: "\(entry.path)"
      case .hardLink(let first, _): "\(entry.path) = \(first)"
      case .symbolicLink(let text): "\(entry.path) -> \(text)"
      }
    }
  }

  @Test func `what a root has in directories of its own lies in usr of a merged base`() throws {
    let plan = try plan(Self.split, .merged)
    #expect(
      table(plan) == [
        "/usr/", "/usr/bin/", "/usr/bin/server", "/usr/lib/", "/usr/lib/ld-2.36.so",
        "/usr/lib/libc-2.36.so", "/usr/lib/libc.so.6 -> libc-2.36.so",
        "/usr/lib/libz.so.1 -> ../../lib/libz.so.1.3", "/usr/lib/libz.so.1.3", "/usr/lib64/",
        "/usr/lib64/ld-linux-x86-64.so.2 -> ../../lib/ld-2.36.so",
      ])
    #expect(plan.programs == ["/bin/server"])
    #expect(
      Set(plan.warnings) == [
        .movedForBase("/bin"), .movedForBase("/lib"), .movedForBase("/lib64"),
      ])
  }

  @Test func `directories stay what they are on a base that has them too`() throws {
    #expect(table(try plan(Self.split, .split)) == table(try plan(Self.split, nil)))
  }

  @Test func `a root link that leads elsewhere than the base's has its files where that leads`()
    throws
  {
    var system = Self.split
    system["/lib64/ld-linux-x86-64.so.2"] = nil
    system["/lib64"] = .link("lib")
    system["/lib/ld-linux-x86-64.so.2"] = .link("ld-2.36.so")
    let table = table(try plan(system, .merged))
    #expect(!table.contains { $0.hasPrefix("/lib") })
    #expect(
      table.contains("/usr/lib64/ld-linux-x86-64.so.2 -> ../../usr/lib/ld-linux-x86-64.so.2"))
  }

  @Test func `on a base with directories, links in them lead to what lies in usr`() throws {
    var system = PlanFixture.system
    system["/usr/bin/server"] = .program(needed: ["libc.so.6"])
    system["/bin"] = .link("usr/bin")
    let table = table(try plan(system, .split))
    #expect(table.contains("/lib64/ld-linux-x86-64.so.2 -> ../usr/lib64/ld-linux-x86-64.so.2"))
    #expect(table.contains("/lib64/") && table.contains("/usr/lib64/ld-linux-x86-64.so.2"))
    #expect(table.contains("/bin/server -> ../usr/bin/server"))
    #expect(!table.contains { $0.hasPrefix("/lib ->") || $0.hasPrefix("/bin ->") })
  }

  @Test(
    arguments: [
      ("/lib/a", "b", "b"), ("/lib/a", "../etc/b", "../../etc/b"), ("/lib/x/a", "../b", "../b"),
      ("/lib/x/a", "../../etc/b", "../../../etc/b"), ("/lib/a", "/etc/b", "/etc/b"),
      ("/lib/a", "x/../../etc/b", "../../etc/b"), ("/lib/a", "./../b", "../../b"),
    ] as [(String, String, String)])
  func `a link's text leads to the same from where the directory is moved to`(
    path: String, text: String, expected: String
  ) throws {
    var options = PlanOptions()
    options.base = .merged
    let tree: [RootPath: InMemoryTree.Node] = [
      RootPath(normalising: ByteString("/tree" + path)): .link(ByteString(text))
    ]
    let plan = try PlanFixture.plan(
      tree, programs: [("/bin/server", at: nil)], additions: [("/tree", at: "/")],
      system: Self.split, options: options)
    let entry = plan[RootPath(normalising: ByteString("/usr" + path))]
    guard case .symbolicLink(let found)? = entry?.node else {
      Issue.record("no link at \(path)")
      return
    }
    #expect(found == ByteString(expected))
  }
}
