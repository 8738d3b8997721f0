import FileTree
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Archive

/// A directory is read where it is, as its archive would be.
struct DirectoryReadingTests {
  @Test func `a directory gives what GNU tar's archive of it gives`() throws {
    let scratch = try TemporaryDirectory()
    try Shell.bash(
      """
      mkdir -p root/d/e root/a-b; cd root
      echo text > d/file; ln d/file a-name; ln d/file d/e/name; ln -s ../d/file a-b/link
      chmod 4711 d/file; chmod 1777 a-b; chmod 700 d/e; touch -d @1234567890.5 d/file
      touch -d @-5.5 d/e; head -c 300000 /dev/urandom > large
      setfattr -n user.note -v text large
      tar --format=pax --xattrs --xattrs-include='user.*' --sort=name -cf ../root.tar *
      """, in: scratch.url)
    let directory = try Reads.read(scratch, "root")
    let archive = try Reads.read(scratch, "root.tar")
    #expect(directory.entries == archive.entries)
    #expect(directory.entries.count == 8)
    #expect(directory.entries.last?.attributes.map(\.name) == ["user.note"])
    #expect(
      directory.entries.first { $0.path == "/d/e" }?.modificationTime == -6)
    #expect(directory.format == ArchiveFormat(kind: .directory) && directory.violations.isEmpty)
    #expect(directory.directory == FilePath(scratch.path + "/root"))
  }

  @Test func `nothing is written to a directory that can't be written to`() throws {
    let scratch = try TemporaryDirectory()
    try Shell.bash("mkdir root; echo a > root/a; chmod 555 root", in: scratch.url)
    let before = try scratch.tree.status(of: "/root")
    let bundle = try Reads.read(scratch, "root")
    #expect(bundle.table == ["/a file 0644 2"])
    #expect(try scratch.tree.status(of: "/root") == before)
    try Shell.bash("chmod 755 root", in: scratch.url)
  }

  @Test(arguments: [
    ("mkfifo -m 600", FileStatus.Kind.fifo, ["/a file 0644 2", "/x FIFO 0600"]),
    (
      "python3 -c 'import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])'", .socket,
      ["/a file 0644 2"]
    ),
  ])
  func `pipes are told, and sockets left out`(
    command: String, kind: FileStatus.Kind, table: [String]
  ) throws {
    let scratch = try TemporaryDirectory()
    try Shell.bash("mkdir root; cd root; echo a > a; \(command) x", in: scratch.url)
    let bundle = try Reads.read(scratch, "root")
    #expect(bundle.table == table)
    #expect(bundle.violations == [Violation(.special(kind), at: ArchivePlace(name: "/x"))])
  }

  @Test func `a link that leaves the root is told`() throws {
    let scratch = try TemporaryDirectory()
    try Shell.bash("mkdir root; ln -s ../../etc root/l", in: scratch.url)
    let bundle = try Reads.read(scratch, "root")
    #expect(
      bundle.violations == [
        Violation(.linkLeavesRoot(text: "../../etc"), at: ArchivePlace(name: "/l"))
      ])
  }

  @Test func `a directory has limits and can be interrupted`() throws {
    let scratch = try TemporaryDirectory()
    try Shell.bash("mkdir root; touch root/{1..9}", in: scratch.url)
    #expect(throws: ArchiveReadError.self) {
      try Reads.read(scratch, "root") { $0.limits.entryCount = 8 }
    }
    #expect(throws: ArchiveReadError.interrupted(signal: 15)) {
      try Reads.read(scratch, "root") { $0.interruption = { 15 } }
    }
  }

  @Test func `a file of holes that no disk has is refused before it is read`() throws {
    let scratch = try TemporaryDirectory()
    try Shell.bash("mkdir root; echo a > root/a; truncate -s 4T root/holes", in: scratch.url)
    let limit = ReadLimits().contentSize
    let place = ArchivePlace(name: "/holes")
    #expect(throws: ArchiveReadError.beyondLimit(place, .contentSize, limit)) {
      try Reads.read(scratch, "root")
    }
  }

  @Test func `many files of holes are refused by their sum`() throws {
    let scratch = try TemporaryDirectory()
    try Shell.bash("mkdir root; truncate -s 30G root/{a,b,c}", in: scratch.url)
    let limit = ReadLimits().contentSize
    let place = ArchivePlace(name: "/c")
    #expect(throws: ArchiveReadError.beyondLimit(place, .contentSize, limit)) {
      try Reads.read(scratch, "root")
    }
  }

  @Test func `an interruption is heeded within one file`() throws {
    let scratch = try TemporaryDirectory()
    try Shell.bash("mkdir root; truncate -s 60G root/holes", in: scratch.url)
    var asked = 0
    let start = ContinuousClock.now
    #expect(throws: ArchiveReadError.interrupted(signal: 2)) {
      try Reads.read(scratch, "root") { options in
        options.interruption = {
          asked += 1
          return asked > 50 ? 2 : nil
        }
      }
    }
    #expect(start.duration(to: .now) < .seconds(20))
  }
}
