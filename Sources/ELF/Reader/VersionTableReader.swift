internal import CLibelf
internal import FileTree

/// Reads DT_VERNEED and DT_VERDEF, whose entries are chained by offsets from one to the next.
///
/// Source: `elf.h`, `Elf64_Verneed`, `Elf64_Vernaux`, `Elf64_Verdef`, `Elf64_Verdaux`, which are the
/// same in both classes.
struct VersionTableReader: ~Copyable {
  private let encoding: ElfHeader.DataEncoding
  private var range: MemoryRange
  private var entries = 0

  /// In entries of all kinds; the largest real tables have some hundreds.
  private static let entryLimit = 1 << 14

  init(_ range: MemoryRange, encoding: ElfHeader.DataEncoding) {
    self.range = range
    self.encoding = encoding
  }

  /// - Parameter string: the text at an index of the string table.
  mutating func needs(
    string: (UInt32) throws(ElfReadError) -> ByteString
  ) throws(ElfReadError) -> [VersionTables.Need] {
    var needs: [VersionTables.Need] = []
    var offset: UInt64 = 0
    while true {
      let entry = try record(at: offset, size: 16)
      try checkVersion(entry, at: offset)
      var need = VersionTables.Need(
        library: try string(entry.uint32(4) ?? 0), references: [])
      var reference = try advance(offset, by: entry.uint32(8) ?? 0)
      while true {
        let auxiliary = try record(at: reference, size: 16)
        let version = VersionTables.Version(
          name: try string(auxiliary.uint32(8) ?? 0), hash: auxiliary.uint32(0) ?? 0)
        let isWeak = (auxiliary.uint16(4) ?? 0) & UInt16(VER_FLG_WEAK) != 0
        need.references.append(
          VersionTables.Reference(
            version: version, isWeak: isWeak, index: auxiliary.uint16(6) ?? 0))
        guard let next = auxiliary.uint32(12), next != 0 else { break }
        reference = try advance(reference, by: next)
      }
      needs.append(need)
      guard let next = entry.uint32(12), next != 0 else { return needs }
      offset = try advance(offset, by: next)
    }
  }

  /// - Parameter string: the text at an index of the string table.
  mutating func definitions(
    string: (UInt32) throws(ElfReadError) -> ByteString
  ) throws(ElfReadError) -> [VersionTables.Definition] {
    var definitions: [VersionTables.Definition] = []
    var offset: UInt64 = 0
    while true {
      let entry = try record(at: offset, size: 20)
      try checkVersion(entry, at: offset)
      let auxiliary = try record(
        at: try advance(offset, by: entry.uint32(12) ?? 0), size: 8)
      definitions.append(
        VersionTables.Definition(
          version: VersionTables.Version(
            name: try string(auxiliary.uint32(0) ?? 0), hash: entry.uint32(8) ?? 0),
          index: entry.uint16(4) ?? 0,
          isBase: (entry.uint16(2) ?? 0) & UInt16(VER_FLG_BASE) != 0))
      guard let next = entry.uint32(16), next != 0 else { return definitions }
      offset = try advance(offset, by: next)
    }
  }

  private mutating func record(
    at offset: UInt64, size: Int
  ) throws(ElfReadError) -> EncodedBytes {
    // A chain may lead back to itself.
    entries += 1
    guard entries <= Self.entryLimit else { throw .tooManyVersions(limit: Self.entryLimit) }
    return EncodedBytes(try range.bytes(at: offset, count: size), encoding: encoding)
  }

  /// The records' own version number, of which there is one.
  private func checkVersion(_ entry: EncodedBytes, at offset: UInt64) throws(ElfReadError) {
    let version = entry.uint16(0) ?? 0
    guard version == 1 else { throw .unknownVersionRecord(what: range.part, version: version) }
  }

  private func advance(_ offset: UInt64, by distance: UInt32) throws(ElfReadError) -> UInt64 {
    let (sum, overflow) = offset.addingReportingOverflow(UInt64(distance))
    guard !overflow else { throw .tooManyVersions(limit: Self.entryLimit) }
    return sum
  }
}
