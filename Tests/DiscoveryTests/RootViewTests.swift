import FileTree
import Testing

@testable import Discovery

struct RootViewTests {
  @Test func `lines are numbered from one`() {
    let tree = InMemoryTree(["/etc/a.conf": .file(Array("x\ny".utf8)), "/etc/b": .link("a.conf")])
    var view = RootView(tree: tree)
    let lines = view.lines(at: "/etc/b")
    #expect(lines.map(\.number) == [1, 2])
    #expect(lines.map(\.text) == ["x", "y"])
    #expect(view.lines(at: "/etc/c").isEmpty)
    #expect(view.names(in: "/etc") == ["a.conf", "b"])
  }

  @Test func `directories are listed so long as somebody could mean it`() {
    let table = (0..<1000).map {
      (RootPath(normalising: ByteString("/d/\($0)")), InMemoryTree.Node.text(""))
    }
    var view = RootView(tree: InMemoryTree(Dictionary(uniqueKeysWithValues: table)))
    for _ in 0..<1000 { #expect(view.names(in: "/d").count == 1000) }
    #expect(!view.isCutShort)
    for _ in 0..<100 { _ = view.names(in: "/d") }
    #expect(view.isCutShort && view.names(in: "/d").isEmpty)
  }
}
