import Bundle
import FileTree
import Foundation
import Image
import SystemPackage
import TestSupport
import Testing

struct TarArchiveTests {
  @Test func `GNU tar, bsdtar and Python's tarfile read the same tree`() throws {
    let directory = try TemporaryDirectory()
    try TestPlan.write(try TestPlan.make(TestPlan.awkward), to: "out.tar", in: directory)
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
    #expect(listing.contains("./p/\(TestPlan.long)/\(TestPlan.long)/\(TestPlan.long) f 644 9"))
  }

  @Test func `every header is owned by root and has the time that was asked for`() throws {
    let directory = try TemporaryDirectory()
    var options = WriteOptions()
    options.metadata = EntryMetadata(modificationTime: 86_400)
    try TestPlan.write(
      try TestPlan.make(TestPlan.awkward), to: "out.tar", in: directory, options: options)
    let listing = try Shell.bash("TZ=UTC tar -tvf out.tar", in: directory.url)
    for line in listing.split(separator: "\n") {
      #expect(line.contains(" 0/0 ") && line.contains("1970-01-02 00:00"))
    }
  }

  @Test func `how the program is started stands in a comment that readers pass over`() throws {
    let directory = try TemporaryDirectory()
    var configuration = ImageConfiguration()
    configuration.entrypoint = ["/init", "größe"]
    configuration.environment = ["A=b\nc"]
    configuration.labels = ["not": "for a run"]
    let bundle = ImageBundle(
      plan: try TestPlan.make(TestPlan.awkward), platform: Platform(.init()),
      configuration: configuration)
    let outputs = ["out.tar", "out.oci.tar", "out.cpio"].map {
      Output(.path(FilePath(directory.path + "/" + $0)), format: OutputFormat(path: $0) ?? .tar)
    }
    guard let reference = ImageReference("test") else { return }
    _ = try BundleWriter(outputs, reference: reference, options: WriteOptions()).write([bundle])
    try TestPlan.write(bundle.plan, to: "plain.tar", in: directory)
    let told = try Shell.bash(
      """
      tail -c +1025 out.tar | cmp - plain.tar
      for t in tar bsdtar 'busybox tar'; do
        $t -tf out.tar > with; $t -tf plain.tar | cmp - with
      done 2> errors; cat errors
      python3 -c 'import tarfile; print(tarfile.open("out.tar").pax_headers)'
      ! grep -a 'comment=rootfs-pack' out.oci.tar out.cpio plain.tar
      """, in: directory.url)
    #expect(
      told
        == #"{'comment': 'rootfs-pack {"Entrypoint":["/init","größe"],"Env":["A=b\\nc"]}'}"#
        + "\n")
  }

  @Test func `entries are sorted and parents come first`() throws {
    let plan = try TestPlan.make(["/b/c": .text(""), "/b-c": .text(""), "/a": .directory()])
    #expect(plan.entries.map(\.archiveName.description) == ["a/", "b-c", "b/", "b/c"])
  }

  @Test func `writing twice gives the same bytes, and a whole number of blocks`() throws {
    let plan = try TestPlan.make(TestPlan.awkward)
    let directory = try TemporaryDirectory()
    try TestPlan.write(plan, to: "a.tar", in: directory)
    try TestPlan.write(plan, to: "b.tar", in: directory)
    let bytes = try Data(contentsOf: directory.url.appendingPathComponent("a.tar"))
    #expect(try bytes == Data(contentsOf: directory.url.appendingPathComponent("b.tar")))
    #expect(bytes.count % 512 == 0)
    #expect(bytes.suffix(1024).allSatisfy { $0 == 0 })
  }

  @Test func `a target that can't be written stays as it is`() throws {
    let directory = try TemporaryDirectory()
    let plan = try TestPlan.make(["/a": .text("")])
    #expect(throws: ArchiveError.targetIsDirectory(FilePath(directory.path))) {
      try TestPlan.write(plan, to: FilePath(directory.path), .tar)
    }
    #expect(throws: ArchiveError.targetIsSpecial("/dev/null", .characterDevice)) {
      try TestPlan.write(plan, to: "/dev/null", .tar)
    }
    let missing = FilePath(directory.path + "/none/out.tar")
    #expect(throws: ArchiveError.target(missing, .noSuchFileOrDirectory)) {
      try TestPlan.write(plan, to: missing, .tar)
    }
  }

  @Test func `a source that shrinks stops the write and leaves the old archive`() throws {
    let directory = try TemporaryDirectory()
    try directory.write("0123456789", to: "source")
    try directory.write("old", to: "out.tar")
    let tree = DirectoryTree(root: FilePath(directory.path))
    var builder = PlanBuilder(
      tree: tree,
      contents: PlanContents(
        [], additions: [Addition(tree: tree, source: "/source", destination: nil)]))
    let plan = try builder.build()
    try directory.write("01234", to: "source")
    #expect(throws: ArchiveError.sourceChanged("/source")) {
      try TestPlan.write(plan, to: "out.tar", in: directory)
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
    try TestPlan.write(try TestPlan.make(["/a": .text("x")]), to: "link.tar", in: directory)
    let listing = try Shell.bash("tar -tf real.tar; readlink link.tar", in: directory.url)
    #expect(listing == "a\nreal.tar\n")
  }

  @Test func `owners, large numbers and attributes reach GNU tar and Python`() throws {
    let directory = try TemporaryDirectory()
    var options = WriteOptions()
    options.metadata = EntryMetadata(owner: 1234, group: 3_000_000)
    let capabilities = ExtendedAttribute(
      name: "security.capability", value: [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 10, 0, 0])
    let plan = BundlePlan(
      entries: [
        BundleEntry(
          path: "/f", node: .file(.generated([65]), permissions: 0o755), reason: .program,
          attributes: [capabilities])
      ], programs: [], programHeader: nil, warnings: [])
    try TestPlan.write(plan, to: "out.tar", in: directory, options: options)
    let listing = try Shell.bash(
      """
      tar --numeric-owner --xattrs --xattrs-include='*' -tvvf out.tar
      python3 -c '
      import tarfile
      entry = tarfile.open("out.tar").getmembers()[0]
      print(entry.uid, entry.gid, len(entry.pax_headers["SCHILY.xattr.security.capability"]))'
      """, in: directory.url)
    #expect(listing.contains("1234/3000000"))
    #expect(listing.contains("x: 12 security.capability"))
    #expect(listing.contains("1234 3000000 12"))
  }
}
