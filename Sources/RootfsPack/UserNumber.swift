/// The number of a user or a group.
enum UserNumber {
  /// Digits alone, as far as engines go: runc takes 31 bits, and the last of 32 means "unchanged" to
  /// chown(2). Nil for anything else.
  static func parse(_ text: Substring) -> UInt32? {
    guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let number = UInt32(text), number <= Int32.max
    else { return nil }
    return number
  }
}
