import Bundle
import FileTree
import Foundation
import Image
import SystemPackage
import TestSupport
import Testing

struct DirectoryOutputTests {
  static let listing =
    "find . -mindepth 1 -printf '%p %y %m %l %n %T@\\n' | LC_ALL=C sort | sed 's/ 2 / n /'; "
    + "find . -type f -exec sha256sum {} + | LC_ALL=C sort"

  @Test func `a directory holds what GNU tar unpacks, with modes, links and times`() throws {
    let directory = try TemporaryDirectory()
    var table = TestPlan.awkward
    table["/closed"] = .directory(permissions: 0o555)
    table["/closed/inside"] = .file([1], permissions: 0o400)
    try TestPlan.write(try TestPlan.make(table), to: "out.tar", "out/", in: directory)
    let differences = try Shell.bash(
      """
      umask 077
      mkdir tar && tar -C tar -xpf out.tar
      (cd tar && \(Self.listing)) > tar.txt; (cd out && \(Self.listing)) > out.txt
      diff tar.txt out.txt || true; grep -c . out.txt; stat -c %a out
      chmod -R u+w tar out
      """, in: directory.url)
    #expect(differences == "\(try lineCount(directory))\n755\n")
  }

  private func lineCount(_ directory: TemporaryDirectory) throws -> Int {
    try directory.text("tar.txt").split(separator: "\n").count
  }

  @Test func `only an empty directory is replaced`() throws {
    let directory = try TemporaryDirectory()
    try Shell.bash(
      "mkdir full empty; echo mine > full/file; ln -s empty link; ln -s nothing broken; : > file",
      in: directory.url)
    let plan = try TestPlan.make(["/a": .text("x")])
    func path(_ name: String) -> FilePath { FilePath(directory.path + "/" + name) }
    #expect(throws: ArchiveError.targetIsNotEmpty(path("full"))) {
      try TestPlan.write(plan, to: path("full"), .directory)
    }
    #expect(throws: ArchiveError.targetIsDanglingLink(path("broken"))) {
      try TestPlan.write(plan, to: path("broken"), .directory)
    }
    #expect(throws: ArchiveError.targetIsNoDirectory(path("file"), .regular)) {
      try TestPlan.write(plan, to: path("file"), .directory)
    }
    try TestPlan.write(plan, to: path("link"), .directory)
    #expect(
      try Shell.bash("cat full/file empty/a; readlink link; ls -A", in: directory.url)
        == "mine\nxempty\nbroken\nempty\nfile\nfull\nlink\n")
  }

  @Test func `a failure leaves nothing behind, not even under closed directories`() throws {
    let directory = try TemporaryDirectory()
    try Shell.bash(
      "mkdir -p in/closed; echo a > in/closed/a; chmod 555 in/closed; echo 12345 > in/z",
      in: directory.url)
    let tree = DirectoryTree(root: FilePath(directory.path))
    var builder = PlanBuilder(
      tree: tree, subjects: [],
      additions: [Addition(tree: tree, source: "/in", destination: "/")])
    let plan = try builder.build()
    try directory.write("1", to: "in/z")
    #expect(throws: ArchiveError.sourceChanged("/z")) {
      try TestPlan.write(plan, to: "out/", "out.oci/", "out.tar", in: directory)
    }
    #expect(try Shell.bash("ls -A; chmod 755 in/closed", in: directory.url) == "in\n")
  }

  @Test func `an attribute is set, and one that can't be is an error`() throws {
    let directory = try TemporaryDirectory()
    func plan(_ name: ByteString) -> BundlePlan {
      BundlePlan(
        entries: [
          BundleEntry(
            path: "/f", node: .file(.generated([65]), permissions: 0o755), reason: .program,
            attributes: [ExtendedAttribute(name: name, value: [66])])
        ], programs: [], programHeader: nil, warnings: [])
    }
    #expect(throws: ArchiveError.attribute("/f", name: "nowhere.a", .notSupported)) {
      try TestPlan.write(plan("nowhere.a"), to: "out/", in: directory)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
  }
}
