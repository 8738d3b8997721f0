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
}
