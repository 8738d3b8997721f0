import FileTree
import TestSupport
import Testing

@testable import Archive

/// Archives that lie, lead out of the root, or that readers take differently: each is refused, and the place
/// where it happens is told.
struct HostileTarTests {
  static let file = RawTar.Entry.file("a", "text")

  static func edited(_ edit: (inout RawTar.Entry) -> Void) -> RawTar {
    var entry = file
    edit(&entry)
    return RawTar(entry)
  }

  // MARK: Where things would end up

  static let escapes: [Broken<ArchiveReadError.Refusal>] = [
    .init("a name above", RawTar(.file("../a")), at: .member("../a"), .traversal),
    .init(
      "a name that goes down and up", RawTar(.file("a/../../b")), at: .member("a/../../b"),
      .traversal),
    .init("a name that stays inside", RawTar(.file("a/..")), at: .member("a/.."), .traversal),
    .init("a directory above", RawTar(.directory("../")), at: .member("../"), .traversal),
    .init(
      "an absolute name above", RawTar(.file("/../etc/passwd")), at: .member("/../etc/passwd"),
      .traversal),
    .init(
      "a PAX name", RawTar(.pax("path=x/../../y"), .file("x")), at: .member("x/../../y", at: 1024),
      .traversal),
    .init(
      "a GNU name", RawTar(.longName("../up"), .file("x")), at: .member("../up", at: 1024),
      .traversal),
    .init(
      "a file below a link", RawTar(.link("l", to: "/etc"), .file("l/passwd")),
      at: .member("l/passwd", at: 512), .belowLink("/l")),
    .init(
      "a directory below a link",
      RawTar(.directory("d/"), .link("d/l", to: ".."), .directory("d/l/x/")),
      at: .member("d/l/x/", at: 1024), .belowLink("/d/l")),
    .init(
      "a file below a file", RawTar(file, .file("a/b")), at: .member("a/b", at: 1024),
      .belowFile("/a")),
    .init(
      "a hard link to a later file", RawTar(.hardLink("b", to: "a"), file), at: .member("b"),
      .hardLinkTarget("a")),
    .init(
      "a hard link above", RawTar(.hardLink("b", to: "../a")), at: .member("b"), .traversal),
    .init(
      "a hard link to the host's file", RawTar(.hardLink("b", to: "/etc/passwd")),
      at: .member("b"), .hardLinkTarget("/etc/passwd")),
    .init(
      "a hard link over a link", RawTar(.link("l", to: "/etc"), .hardLink("b", to: "l/passwd")),
      at: .member("b", at: 512), .hardLinkTarget("l/passwd")),
    .init(
      "a hard link to a directory", RawTar(.directory("d/"), .hardLink("b", to: "d")),
      at: .member("b", at: 512), .hardLinkTarget("d")),
    .init(
      "a hard link to itself", RawTar(.hardLink("b", to: "b")), at: .member("b"),
      .hardLinkTarget("b")),
    .init("a file as the root", RawTar(.file(".", "x")), at: .member("."), .root),
    .init("a link as the root", RawTar(.link("/", to: "x")), at: .member("/"), .root),
  ]

