import ELF
import FileTree
import TestSupport
import Testing

/// DT_VERNEED and DT_VERDEF where something is wrong with them. No other field depends on them, so
/// the damage is noted and the rest is read.
struct VersionTableTests {
  static let image = ElfImage(dynamic: DynamicSection(needed: ["liba.so"]))
    .using("V1", "V2", of: "liba.so").using("W1", of: "libb.so").defining("BASE", "MORE")

  /// Where the tables stand in the file, in bytes. The version tables come first behind the headers.
  static let needs = 64 + 2 * 56
  static let definitions = needs + 5 * 16
  static let bytes = ElfBuilder.bytes(of: image)

  func read(_ change: (inout [UInt8]) -> Void) throws -> ElfImage {
    var bytes = Self.bytes
    change(&bytes)
    return try ElfImage(reading: OpenFile(bytes: bytes))
  }

  @Test func `the tables stand where these tests change them`() throws {
    #expect(try read { _ in } == Self.image)
    #expect(Self.bytes[Self.needs] == 1 && Self.bytes[Self.needs + 2] == 2)
    #expect(Self.bytes[Self.definitions] == 1 && Self.bytes[Self.definitions + 4] == 1)
  }

  /// Byte of the file, its new value, and what is said of the tables.
  static let damages: [(offset: Int, value: UInt8, says: ElfReadError)] = [
    (needs, 2, .unknownVersionRecord(what: .versionNeeds, version: 2)),
    (definitions, 9, .unknownVersionRecord(what: .versionDefinitions, version: 9)),
    (
      needs + 16 + 12 + 3, 0x7F,
      .unmappedAddress(what: .versionNeeds, address: UInt64(needs) + 16 + 0x7F00_0010)
    ),
  ]

  @Test(arguments: damages)
  func `a damaged table is told by its kind`(
    damage: (offset: Int, value: UInt8, says: ElfReadError)
  ) throws {
    let image = try read { $0[damage.offset] = damage.value }
    #expect(image.dynamic?.versions.damage == damage.says)
    #expect(image.dynamic?.needed == ["liba.so"])
  }

  @Test func `more records than any library has are an error`() throws {
    let references = (0..<20_000).map { _ in VersionTables.Reference("V") }
    var image = ElfImage(dynamic: DynamicSection(needed: ["liba.so"]))
    image.dynamic?.versions.needs = [.init(library: "liba.so", references: references)]
    let read = try ElfImage(reading: OpenFile(bytes: ElfBuilder.bytes(of: image)))
    #expect(read.dynamic?.versions.damage == .tooManyVersions(limit: 1 << 14))
  }

  @Test func `a table at an address that no segment holds is told`() throws {
    let image = try read { bytes in
      let entry = bytes.indices.first { bytes[$0...].starts(with: [0xFE, 0xFF, 0xFF, 0x6F]) }
      bytes[(entry ?? 0) + 8 + 6] = 0x7F
    }
    #expect(
      image.dynamic?.versions.damage
        == .unmappedAddress(what: .versionNeeds, address: 0x7F_0000_0000_0000 + UInt64(Self.needs)))
  }

  @Test func `any byte of the tables may be wrong without a crash`() throws {
    for offset in Self.needs..<(Self.definitions + 2 * 28) {
      for value in [0, 1, 0xFF] as [UInt8] {
        let image = try read { $0[offset] = value }
        #expect(image.dynamic?.needed == ["liba.so"])
      }
    }
  }
}
