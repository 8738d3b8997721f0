import FileTree
import SystemPackage
import TestSupport
import Testing

struct FilteredTreeTests {
  private static let tree = FilteredTree(
    InMemoryTree(["/a/test/x": .text("x"), "/a/b": .text("b"), "/c": .link("/a/test/x")])
  ) { $0.name == "test" }

  @Test func `what is hidden isn't there, nor is anything below it`() throws {
    #expect(try Self.tree.names(in: "/a") == ["b"])
    #expect(try Self.tree.entries(in: "/a").map(\.name) == ["b"])
    for path in ["/a/test", "/a/test/x"] as [RootPath] {
      #expect(throws: Errno.noSuchFileOrDirectory) { try Self.tree.status(of: path) }
      #expect(throws: Errno.noSuchFileOrDirectory) { try Self.tree.head(of: path, count: 1) }
    }
    #expect(try Self.tree.head(of: "/a/b", count: 9) == Array("b".utf8))
    var resolver = PathResolver(tree: Self.tree)
    #expect(throws: Errno.noSuchFileOrDirectory) { try resolver.resolve("/c") }
  }
}
