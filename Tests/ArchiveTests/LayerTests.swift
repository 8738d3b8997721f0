import FileTree
import TestSupport
import Testing

@testable import Archive

/// How layers lie over each other (OCI image-spec, layer.md).
struct LayerTests {
  static func read(_ layers: RawTar...) throws -> ReadBundle {
    var image = RawImage()
    image.layers = layers
    return try Reads.read(image.archive())
  }

  static let lower = RawTar(
    .directory("d/"), .file("d/a", "a"), .directory("d/e/"), .file("d/e/b", "b"), .file("f", "f"))

  /// What stands over ``lower``, and what is left of it all.
  static let cases: [(String, RawTar, [String])] = [
    (
      "a file", RawTar(.file("f", "ff")),
      ["/d", "/d/a", "/d/e", "/d/e/b", "/f 2"]
    ),
    ("a whiteout of a file", RawTar(.file(".wh.f")), ["/d", "/d/a", "/d/e", "/d/e/b"]),
    ("a whiteout of a directory", RawTar(.file(".wh.d")), ["/f 1"]),
    (
      "a whiteout in a directory", RawTar(.directory("d/"), .file("d/.wh.e")),
      ["/d", "/d/a", "/f 1"]
    ),
    (
      "an opaque directory", RawTar(.directory("d/"), .file("d/.wh..wh..opq")), ["/d", "/f 1"]
    ),
    (
      "an opaque directory before its content",
      RawTar(.directory("d/"), .file("d/.wh..wh..opq"), .file("d/new")), ["/d", "/d/new", "/f 1"]
    ),
    (
      "an opaque directory behind its content",
      RawTar(.directory("d/"), .directory("d/e/"), .file("d/e/new"), .file("d/.wh..wh..opq")),
      ["/d", "/d/e", "/d/e/new", "/f 1"]
    ),
    ("an opaque root", RawTar(.file(".wh..wh..opq"), .file("g")), ["/g"]),
    (
      "a whiteout and a new file", RawTar(.file(".wh.f"), .file("f", "ff")),
      ["/d", "/d/a", "/d/e", "/d/e/b", "/f 2"]
    ),
    (
      "a whiteout behind a new directory",
      RawTar(.directory("d/"), .file("d/new"), .file(".wh.d")), ["/d", "/d/new", "/f 1"]
    ),
    (
      "a whiteout behind a new file", RawTar(.file("f", "ff"), .file(".wh.f")),
      ["/d", "/d/a", "/d/e", "/d/e/b", "/f 2"]
    ),
    (
      "a directory that is made anew",
      RawTar(.file(".wh.d"), .directory("d/"), .file("d/new")), ["/d", "/d/new", "/f 1"]
    ),
    (
      "a file below a link of the same layer",
      RawTar(.directory("n/"), .link("l", to: "/n/../n"), .file("l/x")),
      ["/d", "/d/a", "/d/e", "/d/e/b", "/f 1", "/l", "/n", "/n/x"]
    ),
    ("a file over a directory", RawTar(.file("d", "ddd")), ["/d 3", "/f 1"]),
    (
      "a directory over a file", RawTar(.directory("f/"), .file("f/x")),
      ["/d", "/d/a", "/d/e", "/d/e/b", "/f", "/f/x"]
    ),
    ("a link over a directory", RawTar(.link("d", to: "f")), ["/d", "/f 1"]),
    (
      "what union file systems left",
      RawTar(.file(".wh..wh.aufs"), .directory(".wh..wh.plnk/"), .file(".wh..wh.plnk/1.2")),
      ["/d", "/d/a", "/d/e", "/d/e/b", "/f 1"]
    ),
  ]

  @Test(arguments: cases)
  func `a layer adds, replaces and hides`(name: String, upper: RawTar, paths: [String]) throws {
    let bundle = try Self.read(Self.lower, upper)
    let found = bundle.entries.map { entry in
      // Of files at the top, their size tells which layer they are of.
      entry.path.parent.isRoot && entry.content.map { $0.size > 0 } == true
        ? "\(entry.path) \(entry.content?.size ?? 0)" : entry.path.description
    }
    #expect(found == paths)
    // The disk holds the same.
    let disk = try ArchiveReader().entries(of: bundle.directory)
    #expect(disk.map(\.path) == bundle.entries.map(\.path))
    #expect(disk.map(\.content) == bundle.entries.map(\.content))
  }

