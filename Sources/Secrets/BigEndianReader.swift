/// Reads what stands in bytes one after the other, of numbers the highest byte first. Nothing is read
/// behind the end.
struct BigEndianReader {
  let bytes: [UInt8]
  private(set) var position: Int

  init(_ bytes: [UInt8], at position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  /// In bytes.
  var left: Int { bytes.count - position }

  /// A number of at most seven bytes.
  mutating func number(_ size: Int) -> Int? {
    guard let field = slice(size) else { return nil }
    return field.reduce(0) { $0 << 8 | Int($1) }
  }

  mutating func slice(_ size: Int) -> ArraySlice<UInt8>? {
    guard size >= 0, size <= left else { return nil }
    defer { position += size }
    return bytes[position..<position + size]
  }

  /// Bytes with their number before them.
  mutating func counted(_ size: Int) -> ArraySlice<UInt8>? {
    guard let count = number(size) else { return nil }
    return slice(count)
  }

  mutating func skip(_ size: Int) -> Bool { slice(size) != nil }
}
