/// The types of relocations of one machine that decide which definitions a loader takes.
///
/// Source: `elf.h`, R_*; glibc `sysdeps/*/dl-machine.h` (`elf_machine_type_class`).
struct RelocationTypes {
  /// What loaders of x86 demand of each entry that DT_RELACOUNT or DT_RELCOUNT counts.
  let demandedRelative: UInt32?
  private let copy: UInt32
  /// Calls and thread-local storage.
  private let definitions: [UInt32]

  init(_ machine: Machine) {
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
}
