/// `e_machine`: the instruction set that an object is for.
package struct Machine: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt16

  package init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  // Values: `elf.h`, EM_*.
  /// `EM_NONE`: no processor's code.
  package static let none = Machine(rawValue: 0)
  package static let sparc = Machine(rawValue: 2)
  package static let x86 = Machine(rawValue: 3)
  package static let m68k = Machine(rawValue: 4)
  package static let mips = Machine(rawValue: 8)
  package static let parisc = Machine(rawValue: 15)
  package static let sparc32plus = Machine(rawValue: 18)
  package static let ppc = Machine(rawValue: 20)
  package static let ppc64 = Machine(rawValue: 21)
  package static let s390 = Machine(rawValue: 22)
  package static let arm = Machine(rawValue: 40)
  package static let superH = Machine(rawValue: 42)
  package static let sparcV9 = Machine(rawValue: 43)
  package static let ia64 = Machine(rawValue: 50)
  package static let amd64 = Machine(rawValue: 62)
  package static let aarch64 = Machine(rawValue: 183)
  package static let riscv = Machine(rawValue: 243)
  package static let loongArch = Machine(rawValue: 258)
  /// An unofficial number, which all Alpha systems use.
  package static let alpha = Machine(rawValue: 0x9026)

  // A switch, since building a dictionary would cost every start.
  private var name: String? {
    switch self {
    case .sparc: "sparc"
    case .x86: "x86"
    case .m68k: "m68k"
    case .mips: "mips"
    case .parisc: "parisc"
    case .sparc32plus: "sparc32plus"
    case .ppc: "ppc"
    case .ppc64: "ppc64"
    case .s390: "s390"
    case .arm: "arm"
    case .superH: "sh"
    case .sparcV9: "sparc64"
    case .ia64: "ia64"
    case .amd64: "x86-64"
    case .aarch64: "aarch64"
    case .riscv: "riscv"
    case .loongArch: "loongarch"
    case .alpha: "alpha"
    default: nil
    }
  }

  /// Whether the name is known; ``description`` gives the number otherwise.
  package var isKnown: Bool { name != nil }
}

extension Machine: CustomStringConvertible {
  package var description: String { name ?? "machine \(rawValue)" }
}
