import FileTree
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Archive

/// What is read of tar archives of all dialects, and what is told of odd ones.
struct TarReadingTests {
  @Test func `a tree is read with its contents`() throws {
    let bundle = try Reads.read(
      RawTar(
        .directory("bin/"), .file("bin/a", "content", mode: "0004755\0"),
        .hardLink("bin/b", to: "bin/a"), .link("c", to: "bin/a")
      ).complete)
    #expect(
      bundle.table == [
        "/bin directory 0755", "/bin/a file 4755 7", "/bin/b hardlink /bin/a", "/c link bin/a",
      ])
    #expect(bundle.format == ArchiveFormat(kind: .tar))
    #expect(bundle.faults == [.hardLinkMetadata])
    #expect(try bundle.text("/bin/b") == "content")
    #expect(bundle.entries[1].content?.digest == ContentDigest(of: Array("content".utf8)))
    #expect(try bundle.tree.status(of: "/bin/a").permissions == 0o4755)
    // Only the archive's word; on the disk nobody gets rights from it.
    #expect(try DirectoryTree(root: bundle.directory).status(of: "/bin/a").permissions == 0o755)
  }

  @Test func `an archive without entries is an empty tree`() throws {
    let bundle = try Reads.read(RawTar().complete)
    #expect(bundle.entries.isEmpty && bundle.violations.isEmpty)
    #expect(try bundle.tree.names(in: .root).isEmpty)
  }

  @Test func `of several names the first by path is the file, whatever stands first`() throws {
    let bundle = try Reads.read(
      RawTar(.file("z", "x"), .hardLink("m", to: "z"), .hardLink("a", to: "m")).complete)
    #expect(bundle.table == ["/a file 0644 1", "/m hardlink /a", "/z hardlink /a"])
    let identities = try ["/a", "/m", "/z"].map { try bundle.tree.status(of: $0).identity }
    #expect(Set(identities).count == 1)
  }

  @Test func `a hard link to a link is the same link`() throws {
    let bundle = try Reads.read(RawTar(.link("a", to: "x"), .hardLink("b", to: "a")).complete)
    #expect(bundle.table == ["/a link x", "/b link x"])
  }

  // MARK: Dialects

  @Test(arguments: ["ustar\u{0}00", "", "something"])
  func `the prefix counts where the magic is POSIX's`(magic: String) throws {
    var entry = RawTar.Entry.file("a")
    (entry.magic, entry.prefix) = (magic, "d")
    let isPosix = magic.hasPrefix("ustar\u{0}")
    let bundle = try Reads.read(RawTar(.directory("d/"), entry).complete)
    #expect(bundle.entries.last?.path == (isPosix ? "/d/a" : "/d"))
  }

  @Test func `before POSIX a directory was told by its name`() throws {
    let entry = RawTar.Entry(name: "a/", type: "\u{0}", magic: "")
    #expect(try Reads.read(RawTar(entry).complete).table == ["/a directory 0644"])
  }

  @Test func `numbers have blanks, no digits or base 256`() throws {
    var entry = RawTar.Entry.file("a", "text")
    entry.mode = "   755 \0"
    entry.user = "        "
    entry.group = ""
    entry.size = [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4]
    entry.time = "\0"
    let bundle = try Reads.read(RawTar(entry).complete)
    #expect(bundle.table == ["/a file 0755 4"])
    #expect(bundle.entries[0].owner == .root && bundle.entries[0].modificationTime == 0)
  }

  @Test func `PAX records replace what the header says`() throws {
    let bundle = try Reads.read(
      RawTar(
        .pax(
          "SCHILY.xattr.user.b=2", "SCHILY.xattr.user.a=1", "SCHILY.xattr.security.selinux=x",
          "comment=x", "gid=3000000", "mtime=-1.5", "path=größe/a=b", "size=4", "uid=2000000"),
        .file("short", "text")
      ).complete)
    let entry = try #require(bundle.entries.last)
    #expect(entry.path == "/größe/a=b")
    #expect(entry.owner == FileStatus.Owner(user: 2_000_000, group: 3_000_000))
    #expect(entry.modificationTime == -2)
    #expect(
      entry.attributes == [
        ExtendedAttribute(name: "user.a", value: [0x31]),
        ExtendedAttribute(name: "user.b", value: [0x32]),
      ])
    #expect(try bundle.tree.extendedAttributes(of: entry.path) { $0 == "user.b" }.count == 1)
    #expect(try bundle.text(entry.path) == "text")
  }

  @Test func `an empty PAX record undoes nothing`() throws {
    let bundle = try Reads.read(
      RawTar(.pax("path=", "uid=", "mtime=", "linkpath="), .link("a", to: "b")).complete)
    #expect(bundle.table == ["/a link b"])
  }

  @Test func `GNU tar's long names are read`() throws {
    let (name, target) = (String(repeating: "n", count: 120), String(repeating: "t", count: 300))
    let bundle = try Reads.read(
      RawTar(.longName(target, type: "K"), .longName(name), .link("n", to: "t")).complete)
    #expect(bundle.table == ["/\(name) link \(target)"])
  }

  @Test func `a header for all entries may say what says nothing`() throws {
    let bundle = try Reads.read(RawTar(.pax("comment=0123", type: "g"), .file("a")).complete)
    #expect(bundle.table == ["/a file 0644 0"] && bundle.violations.isEmpty)
    #expect(bundle.configuration == nil)
  }

  @Test func `a comment for all entries may say how the program is started`() throws {
    let text =
      #"rootfs-pack {"Entrypoint":["/a","-b"],"Env":["A=b"],"User":"7:8","Volumes":{"/v":{}}}"#
    let bundle = try Reads.read(RawTar(.pax("comment=" + text, type: "g"), .file("a")).complete)
    var expected = RunConfiguration()
    (expected.entrypoint, expected.environment) = (["/a", "-b"], ["A=b"])
    (expected.user, expected.volumes) = ("7:8", ["/v"])
    #expect(bundle.configuration == expected && bundle.image == nil)
    #expect(bundle.table == ["/a file 0644 0"] && bundle.violations.isEmpty)
  }

  @Test(
    arguments: [
      "rootfs-pack ", "rootfs-pack {", #"rootfs-pack {"Entrypoint":"a"}"#, "rootfs-pack []",
      #"{"Entrypoint":["a"]}"#, "rootfs-pack " + String(repeating: "[", count: 5000),
    ])
  func `any other comment says nothing`(text: String) throws {
    let bundle = try Reads.read(RawTar(.pax("comment=" + text, type: "g"), .file("a")).complete)
    #expect(bundle.configuration == nil && bundle.violations.isEmpty)
    // Of one entry, it never does.
    let own = try Reads.read(
      RawTar(.pax(#"comment=rootfs-pack {"Entrypoint":["a"]}"#), .file("a")).complete)
    #expect(own.configuration == nil)
  }

  // MARK: Violations

  private static let four = Array("00000000004\0".utf8)

  private static func edited(
    _ entry: RawTar.Entry, _ edit: (inout RawTar.Entry) -> Void
  ) -> RawTar.Entry {
    var entry = entry
    edit(&entry)
    return entry
  }

  static let odd: [Broken<Violation.Fault>] = [
    .init("an absolute name", RawTar(.file("/a")), at: .member("/a"), .absoluteName),
    .init("no entry for a directory", RawTar(.file("d/a")), at: .member("/d"), .missingParent),
    .init(
      "a directory behind its content", RawTar(.file("d/a"), .directory("d/")),
      at: .member("d/", at: 512), .parentAfterContent),
    .init(
      "a directory twice", RawTar(.directory("d/"), .directory("./d")),
      at: .member("./d", at: 512), .repeatedDirectory),
    .init(
      "no order", RawTar(.file("b"), .file("a")), at: .member("a", at: 512),
      .unsorted(after: "/b")),
    .init(
      "a directory's order", RawTar(.directory("a/"), .file("a-b")), at: .member("a-b", at: 512),
      .unsorted(after: "/a/")),
    .init(
      "a link above the root", RawTar(.link("l", to: "../etc")), at: .init(name: "/l"),
      .linkLeavesRoot(text: "../etc")),
    .init("no end", RawTar(.file("a")).bytes, at: .header(at: 512), .missingEnd),
    .init(
      "half an end", Array(RawTar(.file("a")).complete.dropLast(512)), at: .header(at: 512),
      .missingEnd),
    .init(
      "an archive behind another", RawTar(.file("a")).complete + RawTar(.file("b")).complete,
      at: .header(at: 1536), .bytesBehindEnd),
    .init(
      "a block of zeros between",
      RawTar(.file("a")).bytes + [UInt8](repeating: 0, count: 512) + RawTar(.file("b")).complete,
      at: .header(at: 512), .loneZeroBlock),
    .init(
      "a file twice", RawTar(.file("a"), .file("a")), at: .member("a", at: 512), .repeatedEntry),
    .init(
      "a directory with a size", RawTar(edited(.directory("a/")) { $0.size = four }),
      at: .member("a/"), .strayContent(4)),
    .init(
      "a file for contiguous ones", RawTar(edited(.file("a")) { $0.type = "7" }),
      at: .member("a"), .contiguous),
    .init(
      "a number that engines don't read", RawTar(edited(.file("a")) { $0.user = "\t7\0" }),
      at: .header(), .oddNumber(field: "uid")),
    .init(
      "a pipe", RawTar(.file("a"), edited(.file("p")) { $0.type = "6" }),
      at: .member("p", at: 512), .special(.fifo)),
    .init(
      "a padding",
      RawTar(RawTar.Entry(name: "a", content: [65], padding: 66)), at: .member("a", at: 513),
      .padding),
    .init(
      "a PAX record twice", RawTar(.pax("path=a", "path=b"), .file("c")), at: .header(),
      .repeatedRecord(keyword: "path")),
    .init(
      "a hard link with other permissions",
      RawTar(.file("a", mode: "0000755\0"), .hardLink("b", to: "a")), at: .member("b", at: 512),
      .hardLinkMetadata),
  ]

  @Test(arguments: odd)
  func `what is odd is told and read`(broken: Broken<Violation.Fault>) throws {
    let bundle = try Reads.read(broken.bytes)
    // Nothing else is wrong with most of them.
    #expect(bundle.violations.contains(Violation(broken.cause, at: broken.place)))
    #expect(!bundle.entries.isEmpty)
  }

  @Test func `the last of two PAX records counts`() throws {
    let bundle = try Reads.read(RawTar(.pax("path=a", "path=b"), .file("c")).complete)
    #expect(bundle.table == ["/b file 0644 0"])
  }

  @Test func `what is sorted and complete has no violations`() throws {
    let bundle = try Reads.read(
      RawTar(
        .directory("./"), .file("a-b"), .directory("a/"), .file("a/c"), .directory("a/d/"),
        .file("a/d/e"), .file("b")
      ).complete + [UInt8](repeating: 0, count: 8192))
    #expect(bundle.violations.isEmpty)
    #expect(bundle.table.count == 6)
  }

  @Test func `violations beyond the limit are counted`() throws {
    var archive = RawTar()
    for name in ["a", "b", "c", "d"] { archive.append(.file("/" + name)) }
    let bundle = try Reads.read(archive.complete) { $0.limits.violationCount = 3 }
    #expect(bundle.faults == [.absoluteName, .absoluteName, .absoluteName, .more(1)])
  }

  // MARK: Links

  static let links: [(String, String, Bool)] = [
    ("l", "/etc", false), ("l", "etc/passwd", false), ("l", "..", true), ("d/l", "../x", false),
    ("d/l", "../../x", true), ("d/l", "../d/../../x", true), ("l", "/../x", true),
    ("d/l", "e/../../x", false), ("l", "missing/../x", false), ("l", "missing/../../x", true),
    // Over another link: /to-root is the root, so its parent is above.
    ("d/l", "../to-root/../x", true), ("d/l", "../to-d/../x", false), ("l", "loop/../../x", false),
    ("d/l", "../to-d/e/../../..", true), ("l", "./././", false),
  ]

  @Test(arguments: links)
  func `a link leaves the root where a .. stands at the root`(
    name: String, text: String, leaves: Bool
  ) throws {
    let bundle = try Reads.read(
      RawTar(
        .directory("d/"), .directory("d/e/"), .link("to-root", to: "/"), .link("to-d", to: "d"),
        .link("loop", to: "loop"), .link(name, to: text)
      ).complete)
    let isTold = bundle.violations.contains { $0.fault == .linkLeavesRoot(text: ByteString(text)) }
    #expect(isTold == leaves)
  }

  @Test func `a link that leaves the root leads into it`() throws {
    let bundle = try Reads.read(
      RawTar(.directory("etc/"), .file("etc/passwd", "ours"), .link("l", to: "../../etc/passwd"))
        .complete)
    var resolver = PathResolver(tree: bundle.tree)
    #expect(try resolver.resolve("/l").real == "/etc/passwd")
    #expect(try bundle.tree.linkText(of: "/l") == "../../etc/passwd")
  }
}
