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
  }

  private let platform: LoaderPlatform
  private var entries: Set<Entry> = []

  private var isLittleEndian: Bool { platform.header.dataEncoding == .littleEndian }

  init(platform: LoaderPlatform) {
    self.platform = platform
  }

  mutating func insert(_ name: ByteString, path: ByteString, flags: Int32) {
    entries.insert(Entry(name: name, path: path, flags: flags))
  }

  func bytes() -> [UInt8] {
    let headerSize = 48
    let entrySize = 24
    // Descending, since the loader's binary search wants it so; ties are settled for determinism.
    let sorted = entries.sorted {
      let order = LdSoCache.compare($0.name, $1.name, signed: platform.hasSignedChar)
      if order != 0 { return order > 0 }
      return $0.flags == $1.flags ? $0.path < $1.path : $0.flags > $1.flags
    }
    var strings: [UInt8] = []
    var table: [UInt8] = []
    let stringStart = UInt32(headerSize + sorted.count * entrySize)
    for entry in sorted {
      table += number(UInt32(bitPattern: entry.flags))
      for text in [entry.name, entry.path] {
        table += number(stringStart + UInt32(strings.count))
        strings += text.bytes + [0]
      }
      table += number(0) + number(0) + number(0)  // osversion, hwcap
    }
    let order: UInt8 = isLittleEndian ? 2 : 3
    let header =
      Array("glibc-ld.so.cache1.1".utf8) + number(UInt32(sorted.count))
      + number(UInt32(strings.count)) + [order, 0, 0, 0] + [UInt8](repeating: 0, count: 16)
    return header + table + strings
  }

  private func number(_ value: UInt32) -> [UInt8] {
    let littleEndian = (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    return isLittleEndian ? littleEndian : littleEndian.reversed()
  }
}
