package import FileTree

/// Bounds-checked loads from bytes that are in a file's own byte order. Offsets are in bytes.
package struct EncodedBytes: Sendable {
  package let bytes: [UInt8]
  package let encoding: ElfHeader.DataEncoding

  package init(_ bytes: [UInt8], encoding: ElfHeader.DataEncoding) {
    self.bytes = bytes
    self.encoding = encoding
  }

  package func has(_ magic: [UInt8], at offset: Int) -> Bool {
    offset >= 0 && offset <= bytes.count && bytes[offset...].starts(with: magic)
  }

  package func uint16(_ offset: Int) -> UInt16? {
    guard offset >= 0, offset <= bytes.count - 2 else { return nil }
    let (first, second) = (UInt16(bytes[offset]), UInt16(bytes[offset + 1]))
    return encoding == .littleEndian ? second << 8 | first : first << 8 | second
  }

  package func uint32(_ offset: Int) -> UInt32? {
    guard let first = uint16(offset), let second = uint16(offset + 2) else { return nil }
    let (low, high) = encoding == .littleEndian ? (first, second) : (second, first)
    return UInt32(high) << 16 | UInt32(low)
  }

  package func uint64(_ offset: Int) -> UInt64? {
    guard let first = uint32(offset), let second = uint32(offset + 4) else { return nil }
    let (low, high) = encoding == .littleEndian ? (first, second) : (second, first)
    return UInt64(high) << 32 | UInt64(low)
  }

  /// A NUL-terminated string; nil where it has no end.
  ///
  /// - Parameter limit: in bytes with the NUL; a longer one is nil too.
  package func string(_ offset: Int, limit: Int) -> ByteString? {
    guard offset >= 0, offset < bytes.count,
      let end = bytes[offset...].prefix(limit).firstIndex(of: 0)
    else { return nil }
    return ByteString(bytes[offset..<end])
  }
}
