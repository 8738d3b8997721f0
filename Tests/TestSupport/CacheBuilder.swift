package import ELF
package import FileTree

/// Writes an `ld.so.cache` of any format. Entries stand as the test gives them: in descending order of
/// their names, as the loader's binary search demands.
package struct CacheBuilder {
  package enum Format: CaseIterable, Sendable {
    case old, new
    /// The new format behind the old one.
    case combined
  }

  package struct Entry: Sendable {
    let name: ByteString
    let path: ByteString
    let flags: Int32
    let hwcap: UInt64

    /// - Parameter flags: those of x86-64, unless the test says otherwise.
    package init(
      _ name: ByteString, _ path: ByteString, flags: Int32 = 0x303, hwcap: UInt64 = 0
    ) {
      self.name = name
      self.path = path
      self.flags = flags
      self.hwcap = hwcap
    }

    /// An entry of a glibc-hwcaps subdirectory, by its place in the list of levels.
    ///
    /// - Parameter isaLevel: the level of x86-64 that the library itself demands; 0 for none.
    package init(_ name: ByteString, _ path: ByteString, level: UInt32, isaLevel: UInt32 = 0) {
      self.init(name, path, hwcap: 1 << 62 | UInt64(isaLevel) << 32 | UInt64(level))
    }
  }

  private let writer: ElfFieldWriter

  /// - Parameters:
  ///   - levels: the names of the glibc-hwcaps subdirectories.
  ///   - alignment: that of a 64-bit number, in bytes.
  package static func bytes(
    _ entries: [Entry], _ format: Format = .new, levels: [ByteString] = [],
    header: ElfHeader = ElfHeader(), alignment: Int = 8
  ) -> [UInt8] {
    let builder = CacheBuilder(writer: ElfFieldWriter(header))
    switch format {
    case .old: return builder.old(entries)
    case .new: return builder.new(entries, levels)
    case .combined:
      // An old loader takes the old part alone, so the strings there are of no use to a new one.
      let old = builder.oldTable(entries)
      let padding = [UInt8](repeating: 0, count: -old.count & (alignment - 1))
      return old + padding + builder.new(entries, levels)
    }
  }

  private func old(_ entries: [Entry]) -> [UInt8] {
    oldTable(entries) + entries.flatMap { $0.name.bytes + [0] + $0.path.bytes + [0] }
  }

  /// Offsets of strings count from the table's end.
  private func oldTable(_ entries: [Entry]) -> [UInt8] {
    var offset = 0
    var bytes = Array("ld.so-1.7.0\0".utf8) + writer.number(entries.count, 4)
    for entry in entries {
      bytes += writer.number(entry.flags, 4) + writer.number(offset, 4)
      bytes += writer.number(offset + entry.name.count + 1, 4)
      offset += entry.name.count + entry.path.count + 2
    }
    return bytes
  }

  /// Offsets count from the header's beginning.
  private func new(_ entries: [Entry], _ levels: [ByteString]) -> [UInt8] {
    let stringStart = 48 + entries.count * 24
    var strings: [UInt8] = []
    func place(_ text: ByteString) -> [UInt8] {
      defer { strings += text.bytes + [0] }
      return writer.number(stringStart + strings.count, 4)
    }
    var table: [UInt8] = []
    for entry in entries {
      table += writer.number(entry.flags, 4) + place(entry.name) + place(entry.path)
      table += writer.number(0, 4) + writer.number(entry.hwcap, 8)
    }
    let names = levels.flatMap(place)
    strings += [UInt8](repeating: 0, count: -(stringStart + strings.count) & 3)
    let extensionStart = stringStart + strings.count
    let section =
      writer.number(0xEAA4_2174 as UInt32, 4) + writer.number(1, 4) + writer.number(1, 4)
      + writer.number(0, 4) + writer.number(extensionStart + 24, 4)
      + writer.number(names.count, 4) + names
    let order: UInt8 = writer.header.dataEncoding == .littleEndian ? 2 : 3
    return Array("glibc-ld.so.cache1.1".utf8) + writer.number(entries.count, 4)
      + writer.number(strings.count, 4) + [order, 0, 0, 0]
      + writer.number(levels.isEmpty ? 0 : extensionStart, 4) + [UInt8](repeating: 0, count: 12)
      + table + strings + (levels.isEmpty ? [] : section)
  }
}
