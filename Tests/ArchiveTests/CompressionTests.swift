import FileTree
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Archive

/// Compressed archives: whole, in several streams, damaged, and made to fill memory or disk.
struct CompressionTests {
  /// Compresses bytes with the usual programs.
  static func compressed(
    _ bytes: [UInt8], _ command: String, in directory: TemporaryDirectory? = nil
  ) throws -> [UInt8] {
    let directory = try directory ?? TemporaryDirectory()
    try directory.write(bytes, to: "plain")
    try Shell.bash("\(command) < plain > packed", in: directory.url)
    return Array(try Data(contentsOf: directory.url.appendingPathComponent("packed")))
  }

  static let archive = RawTar(
    .file("a", String(repeating: "content ", count: 10_000)), .file("b", "x")
  ).complete

  @Test(arguments: [("gzip", ArchiveCompression.gzip), ("zstd", .zstd)])
  func `a stream, several, and one byte after the other give the same`(
    program: String, compression: ArchiveCompression
  ) throws {
    let plain = try Reads.read(Self.archive)
    let whole = try Self.compressed(Self.archive, "\(program) -c")
    // Streams may begin anywhere in a header or content.
    let parts = try stride(from: 0, to: Self.archive.count, by: 7001).flatMap { start in
      try Self.compressed(Array(Self.archive[start...].prefix(7001)), "\(program) -c")
    }
    for bytes in [whole, parts] {
      let bundle = try Reads.read(bytes)
      #expect(bundle.format == ArchiveFormat(kind: .tar, compression: compression))
      #expect(bundle.entries == plain.entries && bundle.violations.isEmpty)
    }
  }

  @Test(arguments: ["gzip", "zstd"])
  func `a stream that ends early is truncated, wherever that is`(program: String) throws {
    let bytes = try Self.compressed(Self.archive, "\(program) -c")
    for count in 5..<bytes.count {
      let error = #expect(throws: ArchiveReadError.self) {
        try Reads.read(Array(bytes.prefix(count)))
      }
      guard case .damaged(let place, .truncated) = error else {
        Issue.record("\(count) bytes: \(String(describing: error))")
        continue
      }
      #expect(place.offset.map { $0 <= UInt64(count) } == true)
    }
  }

  @Test(arguments: ["gzip", "zstd"])
  func `a flipped bit is damage, or changes nothing`(program: String) throws {
    let bytes = try Self.compressed(Self.archive, "\(program) -c")
    let plain = try Reads.read(Self.archive)
    var refusals = 0
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] ^= 0x10
      do {
        // Some bits of a gzip header say nothing, such as the time.
        #expect(try Reads.read(damaged).entries == plain.entries)
      } catch let error as ArchiveReadError {
        refusals += 1
        switch error {
        case .damaged, .unknownFormat, .beyondLimit: break
        default: Issue.record("byte \(index): \(error)")
        }
      }
    }
    #expect(refusals > bytes.count / 2)
  }

  @Test(arguments: ["gzip", "zstd"])
  func `bytes behind the last stream are told`(program: String) throws {
    let bytes = try Self.compressed(Self.archive, "\(program) -c")
    for rest in [[0], [0x1F], [0, 0, 0, 0, 0, 0], Array("garbage".utf8)] as [[UInt8]] {
      let bundle = try Reads.read(bytes + rest)
      #expect(
        bundle.violations == [
          Violation(.bytesBehindCompression, at: ArchivePlace(offset: UInt64(bytes.count)))
        ])
    }
  }

  @Test func `a skippable frame of zstd is passed over`() throws {
    let bytes = try Self.compressed(Self.archive, "zstd -c")
    let skippable: [UInt8] = [0x53, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3]
    #expect(try Reads.read(skippable + bytes + skippable).entries.count == 2)
  }

  // MARK: Bombs

  @Test(arguments: ["gzip -9", "zstd -19"])
  func `a compression bomb is refused before it unfolds`(command: String) throws {
    // A file of 64 MiB of zeros, one block at a time.
    var header = RawTar.Entry(name: "zeros")
    header.size = Array("00400000000\0".utf8)
    let directory = try TemporaryDirectory()
    try directory.write(RawTar(header).bytes, to: "head")
    try Shell.bash(
      "(cat head; head -c 67109888 /dev/zero) | \(command) -c > bomb; rm head",
      in: directory.url)
    let limits: [(ReadLimits.Kind, UInt64, (inout ReadLimits) -> Void)] = [
      (.contentSize, 1 << 20, { $0.contentSize = 1 << 20 }),
      (.compressionRatio, 250, { $0.ratioThreshold = 1 << 20 }),
    ]
    for (kind, value, edit) in limits {
      let start = ContinuousClock.now
      let error = #expect(throws: ArchiveReadError.self) {
        try Reads.read(directory, "bomb") { edit(&$0.limits) }
      }
      guard case .beyondLimit(_, kind, value) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(ContinuousClock.now - start < .seconds(5))
    }
    // It is no bomb to who has the room.
    #expect(try Reads.read(directory, "bomb").entries.first?.content?.size == 1 << 26)
  }

  @Test func `zeros behind the end are a bomb, too`() throws {
    let directory = try TemporaryDirectory()
    try directory.write(RawTar(.file("a")).complete, to: "head")
    try Shell.bash(
      "(cat head; head -c 100000000 /dev/zero) | zstd -c > bomb", in: directory.url)
    #expect(throws: ArchiveReadError.self) {
      try Reads.read(directory, "bomb") { $0.limits.contentSize = 1 << 20 }
    }
  }

  @Test func `a window larger than the limit is refused`() throws {
    let bytes = try Self.compressed(
      Self.archive, "(cat - <(head -c 30000000 /dev/zero) | zstd --ultra -22 --long=27 -c)")
    let limit: UInt64 = 1 << 20
    #expect(throws: ArchiveReadError.beyondLimit(.header(), .compressionWindow, limit)) {
      try Reads.read(bytes) { $0.limits.compressionWindow = 20 }
    }
    #expect(try Reads.read(bytes).entries.count == 2)
  }

  @Test(arguments: ["gzip", "zstd"])
  func `a size that the disk has no room for is refused before anything is written`(
    program: String
  ) throws {
    var facts = statvfs()
    #expect(statvfs(NSTemporaryDirectory(), &facts) == 0)
    let size = UInt64(facts.f_bavail) * UInt64(facts.f_frsize) + 1 << 30
    let archive = RawTar(.pax("size=\(size)"), .file("a", "x")).complete
    let bytes = try Self.compressed(archive, "\(program) -c")
    let error = #expect(throws: ArchiveReadError.self) {
      try Reads.read(bytes) { $0.limits.contentSize = .max }
    }
    guard case .noSpace(_, size) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(throws: ArchiveReadError.beyondLimit(.member("a", at: 1024), .contentSize, 1 << 20)) {
      try Reads.read(bytes) { $0.limits.contentSize = 1 << 20 }
    }
  }
}
