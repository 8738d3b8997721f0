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

  @Test(.enabled(if: geteuid() == 0, "only root gives files away"))
  func `what belongs to somebody is his, in a directory and in archives`() throws {
    let directory = try TemporaryDirectory()
    let plan = try TestPlan.make([
      "/d": .directory(permissions: 0o750), "/d/f": .text("x"), "/init": .text("#!"),
    ])
    let owner = FileStatus.Owner(user: 105, group: 113)
    let owned = plan.replacing(
      entries: plan.entries.map {
        BundleEntry(
          path: $0.path, node: $0.node, reason: $0.reason, owner: $0.path == "/d" ? owner : nil)
      })
    try TestPlan.write(owned, to: "out/", "out.tar", "out.cpio", in: directory)
    let listing = try Shell.bash(
      """
      stat -c '%u:%g %a %n' out/d out/d/f
      tar --numeric-owner -tvf out.tar d | awk '{print $1, $2, $6}'
      cpio -itvn --quiet 'd*' < out.cpio | awk '{print $3, $4, $9}'
      """, in: directory.url)
    #expect(
      listing == """
        105:113 750 out/d
        0:0 644 out/d/f
        drwxr-x--- 105/113 d/
        -rw-r--r-- 0/0 d/f
        105 113 d
        0 0 d/f

        """)
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
      tree: tree,
      contents: PlanContents([], additions: [Addition(tree: tree, source: "/in", destination: "/")])
    )
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

  /// What others may do where they may write: put a link in the place of what is being written.
  private func swap(_ path: String, whenBytesAre count: UInt64) -> WriteOptions {
    var options = WriteOptions()
    var done: UInt64 = 0
    options.progress = { bytes in
      done += bytes
      guard done == count else { return }
      let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
      for name in names where name.hasSuffix(".partial") {
        _ = try? Shell.bash("mv \(name) moved; ln -s victim \(name)", in: URL(filePath: path))
      }
    }
    return options
  }

  @Test func `a link in the place of what is written isn't published, nor emptied`() throws {
    let directory = try TemporaryDirectory()
    try Shell.bash("mkdir -m 755 victim; echo mine > victim/file", in: directory.url)
    let plan = try TestPlan.make(["/a": .text("12345")])
    let target = FilePath(directory.path + "/out")
    #expect(throws: ArchiveError.targetIsSwapped(target)) {
      try TestPlan.write(
        plan, to: target, .directory, options: swap(directory.path, whenBytesAre: 5))
    }
    #expect(
      try Shell.bash("cat victim/file; stat -c %a victim; ls -d out || true", in: directory.url)
        == "mine\n755\n")
  }

  @Test func `an attribute of a file that may not be written to is set`() throws {
    let directory = try TemporaryDirectory()
    let plan = BundlePlan(
      entries: [
        BundleEntry(
          path: "/f", node: .file(.generated([65]), permissions: 0o444), reason: .program,
          attributes: [ExtendedAttribute(name: "user.a", value: [66])])
      ], programs: [], programHeader: nil, warnings: [])
    try TestPlan.write(plan, to: "out/", in: directory)
    #expect(
      try Shell.bash(
        "getfattr --only-values -n user.a out/f; stat -c ' %a' out/f", in: directory.url)
        == "B 444\n")
  }

  @Test func `an output inside of another is refused before anything is written`() throws {
    let directory = try TemporaryDirectory()
    let plan = try TestPlan.make(["/a": .text("x")])
    let nested = FilePath(directory.path + "/out/x.tar")
    try Shell.bash("mkdir out", in: directory.url)
    let outputs = [
      Output(.path(FilePath(directory.path + "/out")), format: .directory),
      Output(.path(nested), format: .tar),
    ]
    #expect(
      throws: ArchiveError.targetInsideTarget(nested, FilePath(directory.path + "/out"))
    ) {
      try TestPlan.write(plan, outputs, options: WriteOptions())
    }
    #expect(try Shell.bash("ls -A . out", in: directory.url) == ".:\nout\n\nout:\n")
  }
}
