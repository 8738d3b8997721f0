import Bundle
import FileTree
import Foundation
import Image
import SystemPackage
import TestSupport
import Testing

struct TarArchiveTests {
  /// A plan over a table: names of every awkward length and kind.
  static func plan(_ table: [RootPath: InMemoryTree.Node]) throws -> BundlePlan {
    let tree = InMemoryTree(table)
    let additions = try tree.names(in: .root).map {
      Addition(tree: tree, source: RootPath.root.appending($0).text, destination: nil)
    }
    var builder = PlanBuilder(tree: tree, subjects: [], additions: additions)
    return try builder.build()
  }

  static let long = String(repeating: "n", count: 90)
  static var awkward: [RootPath: InMemoryTree.Node] {
    [
      "/empty": .text(""), "/block": .file([UInt8](repeating: 7, count: 512)),
      "/big": .file([UInt8](repeating: 1, count: 700_001), permissions: 0o750),
      "/größe": .text("ü"), "/link": .link("block"), "/hard": .hardLink("/big"),
      RootPath(normalising: ByteString("/\(long)/\(long)")): .text("fits with a prefix"),
      RootPath(normalising: ByteString("/p/\(long)/\(long)/\(long)")): .text("needs pax"),
      RootPath(normalising: ByteString("/\(long)\(long)")): .text("one long name"),
      "/d/longlink": .link(ByteString(String(repeating: "x/", count: 80) + "y")),
    ]
  }

  func write(
    _ plan: BundlePlan, to name: String = "out.tar", in directory: TemporaryDirectory,
    time: UInt64 = 0
  ) throws {
    _ = try TarArchive(modificationTime: time).write(
      plan, to: FilePath(directory.path).appending(name))
  }

  @Test func `GNU tar, bsdtar and Python's tarfile read the same tree`() throws {
    let directory = try TemporaryDirectory()
    try write(try Self.plan(Self.awkward), in: directory)
    let script = """
      mkdir gnu bsd py
      tar -C gnu -xf out.tar
      bsdtar -C bsd -xf out.tar
      python3 -c 'import tarfile; tarfile.open("out.tar").extractall("py")'
      for d in gnu bsd py; do
        (cd $d && find . -printf '%p %y %m %s %l %n\\n' | grep -v ' d ' | LC_ALL=C sort
         find . -type f -exec sha256sum {} + | LC_ALL=C sort) > $d.txt
      done
      diff gnu.txt bsd.txt >&2; diff gnu.txt py.txt >&2; cat gnu.txt
      """
    let listing = try Shell.bash(script, in: directory.url)
    #expect(listing.contains("./größe f 644 2"))
    #expect(listing.contains("./big f 750 700001  2"))
    #expect(listing.contains("./link l 777 5 block"))
    #expect(listing.contains("./p/\(Self.long)/\(Self.long)/\(Self.long) f 644 9"))
  }

  @Test func `every header is owned by root and has the time that was asked for`() throws {
    let directory = try TemporaryDirectory()
    try write(try Self.plan(Self.awkward), in: directory, time: 86_400)
    let listing = try Shell.bash("TZ=UTC tar -tvf out.tar", in: directory.url)
    for line in listing.split(separator: "\n") {
      #expect(line.contains(" 0/0 ") && line.contains("1970-01-02 00:00"))
    }
  }

  @Test func `entries are sorted and parents come first`() throws {
    let plan = try Self.plan(["/b/c": .text(""), "/b-c": .text(""), "/a": .directory()])
    #expect(plan.entries.map(\.archiveName.description) == ["a/", "b-c", "b/", "b/c"])
  }

  @Test func `writing twice gives the same bytes, and a whole number of blocks`() throws {
    let plan = try Self.plan(Self.awkward)
    let directory = try TemporaryDirectory()
    try write(plan, to: "a.tar", in: directory)
    try write(plan, to: "b.tar", in: directory)
    let bytes = try Data(contentsOf: directory.url.appendingPathComponent("a.tar"))
    #expect(try bytes == Data(contentsOf: directory.url.appendingPathComponent("b.tar")))
    #expect(bytes.count % 512 == 0)
    #expect(bytes.suffix(1024).allSatisfy { $0 == 0 })
  }

  @Test func `a target that can't be written stays as it is`() throws {
    let directory = try TemporaryDirectory()
    let plan = try Self.plan(["/a": .text("")])
    let archive = TarArchive(modificationTime: 0)
    #expect(throws: ArchiveError.targetIsDirectory(FilePath(directory.path))) {
      try archive.write(plan, to: FilePath(directory.path))
    }
    #expect(throws: ArchiveError.targetIsSpecial("/dev/null", .characterDevice)) {
      try archive.write(plan, to: "/dev/null")
    }
    let missing = FilePath(directory.path + "/none/out.tar")
    #expect(throws: ArchiveError.target(missing, .noSuchFileOrDirectory)) {
      try archive.write(plan, to: missing)
    }
  }

  @Test func `a source that shrinks stops the write and leaves the old archive`() throws {
    let directory = try TemporaryDirectory()
    try directory.write("0123456789", to: "source")
    try directory.write("old", to: "out.tar")
    let tree = DirectoryTree(root: FilePath(directory.path))
    var builder = PlanBuilder(
      tree: tree, subjects: [],
      additions: [Addition(tree: tree, source: "/source", destination: nil)])
    let plan = try builder.build()
    try directory.write("01234", to: "source")
    #expect(throws: ArchiveError.sourceChanged("/source")) {
      try TarArchive(modificationTime: 0).write(plan, to: FilePath(directory.path + "/out.tar"))
    }
    #expect(try directory.text("out.tar") == "old")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() == [
        "out.tar", "source",
      ])
  }

  @Test func `a link at the target is followed, not replaced`() throws {
    let directory = try TemporaryDirectory()
    try directory.write("old", to: "real.tar")
    try FileManager.default.createSymbolicLink(
      atPath: directory.path + "/link.tar", withDestinationPath: "real.tar")
    _ = try TarArchive(modificationTime: 0).write(
      try Self.plan(["/a": .text("x")]), to: FilePath(directory.path + "/link.tar"))
    let listing = try Shell.bash("tar -tf real.tar; readlink link.tar", in: directory.url)
    #expect(listing == "a\nreal.tar\n")
  }
}