  @Test(arguments: escapes)
  func `nothing gets out of the root or below a link`(
    broken: Broken<ArchiveReadError.Refusal>
  ) {
    #expect(throws: ArchiveReadError.refused(broken.place, broken.cause)) {
      try Reads.read(broken.bytes)
    }
  }

  // MARK: What is there

  @Test(
    arguments: [
      ("3", .whiteoutDevice), ("V", .unknownType(0x56)), ("M", .unknownType(0x4D)),
      ("D", .unknownType(0x44)), ("\u{1}", .unknownType(1)),
    ] as [(Character, ArchiveReadError.Refusal)])
  func `what hides files and unknown types are refused`(
    type: Character, refusal: ArchiveReadError.Refusal
  ) {
    let archive = RawTar(RawTar.Entry(name: "x", type: type))
    #expect(throws: ArchiveReadError.refused(.member("x"), refusal)) {
      try Reads.read(archive.complete)
    }
  }

  static let ambiguous: [Broken<ArchiveReadError.Refusal>] = [
    .init(
      "a file of two names twice", RawTar(file, .hardLink("b", to: "a"), file),
      at: .member("a", at: 1536), .duplicate),
    .init(
      "a file over a link", RawTar(.link("a", to: "b"), file), at: .member("a", at: 512),
      .duplicate),
    .init(
      "a directory over a file", RawTar(file, .directory("a/")), at: .member("a/", at: 1024),
      .duplicate),
    .init(
      "a link over a directory", RawTar(.directory("a//"), .link("a", to: "b")),
      at: .member("a", at: 512), .duplicate),
    .init(
      "a directory over a link", RawTar(.link("a", to: "b"), .directory("a/")),
      at: .member("a/", at: 512), .duplicate),
    .init(
      "a hard link over its target", RawTar(file, .hardLink("a", to: "a")),
      at: .member("a", at: 1024), .hardLinkTarget("a")),
    .init(
      "a sparse file in PAX", RawTar(.pax("GNU.sparse.major=1"), file),
      at: .member("a", at: 1024), .sparse),
    .init(
      "a PAX and a GNU name", RawTar(.pax("path=b"), .longName("c"), file),
      at: .header(at: 2048), .twoHeaders),
    .init(
      "two PAX headers", RawTar(.pax("path=b"), .pax("path=c"), file), at: .header(at: 1024),
      .twoHeaders),
    .init(
      "two GNU names", RawTar(.longName("b"), .longName("c"), file), at: .header(at: 1024),
      .twoHeaders),
    .init(
      "a name for all entries", RawTar(.pax("path=b", type: "g"), file), at: .header(),
      .globalRecord(keyword: "path")),
    .init(
      "a size for all entries", RawTar(.pax("size=1", type: "g"), file), at: .header(),
      .globalRecord(keyword: "size")),
    .init(
      "a link with a PAX size", RawTar(.pax("size=512"), .link("l", to: "x")),
      at: .member("l", at: 1024), .strayContent(512)),
    .init(
      "a file whose name is a directory's", RawTar(.file("d/", "x")), at: .member("d/"),
      .trailingSlash),
    .init(
      "a prefix where GNU tar has none",
      edited { ($0.magic, $0.prefix) = ("ustar  \0", "d") }, at: .header(), .prefix),
    .init("a link to nothing", RawTar(.link("l", to: "")), at: .member("l"), .linkText),
    .init(
      "a link with a NUL", RawTar(.pax("linkpath=a\0b"), .link("l", to: "x")),
      at: .member("l", at: 1024), .linkText),
    .init(
      "a name with a NUL", RawTar(.pax("path=a\0b"), file), at: .member("a\0b", at: 1024), .name),
    .init("no name", RawTar(.file("")), at: .member(""), .name),
    .init(
      "a name of 256 bytes", RawTar(.longName(String(repeating: "n", count: 256)), file),
      at: .member(ByteString(String(repeating: "n", count: 256)), at: 1024), .name),
  ]

  @Test(arguments: ambiguous)
  func `what readers take differently is refused`(broken: Broken<ArchiveReadError.Refusal>) {
    #expect(throws: ArchiveReadError.refused(broken.place, broken.cause)) {
      try Reads.read(broken.bytes)
    }
  }

  // MARK: Damage

  static let damaged: [Broken<ArchiveReadError.Damage>] = [
    .init(
      "a member longer than the file", edited { $0.size = Array("00000010000\0".utf8) }.bytes,
      at: .member("a"), .truncated),
    .init(
      "a PAX size longer than the file", RawTar(.pax("size=100000000000"), file),
      at: .member("a", at: 1024), .truncated),
    .init("no content", Array(RawTar(file).bytes.dropLast(512)), at: .member("a"), .truncated),
    .init("no padding", Array(RawTar(file).bytes.dropLast(1)), at: .member("a"), .truncated),
    .init("half a header", RawTar(file).bytes + [65], at: .header(at: 1024), .truncated),
    .init(
      "a PAX header without an entry", RawTar(.pax("path=b")), at: .header(at: 1024), .truncated),
    .init(
      "a GNU name without an entry", RawTar(.longName("b")).bytes, at: .header(at: 1024),
      .truncated),
    .init(
      "a wrong checksum", RawTar(file).bytes + edited { $0.checksum = "001234\0 " }.complete,
      at: .header(at: 1024), .checksum),
    .init(
      "no header", RawTar(file).bytes + [UInt8](repeating: 0x41, count: 512),
      at: .header(at: 1024), .checksum),
    .init(
      "a directory with content", RawTar(RawTar.Entry(name: "d/", type: "5", content: [65])),
      at: .header(at: 512), .checksum),
    .init(
      "a link with content", RawTar(RawTar.Entry(name: "l", type: "2", content: [65], link: "x")),
      at: .header(at: 512), .checksum),
    .init(
      "a hard link with content",
      RawTar(file, RawTar.Entry(name: "h", type: "1", content: [65], link: "a")),
      at: .header(at: 1536), .checksum),
    .init(
      "a mode of other digits", edited { $0.mode = "9000644\0" }, at: .header(),
      .number(field: "mode")),
    .init(
      "a user of letters", edited { $0.user = "07x\0" }, at: .header(), .number(field: "uid")),
    .init(
      "a group of two numbers", edited { $0.group = "1 7\0" }, at: .header(),
      .number(field: "gid")),
    .init(
      "a negative size", edited { $0.size = [UInt8](repeating: 0xFF, count: 12) }, at: .header(),
      .number(field: "size")),
    .init(
      "a size of more than 64 bits",
      edited { $0.size = [0x80, 1] + [UInt8](repeating: 0, count: 10) }, at: .header(),
      .number(field: "size")),
    .init(
      "a PAX size of letters", RawTar(.pax("size=12x"), file), at: .header(),
      .number(field: "size")),
    .init(
      "a negative PAX size", RawTar(.pax("size=-1"), file), at: .header(),
      .number(field: "size")),
    .init(
      "a PAX size of more than 64 bits", RawTar(.pax("size=99999999999999999999999"), file),
      at: .header(), .number(field: "size")),
    .init(
      "a PAX size of 64 bits", RawTar(.pax("size=18446744073709551615"), file),
      at: .member("a", at: 1024), .number(field: "size")),
    .init(
      "a PAX user of more than 32 bits", RawTar(.pax("uid=4294967296"), file), at: .header(),
      .number(field: "uid")),
    .init(
      "a PAX time of access of letters", RawTar(.pax("atime=x"), file), at: .header(),
      .number(field: "atime")),
    .init(
      "a device of letters", edited { $0.device = "x" }, at: .header(),
      .number(field: "devmajor")),
    .init(
      "a PAX time of letters", RawTar(.pax("mtime=1.x"), file), at: .header(),
      .number(field: "mtime")),
    .init(
      "an attribute without a name", RawTar(.pax("SCHILY.xattr.=x"), file), at: .header(),
      .record),
  ]

  @Test(arguments: damaged)
  func `damage is told with its place`(broken: Broken<ArchiveReadError.Damage>) {
    #expect(throws: ArchiveReadError.damaged(broken.place, broken.cause)) {
      try Reads.read(broken.bytes)
    }
  }

  @Test(
    arguments: [
      "5 a=", "99 path=b\n", "0 path=b\n", "path=b\n", "9 pathxb\n\n", "8 path=b\n",
      "-9 path=b\n", "9 =athxb\n", "99999999999999999999 path=b\n", " ", "\0",
    ])
  func `damaged PAX records are refused`(content: String) {
    let archive = RawTar(
      RawTar.Entry(name: "PaxHeader", type: "x", content: Array(content.utf8)), Self.file)
    #expect(throws: ArchiveReadError.damaged(.header(), .record)) {
      try Reads.read(archive.complete)
    }
  }

  // MARK: Limits

  static let oversized: [Broken<(kind: ReadLimits.Kind, limit: UInt64)>] = [
    .init(
      "a file", RawTar(.file("a", String(repeating: "x", count: 9000))), at: .header(),
      (.contentSize, 8192)),
    .init(
      "a third entry", RawTar(.file("a"), .file("b"), .file("c")), at: .member("c", at: 1024),
      (.entryCount, 2)),
    .init(
      "directories without an entry", RawTar(.file("a/b/c/d")), at: .member("a/b/c/d"),
      (.entryCount, 3)),
    .init(
      "a link's text", RawTar(.file("abcdef"), .link("l", to: "text")),
      at: .member("l", at: 512), (.metadataSize, 10)),
    .init(
      "an attribute", RawTar(.pax("SCHILY.xattr.user.a=0123456789"), file),
      at: .member("a", at: 1024), (.metadataSize, 10)),
    .init("a name", RawTar(.file("abcdef")), at: .member("abcdef"), (.nameLength, 5)),
    .init("a depth", RawTar(.file("a/b/c")), at: .member("a/b/c"), (.depth, 2)),
    .init(
      "a PAX header", RawTar(.pax("comment=" + String(repeating: "x", count: 600)), file),
      at: .header(), (.headerSize, 512)),
    .init(
      "a GNU name", RawTar(.longName(String(repeating: "x", count: 600)), file), at: .header(),
      (.headerSize, 512)),
  ]

  @Test(arguments: oversized)
  func `nothing is taken beyond a limit`(
    broken: Broken<(kind: ReadLimits.Kind, limit: UInt64)>
  ) {
    let (kind, limit) = broken.cause
    #expect(throws: ArchiveReadError.beyondLimit(broken.place, kind, limit)) {
      try Reads.read(broken.bytes) { $0.limits.set(kind, to: limit) }
    }
  }
}

extension ReadLimits {
  mutating func set(_ kind: Kind, to value: UInt64) {
    switch kind {
    case .contentSize: contentSize = value
    case .compressionRatio: compressionRatio = value
    case .compressionWindow: compressionWindow = Int32(value.trailingZeroBitCount)
    case .entryCount: entryCount = value
    case .metadataSize: metadataSize = value
    case .nameLength: nameLength = value
    case .depth: depth = value
    case .headerSize: headerSize = value
    case .documentSize: documentSize = value
    case .layerCount: layerCount = value
    }
  }
}
