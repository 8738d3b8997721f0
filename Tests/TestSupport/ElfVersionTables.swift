internal import ELF
internal import FileTree

/// DT_VERNEED and DT_VERDEF: records that are chained by the distance to the next one.
struct ElfVersionTables {
  let writer: ElfFieldWriter

  func needs(_ needs: [VersionTables.Need], _ strings: inout ElfStringTable) -> [UInt8] {
    var bytes: [UInt8] = []
    for (index, need) in needs.enumerated() {
      let size = 16 + need.references.count * 16
      let next = index == needs.count - 1 ? 0 : size
      bytes += writer.number(1, 2) + writer.number(need.references.count, 2)
      bytes += writer.number(strings.place(need.library.bytes), 4)
      bytes += writer.number(16, 4) + writer.number(next, 4)
      for (place, reference) in need.references.enumerated() {
        let isLast = place == need.references.count - 1
        bytes += writer.number(reference.version.hash, 4)
        bytes += writer.number(reference.isWeak ? 2 : 0, 2) + writer.number(reference.index, 2)
        bytes += writer.number(strings.place(reference.version.name.bytes), 4)
        bytes += writer.number(isLast ? 0 : 16, 4)
      }
    }
    return bytes
  }

  func definitions(
    _ definitions: [VersionTables.Definition], _ strings: inout ElfStringTable
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    for (place, definition) in definitions.enumerated() {
      let isLast = place == definitions.count - 1
      bytes += writer.number(1, 2) + writer.number(definition.isBase ? 1 : 0, 2)
      bytes += writer.number(definition.index, 2) + writer.number(1, 2)
      bytes += writer.number(definition.version.hash, 4)
      bytes += writer.number(20, 4) + writer.number(isLast ? 0 : 28, 4)
      bytes += writer.number(strings.place(definition.version.name.bytes), 4)
      bytes += writer.number(0, 4)
    }
    return bytes
  }
}
