import Testing

@testable import Archive

/// Numbers as the archivers read them that were asked: GNU tar 1.34, bsdtar 3.6.2, Python 3.11 and Go 1.19.
struct TarNumberTests {
  /// What a field holds, what tars take it for alike, and what engines take it for.
  static let fields: [(String, Int64?, Int64?)] = [
    ("0000644\0", 0o644, 0o644), ("0000644 ", 0o644, 0o644), ("00000644", 0o644, 0o644),
    ("   644 \0", 0o644, 0o644), ("644\0", 0o644, 0o644), ("644 \0", 0o644, 0o644),
    ("\0\0\0\0", 0, 0), ("       \0", 0, 0),
    // Whatever stands behind a NUL.
    ("644\0xyz", 0o644, 0o644), ("644 \0xyz", 0o644, nil),
    ("\t644\0", 0o644, nil), ("644\t\0", 0o644, nil), ("644\n\0", 0o644, nil),
    ("\n644\0", nil, nil), ("644 xyz\0", nil, nil), ("644 7\0", nil, nil),
    // Behind NULs only engines look for digits.
    ("\0644\0", nil, 0o644), ("\0   644\0", nil, 0o644), ("\0\0644\0", 0, 0o644),
    ("-644\0", nil, nil), ("+644\0", nil, nil), ("0o644\0", nil, nil), ("6_4\0", nil, nil),
    ("648\0", nil, nil), ("abc\0", nil, nil),
  ]

  @Test(arguments: fields)
  func `octal digits are read as the rules say`(text: String, tars: Int64?, engines: Int64?) {
    let field = Array(text.utf8)[...]
    #expect(TarNumber.value(field, by: .archive) == tars)
    #expect(TarNumber.value(field, by: .layer) == engines)
  }

  @Test(arguments: [ReadingRules.archive, .layer])
  func `numbers in base 256 are of two's complement`(rules: ReadingRules) {
    func value(_ bytes: [UInt8]) -> Int64? { TarNumber.value(bytes[...], by: rules) }
    #expect(value([UInt8](repeating: 0xFF, count: 12)) == -1)
    #expect(value([0x80, 0, 0, 0, 0x80, 0, 0, 0]) == 1 << 31)
    #expect(value([0xC0, 0, 0, 0, 0, 0, 0, 0]) == -(1 << 62))
    #expect(value([0xBF] + [UInt8](repeating: 0xFF, count: 11)) == nil)
  }

  @Test func `a sum is octal, with blanks and NULs around it`() {
    for text in ["012345\0 ", " 12345\0 ", "0012345\0", "00012345", " 12345  "] {
      #expect(TarNumber.checksum(Array(text.utf8)[...], by: .archive) == 0o12345)
      #expect(TarNumber.checksum(Array(text.utf8)[...], by: .layer) == 0o12345)
    }
    #expect(TarNumber.checksum(Array("012345\0x".utf8)[...], by: .archive) == nil)
    #expect(TarNumber.checksum([0x80, 0, 0, 0, 0, 0, 0x12, 0x34], by: .archive) == nil)
  }
}
