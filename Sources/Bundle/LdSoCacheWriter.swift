internal import ELF
internal import FileTree
internal import Loader

/// Writes an `ld.so.cache` in the new format, which glibc reads since 2.2.
///
/// Source: glibc `sysdeps/generic/dl-cache.h`, `elf/cache.c` (`save_cache`).
struct LdSoCacheWriter {
  private struct Entry: Hashable {
    let name: ByteString
    let path: ByteString
    let flags: Int32
    /// The glibc-hwcaps subdirectory; nil for the baseline.
    let level: ByteString?
  }

  private let platform: LoaderPlatform
  private var entries: Set<Entry> = []

  private var isLittleEndian: Bool { platform.header.dataEncoding == .littleEndian }

  init(platform: LoaderPlatform) {
    self.platform = platform
  }

  mutating func insert(
    _ name: ByteString, path: ByteString, flags: Int32, level: ByteString? = nil
  ) {
    entries.insert(Entry(name: name, path: path, flags: flags, level: level))
  }

  private static let headerSize = 48
  private static let entrySize = 24

  func bytes() -> [UInt8] {
    // Descending, since the loader's binary search wants it so; ties are settled for determinism.
    let sorted = entries.sorted {
      let order = LdSoCache.compare($0.name, $1.name, signed: platform.hasSignedChar)
      if order != 0 { return order > 0 }
      if $0.flags != $1.flags { return $0.flags > $1.flags }
      // The loader takes the baseline for the end of a name's better entries.
      if ($0.level == nil) != ($1.level == nil) { return $1.level == nil }
      return ($0.level ?? "", $0.path) < ($1.level ?? "", $1.path)
    }
    let levels = Set(entries.compactMap(\.level)).sorted()
    var strings: [UInt8] = []
    var table: [UInt8] = []
    let stringStart = Self.headerSize + sorted.count * Self.entrySize
    func place(_ text: ByteString) -> [UInt8] {
      defer { strings += text.bytes + [0] }
      return number(UInt32(stringStart + strings.count))
    }
    for entry in sorted {
      table += number(UInt32(bitPattern: entry.flags)) + place(entry.name) + place(entry.path)
      table += number(0) + hwcap(entry.level, among: levels)
    }
    let levelNames = levels.flatMap(place)
    let size = stringStart + strings.count
    strings += [UInt8](repeating: 0, count: (4 - size % 4) % 4)
    let order: UInt8 = isLittleEndian ? 2 : 3
    let extensionOffset = levels.isEmpty ? 0 : UInt32(stringStart + strings.count)
    let header =
      Array("glibc-ld.so.cache1.1".utf8) + number(UInt32(sorted.count))
      + number(UInt32(strings.count)) + [order, 0, 0, 0] + number(extensionOffset)
      + [UInt8](repeating: 0, count: 12)
    return header + table + strings
      + (levels.isEmpty ? [] : levelSection(levelNames, at: extensionOffset))
  }

  /// The extension that names the glibc-hwcaps subdirectories (`struct cache_extension`).
  private func levelSection(_ names: [UInt8], at offset: UInt32) -> [UInt8] {
    let sectionSize: UInt32 = 8 + 16
    return number(LdSoCache.extensionMagic) + number(1) + number(LdSoCache.hwcapsSectionTag)
      + number(0) + number(offset + sectionSize) + number(UInt32(names.count)) + names
  }

  /// The 64-bit field that tells an entry's subdirectory: its index and a mark in the upper half.
  private func hwcap(_ level: ByteString?, among levels: [ByteString]) -> [UInt8] {
    guard let index = level.flatMap(levels.firstIndex) else { return number(0) + number(0) }
    let halves = [number(UInt32(index)), number(UInt32(LdSoCache.hwcapExtension >> 32))]
    return (isLittleEndian ? halves : halves.reversed()).flatMap(\.self)
  }

  private func number(_ value: UInt32) -> [UInt8] {
    let littleEndian = (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    return isLittleEndian ? littleEndian : littleEndian.reversed()
  }
}
