internal import ELF
package import FileTree

/// `/etc/ld.so.cache` as the loader reads it: looked up in place, never parsed whole.
///
/// Formats: old (`ld.so-1.7.0`), new (`glibc-ld.so.cache1.1`) and the new one behind the old.
/// Source: glibc `sysdeps/generic/dl-cache.h`, `elf/dl-cache.c`.
package struct LdSoCache: Sendable {
  static let oldMagic = Array("ld.so-1.7.0".utf8)
  static let newMagic = Array("glibc-ld.so.cache1.1".utf8)
  static let oldHeaderSize = 16
  static let oldEntrySize = 12
  static let newHeaderSize = 48
  static let newEntrySize = 24
  /// The hwcap value of an entry in a glibc-hwcaps subdirectory; the low half is an index.
  package static let hwcapExtension: UInt64 = 1 << 62
  package static let extensionMagic: UInt32 = 0xEAA4_2174
  package static let hwcapsSectionTag: UInt32 = 1

  /// Names and paths are no longer than the kernel takes them (PATH_MAX). In bytes with the NUL.
  private static let stringLimit = 4096
  /// An entry for each of all levels and ABIs, and some more.
  private static let entriesPerNameLimit = 4096

  private let bytes: [UInt8]
  private let platform: LoaderPlatform
  private let littleEndian: Bool
  private let entriesOffset: Int
  private let entryCount: Int
  private let entrySize: Int
  /// What string offsets count from.
  private let stringBase: Int
  /// The names of the glibc-hwcaps subdirectories, by index.
  private let hwcapNames: [ByteString]

  /// The flags of the target's own entries.
  var flags: Int32 { platform.cacheFlags }

  /// Takes the file's bytes, in the byte order of the target; nil if the loader would ignore it.
  package init?(bytes: [UInt8], platform: LoaderPlatform) {
    self.bytes = bytes
    self.platform = platform
    littleEndian = platform.header.dataEncoding == .littleEndian
    let reader = EncodedBytes(bytes, encoding: platform.header.dataEncoding)
    if let base = Self.newFormatOffset(reader, alignment: platform.cacheAlignment) {
      guard let count = reader.uint32(base + 20),
        base + Self.newHeaderSize + Int(count) * Self.newEntrySize <= bytes.count
      else { return nil }
      // cache_file_new_matches_endian: 0 is unset, 2 little, 3 big.
      let order = bytes[base + 28] & 3
      guard order == 0 || order == (littleEndian ? 2 : 3) else { return nil }
      entriesOffset = base + Self.newHeaderSize
      entryCount = Int(count)
      entrySize = Self.newEntrySize
      stringBase = base
      hwcapNames = Self.hwcapNames(reader, base: base)
    } else {
      guard bytes.starts(with: Self.oldMagic), let count = reader.uint32(12),
        Self.oldHeaderSize + Int(count) * Self.oldEntrySize <= bytes.count
      else { return nil }
      entriesOffset = Self.oldHeaderSize
      entryCount = Int(count)
      entrySize = Self.oldEntrySize
      stringBase = Self.oldHeaderSize + Int(count) * Self.oldEntrySize
      hwcapNames = []
    }
  }

  private static func newFormatOffset(_ reader: EncodedBytes, alignment: Int) -> Int? {
    if reader.has(newMagic, at: 0) { return reader.bytes.count >= newHeaderSize ? 0 : nil }
    guard reader.has(oldMagic, at: 0), let count = reader.uint32(12) else { return nil }
    // ALIGN_CACHE: the new part is aligned as the machine aligns a 64-bit number.
    let end = oldHeaderSize + Int(count) * oldEntrySize
    let offset = (end + alignment - 1) & ~(alignment - 1)
    guard reader.has(newMagic, at: offset), reader.bytes.count >= offset + newHeaderSize else {
      return nil
    }
    return offset
  }

  private static func hwcapNames(_ reader: EncodedBytes, base: Int) -> [ByteString] {
    guard let offset = reader.uint32(base + 32), offset != 0,
      reader.uint32(base + Int(offset)) == extensionMagic,
      let count = reader.uint32(base + Int(offset) + 4)
    else { return [] }
    for index in 0..<min(Int(count), 64) {
      let section = base + Int(offset) + 8 + index * 16
      guard reader.uint32(section) == hwcapsSectionTag, let start = reader.uint32(section + 8),
        let size = reader.uint32(section + 12)
      else { continue }
      let indices = 0..<min(Int(size) / 4, 1024)
      return indices.map { index in
        reader.uint32(base + Int(start) + index * 4)
          .flatMap { reader.string(base + Int($0), limit: stringLimit) } ?? ""
      }
    }
    return []
  }

  /// What the cache says of one name.
  struct Answer {
    /// Nil if it has no entry that counts.
    var path: ByteString?
    /// Whether some of its entries are for some processors only.
    var dependsOnProcessor = false
  }

  /// The path that the loader takes for `name`.
  ///
  /// One best entry, as `search_cache` picks it: the flags must be ones that the port takes, and an
  /// entry of a glibc-hwcaps subdirectory counts if the processor has its level, and then beats the
  /// others.
  func answer(to name: ByteString, profile: LoaderProfile) -> Answer {
    let reader = EncodedBytes(bytes, encoding: platform.header.dataEncoding)
    guard let first = firstEntry(named: name, reader) else { return Answer() }
    var dependsOnProcessor = false
    var best: (path: ByteString, priority: Int)?
    for index in first..<min(entryCount, first + Self.entriesPerNameLimit) {
      let entry = entriesOffset + index * entrySize
      guard let key = string(reader, entry + 4), compare(name, key) == 0 else { break }
      guard let entryFlags = reader.uint32(entry).map({ Int32(bitPattern: $0) }),
        platform.acceptedCacheFlags.contains(entryFlags), let value = string(reader, entry + 8)
      else { continue }
      guard entrySize == Self.newEntrySize else {
        // The old format: the last entry up to one that decides.
        best = (value, .max)
        if entryFlags == platform.decisiveCacheFlags { break }
        continue
      }
      let hwcap = reader.uint64(entry + 16) ?? 0
      if hwcap != 0 { dependsOnProcessor = true }
      guard isExtension(hwcap) else {
        // These stand behind those of glibc-hwcaps, which win where one counts.
        if best != nil { break }
        guard hwcap == 0 || profile.capabilities?.satisfies(hwcap) == true else { continue }
        return Answer(path: value, dependsOnProcessor: dependsOnProcessor)
      }
      guard let priority = priority(of: hwcap, profile) else { continue }
      if best.map({ priority < $0.priority }) ?? true { best = (value, priority) }
    }
    return Answer(path: best?.path, dependsOnProcessor: dependsOnProcessor)
  }

  private func compare(_ left: ByteString, _ right: ByteString) -> Int {
    LdSoCache.compare(left, right, signed: platform.hasSignedChar)
  }

  /// Whether an entry is one of a glibc-hwcaps subdirectory.
  private func isExtension(_ hwcap: UInt64) -> Bool {
    // Bits 32 to 41 hold an ISA level and don't count here (DL_CACHE_HWCAP_ISA_LEVEL_MASK).
    hwcap >> 32 & ~0x3FF == Self.hwcapExtension >> 32
  }

  /// The rank of a subdirectory's entry, 0 the best; nil if the processor isn't to use it.
  private func priority(of hwcap: UInt64, _ profile: LoaderProfile) -> Int? {
    let index = Int(hwcap & 0xFFFF_FFFF)
    // The level of x86-64 that the library itself asks for (dl_cache_hwcap_isa_level_compatible).
    let isaLevel = hwcap >> 32 & 0x3FF
    guard index < hwcapNames.count,
      isaLevel == 0 || isaLevel < 32 && profile.isaLevels & 1 << UInt32(isaLevel) != 0
    else { return nil }
    return profile.activeLevels.firstIndex(of: hwcapNames[index])
  }

  /// Binary search: entries are in descending order of ``compare(_:_:)``.
  private func firstEntry(named name: ByteString, _ reader: EncodedBytes) -> Int? {
    var low = 0
    var high = entryCount
    while low < high {
      let middle = (low + high) / 2
      guard let key = string(reader, entriesOffset + middle * entrySize + 4) else { return nil }
      if compare(name, key) < 0 { low = middle + 1 } else { high = middle }
    }
    return low < entryCount ? low : nil
  }

  private func string(_ reader: EncodedBytes, _ field: Int) -> ByteString? {
    reader.uint32(field).flatMap { reader.string(stringBase + Int($0), limit: Self.stringLimit) }
  }

  /// The cache's order of names: runs of digits compare as numbers, and a digit is above anything else.
  ///
  /// Source: glibc `elf/dl-cache.c` (`_dl_cache_libcmp`).
  ///
  /// - Parameter signed: whether the target's `char` is: a byte above 0x7F is then below all others.
  package static func compare(_ left: ByteString, _ right: ByteString, signed: Bool) -> Int {
    func value(_ byte: UInt8) -> Int {
      signed ? Int(Int8(bitPattern: byte)) : Int(byte)
    }
    var l = left.bytes[...]
    var r = right.bytes[...]
    while let a = l.first {
      let b = r.first ?? 0
      switch (isDigit(a), isDigit(b)) {
      case (true, true):
        let order = compareNumbers(&l, &r)
        if order != 0 { return order }
      case (true, false): return 1
      case (false, true): return -1
      case (false, false):
        if a != b { return value(a) - value(b) }
        l = l.dropFirst()
        r = r.dropFirst()
      }
    }
    return -value(r.first ?? 0)
  }

  private static func compareNumbers(
    _ left: inout ArraySlice<UInt8>, _ right: inout ArraySlice<UInt8>
  ) -> Int {
    func number(_ text: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
      let digits = text.prefix(while: isDigit)
      text = text.dropFirst(digits.count)
      return digits.drop { $0 == UInt8(ascii: "0") }
    }
    let l = number(&left)
    let r = number(&right)
    if l.count != r.count { return l.count - r.count }
    return l.elementsEqual(r) ? 0 : (l.lexicographicallyPrecedes(r) ? -1 : 1)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }
}
