import FileTree
import TestSupport
import Testing

@testable import Discovery

struct AskedPackagesTests {
  private static let tree = PackagedRoot.tree(
    [
      "/usr/bin/app": .text(""), "/usr/local/bin/mine": .text(""), "/m/a.py": .text(""),
      "/m/b.py": .text(""), "/m/c.py": .text(""), "/m/mine.py": .text(""),
      "/usr/bin/snake": .text(""), "/m/os.py": .text(""),
    ],
    [
      .init(name: "app", depends: "a (>= 1) | x", files: ["/usr/bin/app"]),
      .init(name: "a", depends: "b", files: ["/m/a.py"]), .init(name: "b", files: ["/m/b.py"]),
      .init(name: "c", depends: "a", files: ["/m/c.py"]),
      .init(name: "snake", files: ["/usr/bin/snake"]),
      .init(name: "libsnake", source: "snake", files: ["/m/os.py"]),
    ])

  @Test(
    arguments: [
      ("/m/a.py", true), ("/m/b.py", true), ("/m/c.py", false), ("/m/mine.py", true),
      ("/m/os.py", true),
      ("/m", true),
    ] as [(RootPath, Bool)])
  func `what packages ask for counts, and what is nobody's`(path: RootPath, isAsked: Bool) throws {
    let root = RootView(tree: Self.tree)
    let asked = try #require(
      AskedPackages(by: ["/usr/bin/app"], reading: "/usr/bin/snake", in: root))
    #expect(asked.mayHave(path, in: root) == isAsked)
  }

  @Test func `what is of no package may ask for anything`() {
    let root = RootView(tree: Self.tree)
    for programs in [["/usr/bin/app", "/usr/local/bin/mine"], []] as [[RootPath]] {
      #expect(AskedPackages(by: programs, reading: "/usr/bin/snake", in: root) == nil)
    }
  }
}
