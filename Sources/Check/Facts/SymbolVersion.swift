internal import ELF
internal import FileTree

/// A version as a symbol has it or asks for it.
///
/// Source: glibc `include/link.h` (`struct r_found_version`), filled by `elf/dl-version.c`
/// (`_dl_check_map_versions`).
struct SymbolVersion: Hashable, Sendable {
  let version: VersionTables.Version
  /// Whether only this very version will do.
  let isHidden: Bool
  /// The library that is asked for it; nil for the object's own.
  let library: ByteString?

  /// The versions of an object by what DT_VERSYM says; the object itself (VER_FLG_BASE) is none.
  static func table(of versions: VersionTables) -> [SymbolVersion?] {
    var table: [SymbolVersion?] = []
    func place(_ version: SymbolVersion, at index: UInt16) {
      let index = Int(index & ~hiddenBit)
      while table.count <= index { table.append(nil) }
      table[index] = version
    }
    for need in versions.needs {
      for reference in need.references {
        place(
          SymbolVersion(
            version: reference.version, isHidden: reference.index & hiddenBit != 0,
            library: need.library), at: reference.index)
      }
    }
    for definition in versions.definitions ?? [] where !definition.isBase {
      place(
        SymbolVersion(
          version: definition.version, isHidden: definition.index & hiddenBit != 0, library: nil),
        at: definition.index)
    }
    return table
  }

  /// VERSYM_HIDDEN.
  static let hiddenBit: UInt16 = 0x8000
}
