import Bundle
import FileTree
import Foundation
import Image
import TestSupport
import Testing

struct CpioArchiveTests {
  @Test(arguments: ["out.cpio", "out.cpio.gz"])
  func `GNU cpio and bsdtar unpack the tree that GNU tar does`(name: String) throws {
    let directory = try TemporaryDirectory()
    try TestPlan.write(
      try TestPlan.make(TestPlan.awkward), to: "out.tar", name, in: directory)
    let trees = try Shell.bash(
      """
      mkdir tar gnu bsd
      tar -C tar -xf out.tar
      case \(name) in *.gz) gzip -d \(name);; esac
      (cd gnu && cpio --quiet -idm < ../out.cpio)
      bsdtar -C bsd -xf out.cpio
      for d in tar gnu bsd; do
        (cd $d && find . -type f -printf '%p %m %s %n %T@\\n' | LC_ALL=C sort
         find . -type l -printf '%p %l\\n' | LC_ALL=C sort
         find . -type d -printf '%p %m\\n' | LC_ALL=C sort
         find . -type f -exec sha256sum {} + | LC_ALL=C sort) > $d.txt
      done
      diff tar.txt gnu.txt >&2; diff tar.txt bsd.txt >&2; cat gnu.txt
      """, in: directory.url)
    #expect(trees.contains("./hard 750 700001 2"))
  }

  @Test func `what cpio can't hold is refused`() throws {
    let directory = try TemporaryDirectory()
    let plan = try TestPlan.make(["/init": .text("")])
    let aimless = try TestPlan.make(["/a": .text("")])
    #expect(
      throws: ArchiveError.unrepresentable(
        "/init", "the kernel starts it, and no program was packed")
    ) {
      try TestPlan.write(aimless, to: "out.cpio", in: directory)
    }
    let ended = try TestPlan.make(["/TRAILER!!!": .text(""), "/init": .text("")])
    #expect(
      throws: ArchiveError.unrepresentable("/TRAILER!!!", "cpio ends with a file of this name")
    ) {
      try TestPlan.write(ended, to: "out.cpio", in: directory)
    }
    var options = WriteOptions()
    options.metadata = EntryMetadata(modificationTime: 1 << 32)
    #expect(throws: ArchiveError.unrepresentable("/", "cpio holds no time after 2106")) {
      try TestPlan.write(plan, to: "out.cpio", in: directory, options: options)
    }
    let attributed = BundlePlan(
      entries: [
        BundleEntry(
          path: "/init", node: .file(.generated([65]), permissions: 0o755), reason: .program,
          attributes: [ExtendedAttribute(name: "user.a", value: [1])])
      ], programs: [], programHeader: nil, warnings: [])
    #expect(throws: ArchiveError.unrepresentable("/init", "cpio holds no extended attributes")) {
      try TestPlan.write(attributed, to: "out.cpio", in: directory)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
  }
}
