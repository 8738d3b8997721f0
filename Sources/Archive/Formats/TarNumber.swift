/// A number in a header of tar: octal digits, or, with the first bit set, a number of two's complement, the
/// highest byte first.
///
/// Source: GNU tar src/list.c (`from_header`), libarchive archive_read_support_format_tar.c (`tar_atol`),
/// Python Lib/tarfile.py (`nti`), Go archive/tar strconv.go (`parseNumeric`).
enum TarNumber {
  /// Nil for what is no number by the rules, or too large.
  static func value(_ field: ArraySlice<UInt8>, by rules: ReadingRules) -> Int64? {
    if let first = field.first, first & 0x80 != 0 { return binary(field) }
    return rules == .layer ? octalOfLayer(field) : octalOfArchive(field)
  }

  /// The sum of a header, of whose field tars forgive less.
  static func checksum(_ field: ArraySlice<UInt8>, by rules: ReadingRules) -> Int64? {
    guard rules != .layer else { return octalOfLayer(field) }
    let digits = field.drop { $0 == blank }.prefix { $0 != blank && $0 != 0 }
    let rest = field[digits.endIndex...]
    return rest.allSatisfy { $0 == blank || $0 == 0 } ? octal(digits) : nil
  }

  /// Digits behind blanks, up to a NUL or white space; what stands behind a NUL is nobody's business.
  private static func octalOfArchive(_ field: ArraySlice<UInt8>) -> Int64? {
    // Behind two NULs nobody looks for digits, behind one only GNU tar.
    if field.first == 0 { return field.dropFirst().first ?? 0 == 0 ? 0 : nil }
    let digits = field.drop { $0 == blank || $0 == tab }.prefix { isOctal($0) }
    let rest = field[digits.endIndex...].drop { $0 == blank || (tab...carriageReturn).contains($0) }
    return rest.first ?? 0 == 0 ? octal(digits) : nil
  }

  /// What is left between blanks and NULs, up to the first NUL.
  private static func octalOfLayer(_ field: ArraySlice<UInt8>) -> Int64? {
    let start = field.drop { $0 == blank || $0 == 0 }
    let end = start.lastIndex { $0 != blank && $0 != 0 }.map { $0 + 1 } ?? start.startIndex
    return octal(start[..<end].prefix { $0 != 0 })
  }

  /// None being 0; nil for other bytes. Twelve digits are 36 bits.
  private static func octal(_ digits: ArraySlice<UInt8>) -> Int64? {
    var value: Int64 = 0
    for digit in digits {
      guard isOctal(digit) else { return nil }
      value = value << 3 | Int64(digit - UInt8(ascii: "0"))
    }
    return value
  }

  private static func binary(_ field: ArraySlice<UInt8>) -> Int64? {
    // The next bit is the sign.
    let isNegative = field.first.map { $0 & 0x40 != 0 } ?? false
    var value: Int64 = isNegative ? -1 : 0
    for (index, byte) in field.enumerated() {
      let bits = index == 0 ? (isNegative ? byte | 0x80 : byte & 0x7F) : byte
      guard value >> 55 == (isNegative ? -1 : 0) else { return nil }
      value = value << 8 | Int64(bits)
    }
    return value
  }

  private static func isOctal(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(byte)
  }

  private static let blank = UInt8(ascii: " ")
  private static let tab = UInt8(ascii: "\t")
  private static let carriageReturn = UInt8(ascii: "\r")
}
