package import ELF
package import FileTree

/// The processor that a program is to run on, so far as loaders look for libraries made for it.
package struct Processor: Hashable, Sendable {
  /// A name of a glibc-hwcaps subdirectory, such as `x86-64-v3`: it and the lesser ones count. Nil
  /// for what every processor of the machine can do.
  package let level: ByteString?
  /// The machine that the rest is about; nil where `level` is the user's word for any program.
  package let machine: Machine?
  /// The value that glibc gives `$PLATFORM` in place of the kernel's, such as `haswell`.
  package let platform: ByteString?
  /// What glibc up to 2.36 calls a capability beyond those of every processor, such as `avx512_1`.
  package let capabilities: [ByteString]

  package static let baseline = Processor(level: nil)

  package init(
    level: ByteString?, machine: Machine? = nil, platform: ByteString? = nil,
    capabilities: [ByteString] = []
  ) {
    self.level = level
    self.machine = machine
    self.platform = platform
    self.capabilities = capabilities
  }

  /// Whether it is a level that the user named, rather than a real processor.
  var isNamedLevel: Bool { machine == nil && level != nil }

  /// This processor for programs of its own machine, the baseline for others.
  func fitting(_ machine: Machine) -> Processor {
    self.machine == nil || self.machine == machine ? self : .baseline
  }

  /// The subdirectories of `glibc-hwcaps` that it can use, best first.
  ///
  /// - Parameter known: those that the loader knows, best first.
  func levels(among known: [ByteString]) -> [ByteString] {
    guard let level, let best = known.firstIndex(of: level) else { return [] }
    return Array(known[best...])
  }

  /// The levels of x86-64 that it has, one a bit: as GNU_PROPERTY_X86_ISA_1_NEEDED counts them.
  func isaLevels(among known: [ByteString]) -> UInt32 {
    // A file may tell of more levels than there are bits.
    (1 << UInt32(levels(among: known).count + 1)) &- 1
  }
}

/// The words of glibc up to 2.36 for processors: subdirectories of every searched directory, and bits
/// in the entries of `ld.so.cache`.
///
/// Source: glibc 2.36 `elf/dl-hwcaps.c` (`_dl_important_hwcaps`), `sysdeps/x86/dl-hwcap.h`.
struct LegacyCapabilities {
  /// In ascending order of their bits.
  let names: [ByteString]
  let platform: ByteString?
  /// The bits of an entry in the cache that the processor satisfies, the platform's apart.
  let bits: UInt64
  /// The bit of the platform; nil where the cache can't name it.
  let platformBit: UInt64?

  /// _DL_FIRST_PLATFORM and the bits from there.
  static let platformMask: UInt64 = 0xF << 48
  private static let tlsBit: UInt64 = 1 << 63
  private static let platforms: [ByteString] = ["i586", "i686", "haswell", "xeon_phi"]
  /// By their bits.
  private static let capabilities: [ByteString] = ["sse2", "x86_64", "avx512_1"]

  /// - Parameter kernelPlatform: AT_PLATFORM.
  init(_ processor: Processor, machine: Machine, kernelPlatform: ByteString?) {
    let baseline: [ByteString] =
      switch machine {
      case .amd64: ["x86_64"]
      case .x86: ["sse2"]
      default: []
      }
    names = baseline + processor.capabilities
    platform = processor.platform ?? kernelPlatform
    bits = names.compactMap(Self.capabilities.firstIndex).reduce(Self.tlsBit) {
      $0 | 1 << UInt64($1)
    }
    platformBit = platform.flatMap(Self.platforms.firstIndex).map { 1 << UInt64(48 + $0) }
  }

  /// Every combination of the words, in the order of the search; the plain directory is left out.
  var subdirectories: [ByteString] {
    let words = names + [platform].compactMap(\.self) + ["tls"]
    return (1..<(1 << words.count)).reversed().map { combination in
      words.indices.reversed().filter { combination & (1 << $0) != 0 }
        .reduce("") { $0 + words[$1] + "/" }
    }
  }

  /// Whether an entry of the cache is for such a processor.
  func satisfies(_ hwcap: UInt64) -> Bool {
    guard hwcap & ~(bits | Self.platformMask) == 0 else { return false }
    let platform = hwcap & Self.platformMask
    return platform == 0 || platform == platformBit
  }
}
