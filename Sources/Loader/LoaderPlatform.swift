package import ELF
package import FileTree

/// What each machine's ports of glibc and musl fix by convention: the table behind what can't be
/// read out of the interpreter file.
package struct LoaderPlatform: Sendable {
  package let header: ElfHeader

  package init(_ header: ElfHeader) {
    self.header = header
  }

  private var is64: Bool { header.elfClass == .elf64 }
  private var isLittleEndian: Bool { header.dataEncoding == .littleEndian }

  // EF_ARM_ABI_FLOAT_HARD, EF_RISCV_FLOAT_ABI and the like: `elf.h`.
  private var isHardFloatARM: Bool { header.flags & 0x400 != 0 }
  private var riscvFloatABI: UInt32 { header.flags & 0x6 }
  private var loongArchFloatABI: UInt32 { header.flags & 0x7 }
  private var isMipsN32: Bool { header.flags & 0x20 != 0 }
  private var isMipsNaN2008: Bool { header.flags & 0x400 != 0 }

  /// Where glibc's loader is installed, the usual place first; then where Debian has one for another
  /// ABI of the host's machine.
  ///
  /// Source: glibc `shlib-versions` and `sysdeps/unix/sysv/linux/*/shlib-versions`.
  package var glibcInterpreters: [ByteString] {
    let usual = usualGlibcInterpreters
    let others = ["/lib32/", "/libx32/", "/lib64/", "/lib/"].flatMap { directory in
      usual.map { ByteString(directory) + RootPath(normalising: $0).name }
    }
    return usual + others.filter { !usual.contains($0) }
  }

  private var usualGlibcInterpreters: [ByteString] {
    switch header.machine {
    case .amd64: is64 ? ["/lib64/ld-linux-x86-64.so.2"] : ["/libx32/ld-linux-x32.so.2"]
    case .x86: ["/lib/ld-linux.so.2"]
    case .aarch64:
      [isLittleEndian ? "/lib/ld-linux-aarch64.so.1" : "/lib/ld-linux-aarch64_be.so.1"]
    case .arm:
      isHardFloatARM
        ? ["/lib/ld-linux-armhf.so.3", "/lib/ld-linux.so.3"]
        : ["/lib/ld-linux.so.3", "/lib/ld-linux-armhf.so.3"]
    case .riscv:
      [
        ByteString(
          "/lib/ld-linux-riscv\(header.elfClass.bits)-"
            + (is64 ? "lp64" : "ilp32") + (riscvFloatABI == 4 ? "d" : "") + ".so.1")
      ]
    case .loongArch:
      [ByteString("/lib64/ld-linux-loongarch-lp64\(loongArchFloatABI == 3 ? "d" : "s").so.1")]
    case .ppc64: [isLittleEndian ? "/lib64/ld64.so.2" : "/lib64/ld64.so.1"]
    case .s390: is64 ? ["/lib/ld64.so.1", "/lib64/ld64.so.1"] : ["/lib/ld.so.1"]
    case .mips:
      is64
        ? ["/lib64/ld.so.1", "/lib/ld.so.1"]
        : (isMipsN32 ? ["/lib32/ld.so.1"] : ["/lib/ld.so.1", "/lib/ld-linux-mipsn8.so.1"])
    case .sparcV9: ["/lib64/ld-linux.so.2"]
    case .sparc, .sparc32plus: ["/lib/ld-linux.so.2"]
    case .superH: ["/lib/ld-linux.so.2"]
    case .ppc, .m68k, .parisc: ["/lib/ld.so.1"]
    case .alpha: ["/lib/ld-linux.so.2"]
    case .ia64: ["/lib/ld-linux-ia64.so.2"]
    default: []
    }
  }

  /// musl's name of the machine (`LDSO_ARCH` in musl's `arch/*/reloc.h`), without its rarer suffixes.
  package var muslArchitectures: [String] {
    switch header.machine {
    case .amd64: [is64 ? "x86_64" : "x32"]
    case .x86: ["i386"]
    case .aarch64: [isLittleEndian ? "aarch64" : "aarch64_be"]
    case .arm: isHardFloatARM ? ["armhf", "arm"] : ["arm", "armhf"]
    case .riscv: ["riscv\(header.elfClass.bits)"]
    case .ppc64: [isLittleEndian ? "powerpc64le" : "powerpc64"]
    case .ppc: ["powerpc", "powerpc-sf"]
    case .s390: ["s390x"]
    case .mips:
      [
        (is64 ? "mips64" : (isMipsN32 ? "mipsn32" : "mips")) + (isLittleEndian ? "el" : "")
      ].flatMap { [$0, $0 + "-sf"] }
    case .superH: ["sh"]
    case .m68k: ["m68k"]
    case .loongArch: ["loongarch64"]
    default: []
    }
  }

  /// The flags of the target's entries in `ld.so.cache`.
  ///
  /// Source: glibc `sysdeps/generic/ldconfig.h` and each port's `dl-cache.h`.
  package var cacheFlags: Int32 {
    let elf: Int32 = 0x0003
    switch header.machine {
    case .amd64: return elf | (is64 ? 0x0300 : 0x0800)
    case .aarch64: return elf | 0x0A00
    case .ppc64: return elf | 0x0500
    case .s390: return is64 ? elf | 0x0400 : elf
    case .sparcV9: return elf | 0x0100
    case .ia64: return elf | 0x0200
    case .arm: return elf | (isHardFloatARM ? 0x0900 : 0x0B00)
    case .riscv: return riscvFloatABI == 4 ? elf | 0x1000 : elf | 0x0F00
    case .loongArch: return loongArchFloatABI == 3 ? elf | 0x1200 : elf | 0x1100
    case .mips:
      if is64 { return elf | (isMipsNaN2008 ? 0x0E00 : 0x0700) }
      if isMipsN32 { return elf | (isMipsNaN2008 ? 0x0D00 : 0x0600) }
      return isMipsNaN2008 ? elf | 0x0C00 : elf
    default: return elf
    }
  }

  /// The flags of entries that the port takes (`_dl_cache_check_flags`).
  package var acceptedCacheFlags: [Int32] {
    switch header.machine {
    case .amd64, .aarch64, .ppc64, .sparcV9, .ia64, .riscv, .loongArch: [cacheFlags]
    case .s390 where is64: [cacheFlags]
    case .mips where is64 || isMipsN32 || isMipsNaN2008: [cacheFlags]
    case .arm: [cacheFlags, 0x0003]
    default: [cacheFlags, 0x0001]
    }
  }

  /// The flags at which a search in the old format ends (`_DL_CACHE_DEFAULT_ID`).
  package var decisiveCacheFlags: Int32 {
    // The port of ARM doesn't say its own.
    header.machine == .arm ? 0x0003 : cacheFlags
  }

  /// How a structure with 64-bit numbers is aligned in the cache's combined format, in bytes.
  package var cacheAlignment: Int {
    switch header.machine {
    case .x86: 4
    case .m68k: 2
    default: 8
    }
  }

  /// Whether the psABI's `char` is signed; the order of names in the cache depends on it.
  package var hasSignedChar: Bool {
    switch header.machine {
    case .arm, .aarch64, .ppc, .ppc64, .s390, .riscv: false
    default: true
    }
  }

  /// The directory names below `/lib` and `/usr/lib` that Debian compiles in.
  private var multiarchTuples: [String] {
    switch header.machine {
    case .amd64: [is64 ? "x86_64-linux-gnu" : "x86_64-linux-gnux32"]
    case .x86: ["i386-linux-gnu"]
    case .aarch64: ["aarch64-linux-gnu"]
    case .arm: [isHardFloatARM ? "arm-linux-gnueabihf" : "arm-linux-gnueabi"]
    case .riscv: is64 ? ["riscv64-linux-gnu"] : []
    case .ppc64: [isLittleEndian ? "powerpc64le-linux-gnu" : "powerpc64-linux-gnu"]
    case .s390: is64 ? ["s390x-linux-gnu"] : []
    case .mips:
      [
        (is64 ? "mips64" : (isMipsN32 ? "mips64" : "mips")) + (isLittleEndian ? "el" : "")
          + (is64 ? "-linux-gnuabi64" : (isMipsN32 ? "-linux-gnuabin32" : "-linux-gnu"))
      ]
    case .loongArch: ["loongarch64-linux-gnu"]
    case .alpha: ["alpha-linux-gnu"]
    case .ia64: ["ia64-linux-gnu"]
    default: []
    }
  }

  /// A guess at the default directories, for an interpreter that is missing or doesn't show its own:
  /// Debian's, then those of a `lib64` distribution, then the plain ones.
  package var fallbackDefaultDirectories: [ByteString] {
    let tuples = multiarchTuples.flatMap { ["/lib/\($0)/", "/usr/lib/\($0)/"] }
    // These two never had 32-bit libraries beside the others.
    let hasOneWidth = header.machine == .alpha || header.machine == .ia64
    let wide = is64 && !hasOneWidth ? ["/lib64/", "/usr/lib64/"] : []
    return (tuples + wide + ["/lib/", "/usr/lib/"]).map { ByteString($0) }
  }

  /// The value of `$LIB` where the interpreter doesn't tell it.
  package var fallbackLib: ByteString {
    multiarchTuples.first.map { ByteString("lib/\($0)") } ?? (is64 ? "lib64" : "lib")
  }

  /// The subdirectories of `glibc-hwcaps`, best first, where the interpreter doesn't tell them.
  ///
  /// Source: glibc `sysdeps/*/dl-hwcaps-subdirs.c`.
  package var fallbackLevels: [ByteString] {
    switch header.machine {
    case .amd64: ["x86-64-v4", "x86-64-v3", "x86-64-v2"]
    case .ppc64 where isLittleEndian: ["power10", "power9"]
    case .s390 where is64: ["z16", "z15", "z14", "z13"]
    default: []
    }
  }

  /// The value of `$PLATFORM` that the kernel passes (AT_PLATFORM), where it is one per machine.
  package var platform: ByteString? {
    switch header.machine {
    case .amd64: "x86_64"
    case .x86: "i686"
    case .aarch64: isLittleEndian ? "aarch64" : "aarch64_be"
    case .arm: isLittleEndian ? "v7l" : "v7b"
    default: nil
    }
  }
}
