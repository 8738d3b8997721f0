package import FileTree

/// A symbol's name with its hash, as it stands in some table of strings.
///
/// Comparing names where they stand spares a copy of each.
package struct SymbolName: Sendable {
  /// What stands before and behind it is other names'.
  private let strings: [UInt8]
  private let start: Int
  /// Without its NUL.
  private let count: Int
  /// That of DT_GNU_HASH.
  package let gnuHash: UInt32

  package init(_ text: ByteString) {
    // The NUL is a part of what is compared.
    self.init(in: text.bytes + [0], at: 0)
  }

  /// The name up to the next NUL, or to the table's end.
  init(in strings: [UInt8], at start: Int) {
    self.strings = strings
    self.start = start
    var hash: UInt32 = 5381
    var end = start
    while end < strings.count, strings[end] != 0 {
      hash = hash &* 33 &+ UInt32(strings[end])
      end += 1
    }
    count = end - start
    gnuHash = hash
  }

  package var text: ByteString { ByteString(strings[start..<(start + count)]) }

  /// That of DT_HASH, which few objects have alone.
  var sysVHash: UInt32 {
    var hash: UInt32 = 0
    for byte in strings[start..<(start + count)] {
      hash = hash << 4 &+ UInt32(byte)
      hash ^= hash >> 24 & 0xF0
    }
    return hash & 0x0FFF_FFFF
  }

  /// Whether the same name stands at a place of another table.
  func stands(in others: [UInt8], at place: Int) -> Bool {
    guard count < others.count - place, others[place + count] == 0 else { return false }
    for offset in 0..<count where others[place + offset] != strings[start + offset] {
      return false
    }
    return true
  }
}
