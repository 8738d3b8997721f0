internal import ELF

/// What each port of glibc takes of an ELF header beside the machine's number.
///
/// Source: glibc `sysdeps/*/dl-machine.h` (`elf_machine_matches_host`), `sysdeps/*/ldsodefs.h`
/// (`VALID_ELF_OSABI`, `VALID_ELF_ABIVERSION`), `libc-abis`.
extension Machine {
  /// Whether objects of another number run beside those of this one.
  func matches(_ other: Machine) -> Bool {
    self == other || (isSparc32 && other.isSparc32)
  }

  private var isSparc32: Bool { self == .sparc || self == .sparc32plus }

  /// Whether the OS ABI and its version are among those that the loader takes.
  func takesABI(of header: ElfHeader) -> Bool {
    switch header.osABI {
    case Self.gnu: header.abiVersion < firstUnknownABIVersion
    case Self.none: header.abiVersion == 0 || (self == .mips && header.abiVersion < 6)
    case Self.armEABI: self == .arm && header.abiVersion == 0
    default: false
    }
  }

  // ELFOSABI_NONE, ELFOSABI_GNU, ELFOSABI_ARM_AEABI.
  private static let none: UInt8 = 0
  private static let gnu: UInt8 = 3
  private static let armEABI: UInt8 = 64

  /// LIBC_ABI_MAX as of glibc 2.36.
  private var firstUnknownABIVersion: UInt8 {
    switch self {
    case .aarch64, .arm, .s390: 3
    case .mips: 6
    default: 4
    }
  }
}

extension ElfHeader {
  /// Whether a library's `e_flags` tell of an ABI that the loader of this program takes.
  func flagsMatch(_ library: ElfHeader) -> Bool {
    let differences = flags ^ library.flags
    switch machine {
    case .riscv:
      // EF_RISCV_FLOAT_ABI.
      return differences & 0x6 == 0
    case .arm:
      // EF_ARM_ABI_FLOAT_SOFT for a loader of hard floats, EF_ARM_ABI_FLOAT_HARD for the other.
      return library.flags & (flags & 0x400 != 0 ? 0x200 : 0x400) == 0
    case .ppc64:
      // EF_PPC64_ABI: unset, or the one of the byte order.
      let version = library.flags & 0x3
      return version == 0 || version == (dataEncoding == .littleEndian ? 2 : 1)
    case .mips:
      // EF_MIPS_ABI2 (n32) and EF_MIPS_NAN2008 as the program has them; EF_MIPS_FP64 never.
      let mask: UInt32 = elfClass == .elf32 ? 0x420 : 0x400
      return differences & mask == 0 && library.flags & 0x200 == 0
    default:
      return true
    }
  }
}
