internal import CZlib

/// Makes a finished deflate stream one that another can follow.
///
/// The last block's header has a bit that says so, at a bit position that only decoding finds; zlib
/// stops at each block (zlib.h, `inflate` with `Z_BLOCK`). What was compressed is thereby decoded
/// once, too.
enum DeflateJoint {
  /// Clears the last block's final bit, and ends on a byte with an empty stored block (RFC 1951,
  /// section 3.2.4).
  static func open(_ stream: inout [UInt8]) {
    let last = lastBlock(of: stream)
    stream[last.start / 8] &= ~(1 << UInt8(last.start % 8))
    // The stored block's header has three bits, all zero, as are those that fill up a byte.
    let room = stream.count * 8 - last.end
    if room < 3 { stream.append(0) }
    stream += [0, 0, 0xFF, 0xFF]
  }

  /// Where the last block begins and ends, in bits.
  private static func lastBlock(of stream: [UInt8]) -> (start: Int, end: Int) {
    var state = unsafe z_stream()
    // Raw deflate, with the largest window.
    guard
      unsafe inflateInit2_(&state, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { fatalError("out of memory") }
    defer { unsafe inflateEnd(&state) }
    var content = [UInt8](repeating: 0, count: 1 << 16)
    return unsafe stream.withUnsafeBufferPointer { input in
      unsafe content.withUnsafeMutableBufferPointer { output in
        unsafe state.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        unsafe state.avail_in = UInt32(input.count)
        var start = 0
        while true {
          unsafe state.next_out = output.baseAddress
          unsafe state.avail_out = UInt32(output.count)
          let result = unsafe inflate(&state, Z_BLOCK)
          guard result == Z_OK else {
            fatalError("libdeflate made a stream that zlib can't read")
          }
          let facts = unsafe Int(state.data_type)
          guard facts & 128 != 0 else { continue }
          let position = unsafe (input.count - Int(state.avail_in)) * 8 - (facts & 7)
          if facts & 64 != 0 { return (start, position) }
          start = position
        }
      }
    }
  }
}