  @Test func `a directory takes what the upper layer says of it`() throws {
    let bundle = try Self.read(Self.lower, RawTar(.directory("d/", mode: "0001777\0")))
    #expect(bundle.table.first == "/d directory 1777")
    #expect(bundle.entries[0].layer == 1 && bundle.violations.isEmpty)
  }

  @Test func `in an archive that is no layer a whiteout is a file`() throws {
    let bundle = try Reads.read(RawTar(.file(".wh.f", "x"), .file("f")).complete)
    #expect(bundle.table == ["/.wh.f file 0644 1", "/f file 0644 0"])
  }

  static let odd: [(String, RawTar, [Violation.Fault])] = [
    ("a whiteout of nothing", RawTar(.file(".wh.x")), [.whiteoutOfNothing]),
    ("a whiteout in nothing", RawTar(.file("x/.wh.y")), [.whiteoutOfNothing]),
    ("an opaque directory of nothing", RawTar(.file("x/.wh..wh..opq")), [.whiteoutOfNothing]),
    ("a link over a directory", RawTar(.link("d", to: "f")), [.replacesDirectory]),
    ("a file over a directory", RawTar(.file("d")), [.replacesDirectory]),
    ("a hard link to a lower layer", RawTar(.hardLink("g", to: "f")), [.hardLinkToLowerLayer]),
    ("a whiteout before a file", RawTar(.file(".wh.f"), .file("f")), []),
    (
      "a whiteout behind a file", RawTar(.file("f"), .file(".wh.f")),
      [.whiteoutBehind]
    ),
    ("a whiteout behind a new file", RawTar(.file("g"), .file(".wh.g")), [.whiteoutBehind]),
    (
      "a whiteout behind a hard link", RawTar(.file("g"), .hardLink("f", to: "g"), .file(".wh.f")),
      [.whiteoutBehind]
    ),
    (
      "a whiteout behind what lies below it", RawTar(.file("d/new"), .file(".wh.d")),
      [.whiteoutBehind]
    ),
    (
      "a whiteout behind one below it", RawTar(.file("d/e/.wh.b"), .file(".wh.d")),
      [.whiteoutBehind]
    ),
    (
      "a directory made anew", RawTar(.file(".wh.d"), .directory("d/"), .file("d/x")),
      [.renewedDirectory]
    ),
    ("a file made a directory", RawTar(.file(".wh.f"), .directory("f/"), .file("f/x")), []),
    (
      "a file below a whiteout", RawTar(.file(".wh.d"), .file("d/x")),
      [.belowWhiteout, .missingParent]
    ),
    ("an opaque root", RawTar(.file(".wh..wh..opq")), [.opaqueRoot]),
    ("no end", RawTar(.file("f")), []),
    ("a global header", RawTar(.pax("comment=x", type: "g"), .file("f")), [.globalHeader]),
  ]

  @Test(arguments: odd)
  func `what engines do differently is told`(
    name: String, upper: RawTar, faults: [Violation.Fault]
  ) throws {
    // Order isn't what this is about.
    let found = try Self.read(Self.lower, upper).faults.filter {
      if case .unsorted = $0 { false } else { true }
    }
    #expect(found == faults)
  }

  /// What stands over ``lower``, and why no engine or not all of them take it.
  static let refused: [(String, RawTar, ArchiveReadError.Refusal)] = [
    ("a file twice", RawTar(.file("g"), .file("g")), .duplicate),
    ("a directory twice", RawTar(.directory("d/"), .directory("d/")), .duplicate),
    ("the root twice", RawTar(.directory("./"), .directory("./")), .duplicate),
    ("a whiteout twice", RawTar(.file(".wh.f"), .file(".wh.f")), .duplicate),
    ("a mark twice", RawTar(.file("d/.wh..wh..opq"), .file("d/.wh..wh..opq")), .duplicate),
    ("a whiteout of no name", RawTar(.file("d/.wh.")), .name),
    ("a whiteout of the directory", RawTar(.file("d/.wh..")), .name),
    ("a whiteout of the parent", RawTar(.file("d/.wh...")), .name),
    ("a mark in a file", RawTar(.file("f/.wh..wh..opq")), .belowFile("/f")),
    ("a whiteout in a file", RawTar(.file("f/.wh.x")), .belowFile("/f")),
    (
      "a link that leads to a lower layer", RawTar(.link("l", to: "d"), .file("l/x")),
      .belowLink("/l")
    ),
    ("a link that leads nowhere", RawTar(.link("l", to: "x"), .file("l/x")), .belowLink("/l")),
    ("a link to itself", RawTar(.link("l", to: "l"), .file("l/x")), .belowLink("/l")),
    (
      "a file in GNU tar's older form for holes", RawTar(RawTar.Entry(name: "s", type: "S")),
      .sparse
    ),
    (
      "a file for contiguous ones", RawTar(RawTar.Entry(name: "s", type: "7")),
      .unknownType(0x37)
    ),
  ]

