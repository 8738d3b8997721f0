import Foundation
import TestSupport
import Testing

@testable import Image

struct CompressionTests {
  final class Collector: ByteSink {
    var bytes: [UInt8] = []
    func append(_ bytes: [UInt8]) { self.bytes += bytes }
    func finish() {}
  }

  /// Content that a compressor finds easy, hard, or both, of a size around its blocks'.
  enum Content: CaseIterable {
    case zeros, random, mixed

    func bytes(_ count: Int) -> [UInt8] {
      let random = FileHandle(forReadingAtPath: "/dev/urandom").map {
        [UInt8]($0.readData(ofLength: count))
      }
      switch self {
      case .zeros: return [UInt8](repeating: 0, count: count)
      case .random: return random ?? []
      case .mixed:
        var bytes = random ?? []
        for start in stride(from: 0, to: count, by: 100_000) {
          let end = min(count, start + 50_000)
          bytes.replaceSubrange(start..<end, with: repeatElement(7, count: end - start))
        }
        return bytes
      }
    }
  }

  func compress(_ bytes: [UInt8], _ compression: Compression, level: Int?) throws -> [UInt8] {
    let collector = Collector()
    let codec = try #require(Codecs(level: level).codec(compression))
    let sink = try CompressedSink(codec: codec, next: collector)
    // Pieces of odd sizes, as an archive's headers make them.
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = rest.prefix(300_007)
      try sink.append(Array(piece))
      rest = rest.dropFirst(piece.count)
    }
    try sink.finish()
    return collector.bytes
  }

  @Test(
    arguments: Content.allCases, [0, 1, 1000, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3_000_000])
  func `gzip is one member that every reader takes`(content: Content, count: Int) throws {
    let directory = try TemporaryDirectory()
    let bytes = content.bytes(count)
    try directory.write(bytes, to: "content")
    try directory.write(compress(bytes, .gzip, level: nil), to: "content.gz")
    try Shell.bash(
      """
      gzip --decompress --stdout content.gz | cmp - content
      python3 -c '
      import zlib
      reader = zlib.decompressobj(31)
      content = reader.decompress(open("content.gz", "rb").read())
      assert reader.eof and not reader.unused_data
      assert content == open("content", "rb").read()'
      """, in: directory.url)
  }

  @Test(arguments: Compression.gzip.levels)
  func `every level of gzip can be read`(level: Int) throws {
    let directory = try TemporaryDirectory()
    let bytes = Content.mixed.bytes(1_500_000)
    try directory.write(bytes, to: "content")
    try directory.write(compress(bytes, .gzip, level: level), to: "content.gz")
    try Shell.bash("gzip -dc content.gz | cmp - content", in: directory.url)
  }

  @Test(arguments: Content.allCases, [0, 1, (4 << 20) - 1, 4 << 20, 9_000_000])
  func `zstd reads the frames as one stream`(content: Content, count: Int) throws {
    let directory = try TemporaryDirectory()
    let bytes = content.bytes(count)
    try directory.write(bytes, to: "content")
    try directory.write(compress(bytes, .zstd, level: nil), to: "content.zst")
    try Shell.bash(
      "zstd -q --test content.zst; zstd -qdc content.zst | cmp - content", in: directory.url)
  }

  @Test func `gzip says nothing of time, name or system`() throws {
    let head = try compress([1], .gzip, level: nil).prefix(10)
    #expect(Array(head) == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255])
  }

  @Test func `a digest is that of sha256sum`() throws {
    let directory = try TemporaryDirectory()
    let bytes = Content.random.bytes(1_000_003)
    try directory.write(bytes, to: "content")
    let digest = BlobDigest(of: bytes).hexadecimal
    #expect(try Shell.bash("sha256sum content", in: directory.url).hasPrefix(digest + " "))
  }
}
