import Bundle
import FileTree
import Foundation
import Image
import Synchronization
import SystemPackage
import TestSupport
import Testing

struct SeveralOutputsTests {
  /// A tree that counts how often each file is opened.
  final class CountingTree: FileTree {
    let tree: InMemoryTree
    let opened = Mutex<[RootPath: Int]>([:])

    init(_ tree: InMemoryTree) {
      self.tree = tree
    }

    func status(of path: RootPath) throws(Errno) -> FileStatus { try tree.status(of: path) }
    func linkText(of path: RootPath) throws(Errno) -> ByteString { try tree.linkText(of: path) }
    func names(in directory: RootPath) throws(Errno) -> [ByteString] {
      try tree.names(in: directory)
    }

    func open(_ path: RootPath) throws(Errno) -> OpenFile {
      opened.withLock { $0[path, default: 0] += 1 }
      return try tree.open(path)
    }
  }

  @Test func `each file is read once, however many outputs there are`() throws {
    let tree = CountingTree(
      InMemoryTree(["/a": .text("1"), "/d/b": .text("2"), "/init": .text("3"), "/l": .link("a")]))
    var builder = PlanBuilder(
      tree: tree,
      contents: PlanContents(
        [],
        additions: try tree.names(in: .root).map {
          Addition(tree: tree, source: RootPath.root.appending($0).text, destination: nil)
        }))
    let plan = try builder.build()
    let directory = try TemporaryDirectory()
    tree.opened.withLock { $0 = [:] }
    try TestPlan.write(
      plan, to: "x.tar", "x.tar.gz", "x.tar.zst", "x/", "x.oci.tar", "x.oci/", "x.cpio",
      "x.cpio.gz", in: directory)
    #expect(tree.opened.withLock { $0 } == ["/a": 1, "/d/b": 1, "/init": 1])
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).count == 8)
  }
}
