import FileTree
import Foundation
import TestSupport
import Testing

@testable import Archive

/// Files with holes: what GNU tar, bsdtar, Python and Go fill alike is read, and nothing else.
struct SparseReadingTests {
  static let versions = [
    "--format=gnu", "--format=pax --sparse-version=0.0", "--format=pax --sparse-version=0.1",
    "--format=pax --sparse-version=1.0",
  ]

  @Test(arguments: versions)
  func `the holes that GNU tar writes are read`(options: String) throws {
    let scratch = try TemporaryDirectory()
    // So many segments that older headers go on in blocks of their own, and maps fill several.
    try Shell.bash(
      """
      mkdir root; cd root; truncate -s 30M many; truncate -s 5M empty; echo text > plain
      for i in {1..60}; do printf 'part %d' $i | dd of=many bs=1 seek=$((i * 500000)) conv=notrunc; done
      cp --sparse=always many short; truncate -s 100000 short; : > nothing
      tar --sparse \(options) -cf ../x *
      """, in: scratch.url)
    let archive = try Reads.read(scratch, "x")
    let directory = try Reads.read(scratch, "root")
    #expect(archive.entries.map(\.path) == directory.entries.map(\.path))
    #expect(archive.entries.map(\.content) == directory.entries.map(\.content))
    #expect(
      archive.faults.allSatisfy {
        if case .unsorted = $0 { true } else { $0 == .sparse }
      })
    #expect(archive.faults.contains(.sparse) == options.contains("gnu"))
    // The disk has the holes, too.
    let blocks = try Shell.bash(
      "stat -c %b '\(archive.directory)/many'", in: scratch.url)
    #expect(Int(blocks.trimmingCharacters(in: .whitespacesAndNewlines)).map { $0 < 4000 } ?? false)
  }

  static let real = ["GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.name=real"]

  /// One file of records, lines and content, with the file's size where it is read.
  static func file(_ records: [String], _ content: String) -> RawTar.Entry {
    var bytes = Array(content.utf8)
    if let end = bytes.lastIndex(of: UInt8(ascii: "\n")) {
      let lines = bytes[...end]
      let padding = [UInt8](repeating: 0, count: 512 - lines.count % 512)
      bytes = Array(lines) + padding + bytes[(end + 1)...]
    }
    return RawTar.Entry(name: "s", content: bytes)
  }

  /// What records say and what stands behind them, and which rules take it.
  static let maps: [(String, [String], String, Set<ReadingRules>)] = [
    (
      "a whole one", real + ["GNU.sparse.realsize=2000"], "2\n1000\n5\n2000\n0\nhello",
      [.archive, .layer]
    ),
    // GNU tar ends the file where its last segment does.
    ("no end", real + ["GNU.sparse.realsize=2000"], "1\n1000\n5\nhello", [.layer]),
    ("no segments", real + ["GNU.sparse.realsize=2000"], "0\n", [.layer]),
    // For GNU tar a segment begins with a block.
    (
      "a segment within a block", real + ["GNU.sparse.realsize=2000"],
      "3\n0\n2\n1000\n3\n2000\n0\nhello", [.layer]
    ),
    ("an overlap", real + ["GNU.sparse.realsize=8"], "2\n0\n5\n3\n5\nhellohello", []),
    ("no order", real + ["GNU.sparse.realsize=8"], "2\n5\n3\n0\n2\nhello", []),
    ("beyond the size", real + ["GNU.sparse.realsize=4"], "1\n0\n5\nhello", []),
    ("less than there is", real + ["GNU.sparse.realsize=4"], "1\n0\n4\nhello", []),
    ("more than there is", real + ["GNU.sparse.realsize=6"], "1\n0\n6\nhello", []),
    ("no size", real, "1\n0\n5\nhello", []),
    ("letters", real + ["GNU.sparse.realsize=5"], "1\nx\n5\nhello", []),
    ("no lines", real + ["GNU.sparse.realsize=5"], "hello", []),
    ("more lines than there are", real + ["GNU.sparse.realsize=5"], "9\n0\n5\nhello", []),
    (
      "a count of 63 bits", real + ["GNU.sparse.realsize=5"], "9223372036854775807\n0\n5\nhello",
      []
    ),
    (
      "another version", ["GNU.sparse.major=2", "GNU.sparse.minor=0", "GNU.sparse.realsize=5"],
      "1\n0\n5\nhello", []
    ),
    ("a name alone", ["GNU.sparse.name=real"], "hello", []),
    (
      "a map in a record",
      ["GNU.sparse.size=2000", "GNU.sparse.numblocks=2", "GNU.sparse.map=0,5,2000,0"], "hello",
      [.archive, .layer]
    ),
    (
      "another count", ["GNU.sparse.size=5", "GNU.sparse.numblocks=2", "GNU.sparse.map=0,5"],
      "hello", []
    ),
    (
      "half a segment", ["GNU.sparse.size=5", "GNU.sparse.numblocks=1", "GNU.sparse.map=0,5,9"],
      "hello", []
    ),
    (
      "records in turn",
      [
        "GNU.sparse.size=5", "GNU.sparse.numblocks=1", "GNU.sparse.offset=0",
        "GNU.sparse.numbytes=5",
      ], "hello", [.archive, .layer]
    ),
    (
      "records in the wrong turn",
      [
        "GNU.sparse.size=5", "GNU.sparse.numblocks=1", "GNU.sparse.numbytes=5",
        "GNU.sparse.offset=0",
      ], "hello", []
    ),
    // Python's tarfile takes it for the whole file's.
    ("a PAX size", real + ["GNU.sparse.realsize=5", "size=517"], "1\n0\n5\nhello", [.layer]),
  ]

  @Test(arguments: maps)
  func `a map is taken where all readers fill the file alike`(
    name: String, records: [String], content: String, rules: Set<ReadingRules>
  ) throws {
    var archive = RawTar()
    archive.append(.pax(records))
    archive.append(Self.file(records, content))
    archive.append(.file("z"))
    for rule in [ReadingRules.archive, .layer] {
      let bytes =
        rule == .archive
        ? archive.complete
        : RawImage.archive(of: try RawImage.files(ofLayer: archive.complete))
      guard rules.contains(rule) else {
        let error = #expect(throws: ArchiveReadError.self) { try Reads.read(bytes) }
        guard case .refused(_, .sparse) = error else {
          Issue.record("\(String(describing: error))")
          continue
        }
        continue
      }
      let bundle = try Reads.read(bytes)
      let size = records.first { $0.contains("size=") && $0.hasPrefix("GNU") }
      #expect(
        bundle.entries[0].content.map { "\($0.size)" }
          == size?.split(separator: "=").last.map(String.init))
      #expect(
        bundle.entries.map(\.path.name) == [records.contains(Self.real[2]) ? "real" : "s", "z"])
    }
  }

  @Test func `holes count as content, and as a compression`() {
    let records = Self.real + ["GNU.sparse.realsize=3000000000"]
    var archive = RawTar()
    archive.append(.pax(records))
    archive.append(Self.file(records, "1\n3000000000\n0\n"))
    let place = ArchivePlace.member("real", at: 1024)
    #expect(throws: ArchiveReadError.beyondLimit(place, .contentSize, 1 << 20)) {
      try Reads.read(archive.complete) { $0.limits.contentSize = 1 << 20 }
    }
    #expect(throws: ArchiveReadError.beyondLimit(place, .compressionRatio, 250)) {
      try Reads.read(archive.complete) { $0.limits.ratioThreshold = 1 << 20 }
    }
  }
}
