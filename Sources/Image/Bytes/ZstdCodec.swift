internal import CZstd

/// zstd: each block is a frame of its own (RFC 8878, section 3: frames may follow each other).
struct ZstdCodec: BlockCodec {
  let blockSize: Int
  let head: [UInt8] = []
  private let contexts: ContextPool
  private var isEmpty = true

  init(level: Int) {
    // A frame is to be longer than what the level looks back on.
    blockSize = level < 10 ? 4 << 20 : 16 << 20
    contexts = ContextPool {
      guard let context = unsafe ZSTD_createCCtx() else { fatalError("out of memory") }
      _ = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(level))
      _ = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
      return unsafe .init(context)
    } dispose: {
      _ = unsafe ZSTD_freeCCtx($0.pointer)
    }
  }

  func compress(_ block: [UInt8]) -> [UInt8] {
    contexts.use { context in
      let bound = ZSTD_compressBound(block.count)
      return unsafe [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
        let size = unsafe ZSTD_compress2(
          context.pointer, buffer.baseAddress, bound, block, block.count)
        // With room for the bound it can't fail but for memory.
        guard ZSTD_isError(size) == 0 else { fatalError("out of memory") }
        count = size
      }
    }
  }

  mutating func observe(_ block: [UInt8]) {
    isEmpty = false
  }

  /// A stream without content still has a frame.
  var tail: [UInt8] { isEmpty ? compress([]) : [] }
}
