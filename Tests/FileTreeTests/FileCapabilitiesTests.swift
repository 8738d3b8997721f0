import FileTree
import Testing

/// What the kernel reads in the attribute that files have their capabilities in.
struct FileCapabilitiesTests {
  /// Words of four bytes, the lowest first.
  private static func value(_ words: UInt32...) -> [UInt8] {
    words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) } }
  }

  @Test func `each revision's sets are read, and whether they take effect`() {
    let first = FileCapabilities(Self.value(0x0100_0001, 1 << 13, 0))
    #expect(first?.permitted == 1 << 13 && first?.isEffective == true)
    let second = FileCapabilities(Self.value(0x0200_0000, 1 << 10, 0, 1 << 7, 0))
    #expect(second?.permitted == 1 << 39 | 1 << 10 && second?.isEffective == false)
    let third = FileCapabilities(Self.value(0x0300_0001, 1 << 24, 0, 0, 0, 0))
    #expect(third?.permitted == 1 << 24 && third?.isEffective == true)
  }

  @Test func `numbers that no kernel has count for nothing`() {
    #expect(FileCapabilities(Self.value(0x0200_0001, 0, 0, ~0, 0))?.permitted == 0x1FF << 32)
  }

  @Test(
    arguments: [
      [], Array(repeating: 0, count: 11), value(0x0200_0001, 1, 0), value(0x0100_0001, 1, 0, 0, 0),
      value(0x0400_0001, 1, 0, 0, 0),
      // Of another namespace's root.
      value(0x0300_0001, 1, 0, 0, 0, 100_000),
    ] as [[UInt8]])
  func `what the kernel passes over gives nothing`(value: [UInt8]) {
    #expect(FileCapabilities(value) == nil)
  }

  @Test func `what engines don't give is told by name, where the program can't do without`() {
    let all = Self.value(0x0200_0001, ~0, 0, ~0, 0)
    #expect(FileCapabilities(all)?.refused.count == 41 - 14)
    let some: UInt32 = 1 << 13 | 1 << 21 | 1 << 24
    #expect(
      FileCapabilities(Self.value(0x0200_0001, some, 0, 0, 0))?.refused
        == ["cap_sys_admin", "cap_sys_resource"])
    #expect(FileCapabilities(Self.value(0x0200_0000, some, 0, 0, 0))?.refused == [])
    #expect(FileCapabilities(Self.value(0x0200_0001, 0xA804_25FB, 0, 0, 0))?.refused == [])
  }
}
