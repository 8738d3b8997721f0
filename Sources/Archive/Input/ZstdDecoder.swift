internal import CZstd

/// zstd (RFC 8878), by libzstd.
@safe final class ZstdDecoder: Decoder {
  private let context: OpaquePointer
  private(set) var isBetweenStreams = true
  private(set) var hasPendingOutput = false

  private static let pieceSize = 1 << 18

  /// - Parameter window: the binary logarithm of what a stream may look back on, in bytes.
  init(window: Int32) {
    guard let context = unsafe ZSTD_createDCtx() else { fatalError("out of memory") }
    unsafe self.context = unsafe context
    _ = unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, window)
  }

  deinit {
    _ = unsafe ZSTD_freeDCtx(context)
  }

  func decode(_ input: [UInt8], from position: inout Int) throws(DecodingFailure) -> [UInt8] {
    isBetweenStreams = false
    var status = 0
    let output = unsafe [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { buffer, count in
      var target = unsafe ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
      unsafe input.withUnsafeBytes { input in
        var source = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: position)
        status = unsafe ZSTD_decompressStream(context, &target, &source)
        position = unsafe source.pos
      }
      count = unsafe target.pos
    }
    guard ZSTD_isError(status) == 0 else {
      if ZSTD_getErrorCode(status) == ZSTD_error_frameParameter_windowTooLarge { throw .window }
      throw .damaged(unsafe String(cString: ZSTD_getErrorName(status)))
    }
    // Zero: a frame is decoded and all of it is in the output.
    isBetweenStreams = status == 0
    hasPendingOutput = !isBetweenStreams && output.count == Self.pieceSize
    return output
  }
}
