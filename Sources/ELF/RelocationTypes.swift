/// The types of relocations of one machine that decide which definitions a loader takes.
///
/// Source: `elf.h`, R_*; glibc `sysdeps/*/dl-machine.h` (`elf_machine_type_class`).
struct RelocationTypes {
  /// What loaders of x86 demand of each entry that DT_RELACOUNT or DT_RELCOUNT counts.
  let demandedRelative: UInt32?
  private let copy: UInt32
  /// Calls and thread-local storage.
  private let definitions: [UInt32]
  private let machine: Machine

  init(_ machine: Machine) {
    self.machine = machine
    demandedRelative = machine == .amd64 || machine == .x86 ? 8 : nil
    switch machine {
    case .amd64: (copy, definitions) = (5, [7, 16, 17, 18, 36])
    case .x86: (copy, definitions) = (5, [7, 14, 35, 36, 37, 41])
    case .aarch64: (copy, definitions) = (1024, [1026, 1028, 1029, 1030, 1031])
    case .arm: (copy, definitions) = (20, [13, 17, 18, 19, 22])
    case .riscv, .loongArch: (copy, definitions) = (4, [5, 6, 7, 8, 9, 10, 11])
    case .ppc, .ppc64: (copy, definitions) = (19, [21, 68, 73, 78])
    case .s390: (copy, definitions) = (9, [11, 54, 55, 56])
    case .mips: (copy, definitions) = (126, [127])
    case .sparc, .sparc32plus, .sparcV9:
      (copy, definitions) = (19, [21, 74, 75, 76, 77, 78, 79])
    case .superH: (copy, definitions) = (162, [149, 150, 151, 164])
    case .m68k: (copy, definitions) = (19, [21, 40, 41, 42])
    case .parisc: (copy, definitions) = (128, [129, 153, 242, 243, 244, 245])
    case .alpha: (copy, definitions) = (.max, [26, 31, 33, 38])
    case .ia64: (copy, definitions) = (.max, [0x81, 0x97, 0xA7, 0xB7])
    default: (copy, definitions) = (.max, [])
    }
  }

  func uses(of type: UInt32) -> SymbolReference.Uses {
    if type == copy { return .copy }
    return definitions.contains(type) ? .definition : .address
  }

  // MARK: What loaders know

  /// Whether a loader can do such a relocation; where that isn't known here, it can.
  ///
  /// Source: glibc `sysdeps/x86_64/dl-machine.h` (`elf_machine_rela`, `elf_machine_lazy_rel`); musl
  /// `arch/x86_64/reloc.h`, `ldso/dynlink.c` (`do_relocs`).
  ///
  /// - Parameter isBoundLater: whether it belongs to a function that is bound at its first call.
  func isKnown(_ type: UInt32, to mapper: ObjectMapper, isBoundLater: Bool) -> Bool {
    guard machine == .amd64 else { return true }
    switch mapper {
    case .musl: return Self.known.contains(type)
    case .glibc where isBoundLater: return [7, 36, 37].contains(type)
    // A program's loader isn't known; one is enough.
    case .glibc, .kernel: return Self.known.contains(type) || Self.knownToGlibc.contains(type)
    }
  }

  private static let known: Set<UInt32> = [0, 1, 2, 5, 6, 7, 8, 16, 17, 18, 36]
  private static let knownToGlibc: Set<UInt32> = [10, 32, 33, 37, 38]
}