  @Test(arguments: refused)
  func `what not all engines take is refused`(
    name: String, upper: RawTar, refusal: ArchiveReadError.Refusal
  ) {
    let error = #expect(throws: ArchiveReadError.self) { try Self.read(Self.lower, upper) }
    guard case .refused(_, refusal) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  /// The end of a layer of one file, and whether engines read the layer.
  static let ends: [(String, [UInt8], Bool)] = [
    ("no mark", [], true), ("half a mark", [UInt8](repeating: 0, count: 512), true),
    ("something behind", [UInt8](repeating: 0, count: 1024) + [65], true),
    (
      "a file behind half a mark",
      [UInt8](repeating: 0, count: 512) + RawTar(.file("g")).complete, false
    ),
  ]

  @Test(arguments: ends)
  func `a layer ends as engines let it`(name: String, end: [UInt8], isRead: Bool) throws {
    for padding in [0, 511] where padding == 0 || end.isEmpty {
      let layer = Array(RawTar(.file("a", "x")).bytes.dropLast(padding)) + end
      let files = try RawImage.files(ofLayer: layer)
      if isRead {
        #expect(try Reads.read(RawImage.archive(of: files)).table == ["/a file 0644 1"])
      } else {
        #expect(throws: ArchiveReadError.self) { try Reads.read(RawImage.archive(of: files)) }
      }
    }
  }

  @Test func `a directory over a link is told`() throws {
    let bundle = try Self.read(
      RawTar(.link("lib", to: "usr/lib"), .directory("usr/"), .directory("usr/lib/")),
      RawTar(.directory("lib/"), .file("lib/a")))
    #expect(bundle.faults == [.replacesLink])
    #expect(bundle.table.prefix(2) == ["/lib directory 0755", "/lib/a file 0644 0"])
  }

  @Test func `a layer may hide a pipe, and put another thing in its place`() throws {
    let pipes = RawTar(
      RawTar.Entry(name: "p", type: "6"), RawTar.Entry(name: "q", type: "6"))
    let bundle = try Self.read(pipes, RawTar(.file(".wh.p"), .file("q", "text")))
    #expect(bundle.table == ["/q file 0644 4"])
    #expect(bundle.faults == [.special(.fifo), .special(.fifo)])
  }

  @Test func `nothing lies below a lower layer's link`() {
    let error = ArchiveReadError.refused(
      ArchivePlace(
        file: RootPath(
          stringLiteral: "/blobs/sha256/"
            + ContentDigest(of: RawTar(.file("lib/a")).complete).hexadecimal),
        offset: 0, name: "lib/a"), .belowLink("/lib"))
    #expect(throws: error) {
      try Self.read(RawTar(.link("lib", to: "/etc")), RawTar(.file("lib/a")))
    }
  }

  @Test func `a hard link to what it replaces is refused`() {
    #expect(throws: ArchiveReadError.self) {
      try Self.read(Self.lower, RawTar(.hardLink("f", to: "f")))
    }
    #expect(throws: ArchiveReadError.self) {
      try Self.read(Self.lower, RawTar(.hardLink("d", to: "d/a")))
    }
  }

  @Test func `names of one file stay one file when one is replaced`() throws {
    let bundle = try Self.read(
      RawTar(.file("a", "one"), .hardLink("b", to: "a"), .hardLink("c", to: "a")),
      RawTar(.file(".wh.a"), .file("b", "new")))
    #expect(bundle.table == ["/b file 0644 3", "/c file 0644 3"])
    #expect(try bundle.text("/b") == "new" && bundle.text("/c") == "one")
  }
}
