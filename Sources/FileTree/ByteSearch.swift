internal import CLinux

/// The place of the first occurrence of bytes at or behind a place; nil if there is none.
package func find(_ pattern: [UInt8], in bytes: [UInt8], from start: Int = 0) -> Int? {
  guard start <= bytes.count, !pattern.isEmpty else { return nil }
  let place = unsafe bytes.withUnsafeBytes { bytes in
    unsafe pattern.withUnsafeBytes { pattern in
      let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[start...])
      return unsafe clinux_find(
        rest.baseAddress, UInt(rest.count), pattern.baseAddress, UInt(pattern.count))
    }
  }
  return place < 0 ? nil : start + place
}
