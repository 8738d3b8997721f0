import FileTree
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import RootfsPack

/// Which files of a directory are ELF files: on a real one, and on one that fails.
struct ElfFileFinderTests {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
  }

  func find(_ directory: RootPath = "/") -> ElfFileFinder.Result {
    ElfFileFinder(tree: DirectoryTree(root: FilePath(scratch.path))).find(below: directory)
  }

  @Test func `files that begin as ELF files are found, in bytewise order, at any depth`() throws {
    try Shell.bash(
      """
      mkdir -p a/deep/er b empty
      for f in z a/two a/deep/er/one b/x.so a.txt; do printf '\\x7fELFrest' > $f; done
      printf '\\x7fEL' > short; printf 'x\\x7fELF' > shifted; : > nothing; echo text > text
      printf '\\x7fELF' > just-magic
      """, in: scratch.url)
    let result = find()
    #expect(
      result.files == ["/a.txt", "/a/deep/er/one", "/a/two", "/b/x.so", "/just-magic", "/z"])
    #expect(result.failures.isEmpty)
    #expect(find("/a").files == ["/a/deep/er/one", "/a/two"])
    #expect(find("/empty").files.isEmpty)
  }

  @Test func `links aren't followed, so loops and doubles don't matter`() throws {
    try Shell.bash(
      """
      mkdir dir; printf '\\x7fELF' > dir/file; ln -s dir/file link; ln -s dir twice
      ln -s .. dir/up; ln -s loop loop; ln -s gone dangling; ln dir/file hard
      """, in: scratch.url)
    #expect(find().files == ["/dir/file", "/hard"])
    #expect(find().failures.isEmpty)
  }

  @Test(.timeLimit(.minutes(1)))
  func `a FIFO or a socket is passed over, and nothing waits for it`() throws {
    try Shell.bash(
      """
      mkfifo fifo; printf '\\x7fELF' > file
      python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'
      """, in: scratch.url)
    #expect(find().files == ["/file"])
    #expect(find().failures.isEmpty)
  }

  @Test func `names that aren't UTF-8 are found as they are`() throws {
    try Shell.bash(
      """
      d=$(printf 'd\\xff'); mkdir "$d"; printf '\\x7fELF' > "$d/$(printf 'f\\xfe\\n')"
      """, in: scratch.url)
    let directory = RootPath.root.appending(ByteString([0x64, 0xFF]))
    #expect(find().files == [directory.appending(ByteString([0x66, 0xFE]))])
  }

  @Test func `more files than workers come in order`() throws {
    try Shell.bash(
      "for d in $(seq 100 140); do mkdir $d; printf '\\x7fELF' > $d/f; done", in: scratch.url)
    #expect(find().files == (100...140).map { RootPath(normalising: ByteString("\($0)/f")) })
  }

  // MARK: What fails

  static let tree = InMemoryTree([
    "/a/open": .elf(.library()), "/locked/file": .elf(.library()), "/z/secret": .unreadable,
    "/z/text": .text("text"),
  ])

  @Test func `what can't be read is told, and the rest is found`() {
    let tree = AlteredTree(Self.tree, failing: ["/locked": .permissionDenied])
    let result = ElfFileFinder(tree: tree).find(below: .root)
    #expect(result.files == ["/a/open"])
    #expect(result.failures.map(\.path) == ["/locked", "/z/secret"])
    #expect(result.failures.allSatisfy { $0.cause == .permissionDenied })
  }

  @Test func `a directory that goes away meanwhile is told`() {
    #expect(find("/gone").failures.map(\.cause) == [.noSuchFileOrDirectory])
  }
}
