package import ELF

/// What an image runs on, in the words of the OCI image-spec (config.md, `architecture`, which are
/// those of Go's GOARCH).
package struct Platform: Hashable, Sendable {
  package let architecture: String
  package let variant: String?
  package let os = "linux"

  /// Nil for a machine that the specification has no word for.
  package init?(_ header: ElfHeader) {
    let isLittle = header.dataEncoding == .littleEndian
    switch (header.machine, header.elfClass) {
    case (.amd64, _): self.init("amd64")
    case (.x86, _): self.init("386")
    case (.aarch64, .elf64): self.init(isLittle ? "arm64" : "arm64be")
    case (.arm, _) where !isLittle: self.init("armbe")
    case (.arm, _):
      // EF_ARM_ABI_FLOAT_HARD: a hard-float system's programs are for version 7, as far as Linux
      // distributions go.
      self.init("arm", variant: header.flags & 0x400 != 0 ? "v7" : "v5")
    case (.ppc64, _): self.init(isLittle ? "ppc64le" : "ppc64")
    case (.ppc, _): self.init("ppc")
    case (.s390, .elf64): self.init("s390x")
    case (.s390, .elf32): self.init("s390")
    case (.riscv, .elf64): self.init("riscv64")
    case (.riscv, .elf32): self.init("riscv")
    case (.loongArch, .elf64): self.init("loong64")
    case (.mips, .elf64): self.init(isLittle ? "mips64le" : "mips64")
    // EF_MIPS_ABI2: the n32 ABI, 64-bit code with 32-bit addresses.
    case (.mips, .elf32) where header.flags & 0x20 != 0:
      self.init(isLittle ? "mips64p32le" : "mips64p32")
    case (.mips, .elf32): self.init(isLittle ? "mipsle" : "mips")
    case (.sparcV9, _): self.init("sparc64")
    case (.sparc, _), (.sparc32plus, _): self.init("sparc")
    default: return nil
    }
  }

  /// The architecture that this command is built for; nil where nothing is known of it.
  package static var hostArchitecture: String? {
    #if arch(x86_64)
      "amd64"
    #elseif arch(arm64)
      "arm64"
    #elseif arch(riscv64)
      "riscv64"
    #elseif arch(powerpc64le)
      "ppc64le"
    #elseif arch(s390x)
      "s390x"
    #else
      nil
    #endif
  }

  private init(_ architecture: String, variant: String? = nil) {
    self.architecture = architecture
    self.variant = variant
  }
}

extension Platform: CustomStringConvertible {
  /// `linux/amd64`, `linux/arm/v7`.
  package var description: String {
    "\(os)/\(architecture)" + (variant.map { "/" + $0 } ?? "")
  }
}
