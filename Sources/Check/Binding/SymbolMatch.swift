internal import ELF
internal import FileTree
internal import Loader

/// Whether a loader takes an object's symbol for what another one, or itself, asks for.
extension ObjectFacts {
  /// - Parameter use: one of the reference's uses.
  func match(
    _ reference: BoundReference, _ use: SymbolReference.Uses, _ libc: Libc
  ) -> Bool {
    switch libc {
    case .glibc: glibcMatch(reference, use)
    case .musl: muslMatch(reference, use)
    }
  }

  /// As of glibc 2.30: before, the search ended at the library that the version was asked of.
  ///
  /// Source: glibc `elf/dl-lookup.c` (`do_lookup_x`, `check_match`).
  private func glibcMatch(_ reference: BoundReference, _ use: SymbolReference.Uses) -> Bool {
    let symbols = tables.symbols
    var versioned: Int?
    var versionedCount = 0
    let found = symbols.firstIndex(named: reference.name) { index in
      guard isCandidate(symbols[index], use) else { return false }
      guard hasVersions else { return true }
      let version = symbols.version(of: index) ?? 0
      if let wanted = reference.version { return has(wanted, as: version) }
      // Versions are counted from 2; an old program without them means the oldest.
      guard version & ~SymbolVersion.hiddenBit >= 3 else { return true }
      if version & SymbolVersion.hiddenBit == 0 {
        versioned = versioned ?? index
        versionedCount += 1
      }
      return false
    }
    // The only version there is will do, though it isn't the oldest.
    guard let index = found ?? (versionedCount == 1 ? versioned : nil) else { return false }
    return !symbols[index].isHidden && symbols[index].isBoundByOthers
  }

  private func isCandidate(_ symbol: DynamicSymbol, _ use: SymbolReference.Uses) -> Bool {
    guard symbol.isCodeOrData, symbol.value != 0 || symbol.isAbsolute || symbol.isThreadLocal
    else { return false }
    return !symbol.isUndefined || (use != .definition && symbol.isCanonicalAddress(image.header))
  }

  /// Whether a symbol's version is the one that is wanted, or one that stands for any.
  private func has(_ wanted: SymbolVersion, as index: UInt16) -> Bool {
    let own = version(at: index)
    if own?.version == wanted.version { return true }
    return !wanted.isHidden && own == nil && index & SymbolVersion.hiddenBit == 0
  }

  /// Source: musl `ldso/dynlink.c` (`find_sym2`, `gnu_lookup`, `sysv_lookup`).
  private func muslMatch(_ reference: BoundReference, _ use: SymbolReference.Uses) -> Bool {
    let symbols = tables.symbols
    let found = symbols.firstIndex(named: reference.name) { index in
      (symbols.version(of: index) ?? 0) & SymbolVersion.hiddenBit == 0
    }
    guard let symbol = found.map({ symbols[$0] }) else { return false }
    if symbol.isUndefined {
      guard use != .definition, !symbol.isThreadLocal, symbol.isCanonicalAddress(image.header)
      else { return false }
    }
    // It knows no STT_GNU_IFUNC.
    return (symbol.value != 0 || symbol.isThreadLocal) && symbol.isCodeOrData
      && !symbol.isIndirect && symbol.isBoundByOthers
  }
}

extension DynamicSymbol {
  /// Whether another object may be bound to it.
  fileprivate var isBoundByOthers: Bool {
    switch binding {
    case .global, .weak, .unique: true
    case .local, .other: false
    }
  }

  /// Whether the value of an undefined symbol is the address by which everybody calls the function.
  ///
  /// Source: glibc `sysdeps/mips/dl-machine.h` (`elf_machine_sym_no_match`); musl `arch/mips/reloc.h`
  /// (`ARCH_SYM_REJECT_UND`).
  fileprivate func isCanonicalAddress(_ header: ElfHeader) -> Bool {
    // STO_MIPS_PLT.
    header.machine != .mips || other & 0x8 != 0
  }
}
