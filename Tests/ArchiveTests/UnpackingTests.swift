import FileTree
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Archive

/// What reading leaves on the disk: one directory that nobody else can enter, and nothing when it is gone.
struct UnpackingTests {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
  }

  func read(_ archive: RawTar, _ edit: (inout ReadOptions) -> Void = { _ in }) throws -> ReadBundle
  {
    try scratch.write(archive.complete, to: "input")
    try FileManager.default.createDirectory(
      atPath: scratch.path + "/tmp", withIntermediateDirectories: true)
    return try Reads.read(scratch, "input") {
      $0.temporaryDirectory = FilePath(scratch.path + "/tmp")
      edit(&$0)
    }
  }

  var leftovers: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/tmp") }
  }

  @Test func `the content lies in a directory for its reader alone, as long as it is used`() throws
  {
    var bundle: ReadBundle? = try read(RawTar(.file("a", "text")))
    let directory = try #require(bundle?.directory)
    #expect(try leftovers.count == 1)
    let parent = directory.removingLastComponent()
    let status = try DirectoryTree(root: parent).status(of: .root)
    #expect(status.permissions == 0o700)
    #expect(directory.starts(with: FilePath(scratch.path + "/tmp")))
    // Either of them is enough.
    var tree = bundle?.tree
    bundle = nil
    #expect(try tree?.open("/a").size == 4)
    tree = nil
    #expect(try leftovers.isEmpty)
  }

  @Test(
    arguments: [
      RawTar(.file("a"), .file("../b")),
      RawTar(.directory("d/", mode: "0000000\0"), .file("d/a"), .file("x/../y")),
      RawTar(.file("a"), .link("l", to: "/"), .file("l/b")),
    ])
  func `nothing is left when an archive is refused`(archive: RawTar) throws {
    #expect(throws: ArchiveReadError.self) { try read(archive) }
    #expect(try leftovers.isEmpty)
    let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
    #expect(names.sorted() == ["input", "tmp"])
  }

  @Test func `an interruption ends it and leaves nothing`() throws {
    var archive = RawTar()
    for index in 0..<100 { archive.append(.file("\(index)", String(repeating: "x", count: 9000))) }
    var calls = 0
    #expect(throws: ArchiveReadError.interrupted(signal: 2)) {
      try read(archive) {
        $0.interruption = {
          calls += 1
          return calls > 3 ? 2 : nil
        }
      }
    }
    #expect(try leftovers.isEmpty)
  }

  @Test func `permissions are the archive's, and whoever reads can read it all`() throws {
    let bundle = try read(
      RawTar(
        .directory("d/", mode: "0000000\0"), .file("d/a", "text", mode: "0000000\0"),
        .file("d/b", mode: "0006711\0"), .directory("e/", mode: "0001777\0")))
    #expect(
      bundle.table == [
        "/d directory 0000", "/d/a file 0000 4", "/d/b file 6711 0", "/e directory 1777",
      ])
    let disk = DirectoryTree(root: bundle.directory)
    let permissions = try ["/", "/d", "/d/a", "/d/b", "/e"].map {
      try disk.status(of: RootPath(stringLiteral: $0)).permissions
    }
    #expect(permissions == [0o755, 0o700, 0o400, 0o711, 0o777])
    #expect(try bundle.text("/d/a") == "text")
  }

  @Test func `with the owners kept, the disk has all that the archive says`() throws {
    // Giving files away needs a privilege: a user who isn't root can't do what is asked for.
    var entry = RawTar.Entry.file("a", "text", mode: "0004755\0")
    entry.user = "0000007\0"
    entry.group = "0000010\0"
    var link = RawTar.Entry.link("l", to: "a")
    link.user = "0000011\0"
    let archive = RawTar(entry, .directory("d/", mode: "0001777\0"), link)
    guard getuid() == 0 else {
      #expect(throws: ArchiveReadError.unpacking("/a", .notPermitted)) {
        try read(archive) { $0.keepsOwners = true }
      }
      return
    }
    let bundle = try read(archive) { $0.keepsOwners = true }
    let disk = try ArchiveReader().entries(of: bundle.directory)
    #expect(disk.map(\.owner) == [.init(user: 7, group: 8), .root, .init(user: 9, group: 0)])
    #expect(disk.map(\.permissions) == [0o4755, 0o1777, 0o777])
  }

  @Test func `a temporary directory that can't be used is named`() throws {
    #expect(throws: ArchiveReadError.temporaryDirectory("/nowhere", .noSuchFileOrDirectory)) {
      try read(RawTar(.file("a"))) { $0.temporaryDirectory = "/nowhere" }
    }
  }

  @Test func `a deep tree is unpacked and read`() throws {
    let deep = (0..<200).map { "d\($0)" }.joined(separator: "/")
    let bundle = try read(
      RawTar(.pax("path=\(deep)/a"), .file("a", "x"), .pax("path=\(deep)/b"), .file("b", "y")))
    #expect(try bundle.text(RootPath(stringLiteral: "/\(deep)/b")) == "y")
    #expect(bundle.entries.count == 202)
  }

  // MARK: Inputs

  @Test func `what isn't an archive is told by its beginning`() throws {
    let samples: [([UInt8], ForeignFormat?)] = [
      ([], .empty), (Array("PK\u{3}\u{4}rest".utf8), .zip), ([0x7F] + Array("ELF".utf8), .elf),
      ([0xFD] + Array("7zXZ\0".utf8), .xz), (Array("BZh91AY".utf8), .bzip2),
      (Array("070707000000".utf8), .oldCpio), (Array("!<arch>\n".utf8), .ar),
      (Array("text".utf8), nil), ([UInt8](repeating: 0, count: 511), nil),
    ]
    for (bytes, format) in samples {
      try scratch.write(bytes, to: "x")
      let path = FilePath(scratch.path + "/x")
      #expect(throws: ArchiveReadError.unknownFormat(path, format)) {
        try ArchiveReader().read(path)
      }
      // Inside of a compression, too.
      let packed = try CompressionTests.compressed(bytes, "gzip -c")
      try scratch.write(packed, to: "x")
      #expect(throws: ArchiveReadError.unknownFormat(path, format)) {
        try ArchiveReader().read(path)
      }
    }
  }

  @Test func `what can't be opened is told`() throws {
    let path = FilePath(scratch.path + "/none")
    #expect(throws: ArchiveReadError.input(path, .noSuchFileOrDirectory)) {
      try ArchiveReader().read(path)
    }
    #expect(throws: ArchiveReadError.inputKind("/dev/zero", .characterDevice)) {
      try ArchiveReader().read("/dev/zero")
    }
  }
}
