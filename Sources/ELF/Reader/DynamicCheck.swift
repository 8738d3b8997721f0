internal import CLibelf

/// What loaders read of one entry of the dynamic section together with another one, and die without.
///
/// Source: glibc `elf/get-dynamic-info.h` (`elf_get_dynamic_info`), `elf/dynamic-link.h`
/// (`_ELF_DYNAMIC_DO_RELOC`), `elf/dl-version.c` (`_dl_check_map_versions`); musl `ldso/dynlink.c`
/// (`find_sym2`, `search_vec`).
struct DynamicCheck {
  private let object: MappedObject

  init(_ object: MappedObject) {
    self.object = object
  }

  /// A table of relocations and the entries that say how large it and one of its entries are.
  private struct Table {
    let address: (Int32, DynamicTag)
    let size: (Int32, DynamicTag)
    let entrySize: (Int32, DynamicTag)
    /// In words.
    let entryWords: UInt64
  }

  // DT_RELRSZ, DT_RELR and DT_RELRENT.
  private static let relative: (size: Int32, address: Int32, entrySize: Int32) = (35, 36, 37)

  private var tables: [Table] {
    let addends = Table(
      address: (DT_RELA, .addendRelocations), size: (DT_RELASZ, .addendRelocationsSize),
      entrySize: (DT_RELAENT, .addendRelocationSize), entryWords: 3)
    let relative = Table(
      address: (Self.relative.address, .relativeRelocations),
      size: (Self.relative.size, .relativeRelocationsSize),
      entrySize: (Self.relative.entrySize, .relativeRelocationSize), entryWords: 1)
    guard object.header.machine.hasPlainRelocations else { return [addends, relative] }
    let plain = Table(
      address: (DT_REL, .relocations), size: (DT_RELSZ, .relocationsSize),
      entrySize: (DT_RELENT, .relocationSize), entryWords: 2)
    return [addends, plain, relative]
  }

  /// What glibc dies of.
  var glibcFault: ElfReadError? {
    relocationFault ?? procedureFault ?? symbolFault
  }

  private var relocationFault: ElfReadError? {
    let word = UInt64(object.header.elfClass.bits / 8)
    for table in tables where object.value(of: table.address.0) != nil {
      guard let entrySize = object.value(of: table.entrySize.0) else {
        return .missingEntry(table.entrySize.1, beside: table.address.1)
      }
      guard entrySize == table.entryWords * word else {
        return .wrongEntry(table.entrySize.1, value: entrySize)
      }
      guard object.value(of: table.size.0) != nil else {
        return .missingEntry(table.size.1, beside: table.address.1)
      }
    }
    return nil
  }

  private var procedureFault: ElfReadError? {
    guard let kind = object.value(of: DT_PLTREL) else { return nil }
    guard
      kind == UInt64(DT_RELA) || kind == UInt64(DT_REL) && object.header.machine.hasPlainRelocations
    else { return .wrongEntry(.procedureRelocationKind, value: kind) }
    guard object.value(of: DT_JMPREL) != nil else {
      return .missingEntry(.procedureRelocations, beside: .procedureRelocationKind)
    }
    guard object.value(of: DT_PLTRELSZ) != nil else {
      return .missingEntry(.procedureRelocationsSize, beside: .procedureRelocationKind)
    }
    return nil
  }

  private var symbolFault: ElfReadError? {
    guard object.value(of: DT_SYMTAB) == nil else { return nil }
    if hasHashTable { return .missingEntry(.symbols, beside: .hashTable) }
    if (object.value(of: DT_RELASZ) ?? 0) > 0, object.value(of: DT_RELA) != nil {
      return .missingEntry(.symbols, beside: .addendRelocations)
    }
    if (object.value(of: DT_PLTRELSZ) ?? 0) > 0, object.value(of: DT_PLTREL) != nil {
      return .missingEntry(.symbols, beside: .procedureRelocations)
    }
    return nil
  }

  private var hasHashTable: Bool {
    object.value(of: DT_GNU_HASH) != nil || object.value(of: DT_HASH) != nil
  }

  /// What whoever binds symbols dies of: glibc wants versions for them where it has versions at all, musl
  /// looks each symbol up in every object.
  var bindingFault: ElfReadError? {
    guard object.mapper != .musl else {
      return hasHashTable ? nil : .missingEntry(.hashTable, beside: .symbols)
    }
    guard object.value(of: DT_VERSYM) == nil else { return nil }
    if object.value(of: DT_VERNEED) != nil {
      return .missingEntry(.symbolVersions, beside: .versionNeeds)
    }
    return object.value(of: DT_VERDEF).map { _ in
      .missingEntry(.symbolVersions, beside: .versionDefinitions)
    }
  }

  /// Whether both loaders make the same of the entries: musl takes the first of those with large numbers.
  var isPlain: Bool {
    glibcFault == nil
      && [DT_GNU_HASH, DT_VERSYM, DT_VERDEF].allSatisfy { tag in
        (object.entries ?? []).count { $0.tag == Int64(tag) } < 2
      }
  }
}

extension Machine {
  /// Whether objects have relocations without addends.
  ///
  /// Source: glibc `sysdeps/*/dl-machine.h` (`ELF_MACHINE_NO_REL`).
  package var hasPlainRelocations: Bool {
    switch self {
    case .x86, .arm, .mips: true
    default: false
    }
  }
}
