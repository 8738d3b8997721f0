/// How many bytes may yet be taken out of one file at the places that its own offsets name.
///
/// A file of a few bytes can name the same bytes any number of times. Honest ones name each of theirs
/// once or twice, so the sum is bounded by a small multiple of the size, and each reader of such a file
/// spends from one budget.
package struct ReadBudget: Sendable {
  /// In bytes.
  package private(set) var left: UInt64

  /// Times that a file may name each of its bytes.
  private static let multiple: UInt64 = 4
  /// What small files may name beyond that, in bytes: their readers look at some things twice.
  private static let slack: UInt64 = 1 << 20

  /// - Parameters:
  ///   - fileSize: in bytes.
  ///   - limit: in bytes, whatever the size: a file of holes is larger than what it takes up.
  package init(fileSize: UInt64, atMost limit: UInt64 = .max) {
    // No file is larger than what a signed number holds.
    left = min(limit, min(fileSize, .max >> 4) * Self.multiple + Self.slack)
  }

  /// Takes a number of bytes out of what is left; false if that is less, and then nothing is left for
  /// anybody.
  package mutating func spend(_ count: some BinaryInteger) -> Bool {
    guard let count = UInt64(exactly: count), count <= left else {
      left = 0
      return false
    }
    left -= count
    return true
  }
}
