internal import CZlib

/// gzip (RFC 1952), by zlib.
@safe final class GzipDecoder: Decoder {
  private let stream: UnsafeMutablePointer<z_stream>
  private(set) var isBetweenStreams = true
  private(set) var hasPendingOutput = false

  private static let pieceSize = 1 << 18
  /// A window of 32 KiB, and a gzip header around it (zlib.h, inflateInit2).
  private static let windowBits: Int32 = 15 + 16

  init() {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let size = unsafe Int32(MemoryLayout<z_stream>.size)
    guard unsafe inflateInit2_(stream, Self.windowBits, ZLIB_VERSION, size) == Z_OK else {
      fatalError("out of memory")
    }
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  func decode(_ input: [UInt8], from position: inout Int) throws(DecodingFailure) -> [UInt8] {
    if isBetweenStreams { unsafe inflateReset(stream) }
    isBetweenStreams = false
    var status = Z_OK
    let rest = input.count - position
    let output = unsafe [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { buffer, count in
      unsafe input.withUnsafeBufferPointer { input in
        let start = unsafe input.baseAddress.map { unsafe $0 + position }
        unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: start)
        unsafe stream.pointee.avail_in = UInt32(rest)
        unsafe stream.pointee.next_out = buffer.baseAddress
        unsafe stream.pointee.avail_out = UInt32(buffer.count)
        status = unsafe inflate(stream, Z_NO_FLUSH)
      }
      count = unsafe buffer.count - Int(stream.pointee.avail_out)
    }
    position = unsafe input.count - Int(stream.pointee.avail_in)
    // Nothing of the input's memory is kept.
    unsafe stream.pointee.next_in = nil
    switch status {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END: isBetweenStreams = true
    default:
      throw .damaged(
        unsafe stream.pointee.msg.map { unsafe String(cString: $0) } ?? "error \(status)")
    }
    hasPendingOutput = !isBetweenStreams && output.count == Self.pieceSize
    return output
  }
}
