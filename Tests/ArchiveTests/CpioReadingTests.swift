import FileTree
import Foundation
import TestSupport
import Testing

@testable import Archive

/// What is read of an initramfs, and what is refused.
struct CpioReadingTests {
  typealias Entry = RawCpio.Entry

  @Test func `a tree is read with its contents`() throws {
    let bundle = try Reads.read(
      RawCpio(
        Entry(name: ".", mode: 0o040755), Entry(name: "bin", mode: 0o040755, links: 2),
        Entry(name: "bin/a", mode: 0o104755, content: Array("content".utf8)),
        Entry(name: "c", mode: 0o120777, content: Array("bin/a".utf8))
      ).complete)
    #expect(bundle.table == ["/bin directory 0755", "/bin/a file 4755 7", "/c link bin/a"])
    #expect(bundle.format == ArchiveFormat(kind: .cpio) && bundle.violations.isEmpty)
    #expect(try bundle.text("/bin/a") == "content")
  }

  @Test(arguments: [0, 1, 2])
  func `the content of a file stands with any of its names`(position: Int) throws {
    var archive = RawCpio()
    for (index, name) in ["a", "b", "c"].enumerated() {
      archive.append(
        Entry(
          name: name, mode: 0o100444, content: index == position ? Array("text".utf8) : [],
          inode: 7, links: 3))
    }
    archive.append(Entry(name: "d", inode: 8, links: 2))
    let bundle = try Reads.read(archive.complete)
    #expect(
      bundle.table == [
        "/a file 0444 4", "/b hardlink /a", "/c hardlink /a", "/d file 0644 0",
      ])
    #expect(try bundle.text("/a") == "text")
    #expect(bundle.entries[1].content?.digest == ContentDigest(of: Array("text".utf8)))
  }

  @Test func `a sum of the content is checked where there is one`() throws {
    var entry = Entry(name: "a", content: [1, 2, 255], magic: "070702", checksum: 258)
    #expect(try Reads.read(RawCpio(entry).complete).entries.count == 1)
    entry.checksum = 257
    #expect(throws: ArchiveReadError.damaged(.member("a"), .checksum)) {
      try Reads.read(RawCpio(entry).complete)
    }
  }

  @Test func `devices, pipes and sockets are told, as the kernel makes them`() throws {
    let bundle = try Reads.read(
      RawCpio(
        Entry(name: "c", mode: 0o020666, device: (1, 3)),
        Entry(name: "d", mode: 0o060660, device: (8, 0)), Entry(name: "p", mode: 0o010600),
        Entry(name: "s", mode: 0o140755)
      ).complete)
    #expect(
      bundle.table == [
        "/c character device 0666 1:3", "/d block device 0660 8:0", "/p FIFO 0600",
        "/s socket 0755",
      ])
    #expect(
      bundle.faults == [
        .special(.characterDevice), .special(.blockDevice), .special(.fifo), .special(.socket),
      ])
    #expect(try bundle.tree.names(in: .root).isEmpty)
  }

  static let refused: [Broken<ArchiveReadError.Refusal>] = [
    .init("a name above", RawCpio(Entry(name: "../a")).complete, at: .member("../a"), .traversal),
    .init(
      "a file below a link",
      RawCpio(
        Entry(name: "l", mode: 0o120777, content: Array("/etc".utf8)), Entry(name: "l/a")
      ).complete, at: .member("l/a", at: 116), .belowLink("/l")),
    .init(
      "a file twice", RawCpio(Entry(name: "a"), Entry(name: "a")).complete,
      at: .member("a", at: 112), .duplicate),
    .init(
      "a directory with other permissions",
      RawCpio(Entry(name: "d", mode: 0o040755), Entry(name: "d", mode: 0o040700)).complete,
      at: .member("d", at: 112), .duplicate),
    .init(
      "a device with content", RawCpio(Entry(name: "d", mode: 0o020666, content: [65])).complete,
      at: .member("d"), .strayContent(1)),
    .init(
      "a directory with content",
      RawCpio(Entry(name: "d", mode: 0o040755, content: [65])).complete, at: .member("d"),
      .strayContent(1)),
    .init(
      "a content twice",
      RawCpio(
        Entry(name: "a", content: [65], links: 2), Entry(name: "b", content: [65], links: 2)
      ).complete, at: .member("b", at: 116), .contentTwice),
    .init(
      "a link to nothing", RawCpio(Entry(name: "l", mode: 0o120777)).complete, at: .member("l"),
      .linkText),
  ]

  @Test(arguments: refused)
  func `what no bundle has is refused`(broken: Broken<ArchiveReadError.Refusal>) {
    #expect(throws: ArchiveReadError.refused(broken.place, broken.cause)) {
      try Reads.read(broken.bytes)
    }
  }

  static let damaged: [Broken<ArchiveReadError.Damage>] = [
    .init(
      "a content longer than the file", RawCpio(Entry(name: "a", size: 5000)).complete,
      at: .member("a"), .truncated),
    .init(
      "a name longer than the file", RawCpio(Entry(name: "a", nameSize: 4000)).bytes,
      at: .header(), .truncated),
    .init(
      "a name without an end", RawCpio(Entry(name: "abc", nameSize: 2)).complete, at: .header(),
      .header),
    .init("no name", RawCpio(Entry(name: "a", nameSize: 0)).complete, at: .header(), .header),
    .init(
      "a NUL in a name", RawCpio(Entry(name: "a\0b")).complete, at: .header(), .header),
    .init(
      "a file of no type", RawCpio(Entry(name: "a", mode: 0o644)).complete, at: .member("a"),
      .header),
    .init(
      "no header", RawCpio(Entry(name: "a")).bytes + [UInt8](repeating: 65, count: 112),
      at: .header(at: 112), .header),
    .init(
      "digits that are none",
      Array(
        String(decoding: RawCpio(Entry(name: "a")).complete, as: UTF8.self)
          .replacing("000081a4", with: "0000x1a4").utf8), at: .header(), .header),
    .init(
      "half a header", Array(RawCpio(Entry(name: "a")).bytes.prefix(109)), at: .header(),
      .truncated),
    .init(
      "half a link", RawCpio(Entry(name: "l", mode: 0o120777, size: 9)).bytes, at: .member("l"),
      .truncated),
  ]

  @Test(arguments: damaged)
  func `damage is told with its place`(broken: Broken<ArchiveReadError.Damage>) {
    #expect(throws: ArchiveReadError.damaged(broken.place, broken.cause)) {
      try Reads.read(broken.bytes)
    }
  }

  static let odd: [Broken<Violation.Fault>] = [
    .init("no trailer", RawCpio(Entry(name: "a")).bytes, at: .header(at: 112), .missingTrailer),
    .init(
      "an archive behind the trailer",
      RawCpio(Entry(name: "a")).complete + RawCpio(Entry(name: "b")).complete,
      at: .header(at: 236), .bytesBehindEnd),
    .init(
      "a padding", RawCpio(Entry(name: "a", content: [65], padding: 66)).complete,
      at: .member("a", at: 113), .padding),
    .init(
      "no order", RawCpio(Entry(name: "b"), Entry(name: "a")).complete,
      at: .member("a", at: 112), .unsorted(after: "/b")),
    .init(
      "an absolute name", RawCpio(Entry(name: "/a")).complete, at: .member("/a"), .absoluteName),
  ]

  @Test(arguments: odd)
  func `what is odd is told and read`(broken: Broken<Violation.Fault>) throws {
    let bundle = try Reads.read(broken.bytes)
    #expect(bundle.violations == [Violation(broken.cause, at: broken.place)])
    #expect(bundle.entries.first?.path == "/a")
  }
}
