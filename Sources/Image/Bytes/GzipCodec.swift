internal import CDeflate

/// gzip in one member (RFC 1952) that says nothing of when and where it was made.
///
/// libdeflate compresses each block; ``DeflateJoint`` makes one stream of them, since readers exist
/// that stop after the first member of a file.
struct GzipCodec: BlockCodec {
  let blockSize = 1 << 20
  // Deflate, no flags, no time, no hint, unknown system.
  let head: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
  private let contexts: ContextPool
  private var checksum: UInt32 = 0
  private var size: UInt64 = 0

  init(level: Int) {
    contexts = ContextPool {
      guard let compressor = unsafe libdeflate_alloc_compressor(Int32(level)) else {
        fatalError("out of memory")
      }
      return unsafe .init(compressor)
    } dispose: {
      unsafe libdeflate_free_compressor($0.pointer)
    }
  }

  func compress(_ block: [UInt8]) -> [UInt8] {
    contexts.use { context in
      let bound = unsafe libdeflate_deflate_compress_bound(context.pointer, block.count)
      var stream = unsafe [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
        count = unsafe libdeflate_deflate_compress(
          context.pointer, block, block.count, buffer.baseAddress, bound)
      }
      DeflateJoint.open(&stream)
      return stream
    }
  }

  mutating func observe(_ block: [UInt8]) {
    checksum = unsafe libdeflate_crc32(checksum, block, block.count)
    size += UInt64(block.count)
  }

  /// An empty last block, the checksum, and the size modulo 2^32.
  var tail: [UInt8] {
    [0x03, 0x00] + Self.littleEndian(checksum)
      + Self.littleEndian(UInt32(truncatingIfNeeded: size))
  }

  private static func littleEndian(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }
}
