/// The facts of an ELF header that decide whether a loader accepts the file.
///
/// Source: the gABI, "ELF Header"; `elf.h`.
package struct ElfHeader: Hashable, Sendable {
  package enum Class: UInt8, Sendable {
    case elf32 = 1
    case elf64 = 2

    /// The width of an address in bits.
    package var bits: Int { self == .elf32 ? 32 : 64 }
  }

  package enum DataEncoding: UInt8, Sendable {
    case littleEndian = 1
    case bigEndian = 2
  }

  /// `e_type`.
  package enum ObjectType: Hashable, Sendable {
    case relocatable, executable, sharedObject, core
    case other(UInt16)

    package init(_ value: UInt16) {
      self =
        switch value {
        case 1: .relocatable
        case 2: .executable
        case 3: .sharedObject
        case 4: .core
        default: .other(value)
        }
    }
  }

  /// What every ELF file begins with.
  package static let magic: [UInt8] = [0x7F, 0x45, 0x4C, 0x46]

  package var elfClass: Class
  package var dataEncoding: DataEncoding
  package var identVersion: UInt8
  package var osABI: UInt8
  package var abiVersion: UInt8
  /// Whether the unused bytes of `e_ident` are zero, as glibc demands.
  package var paddingIsZero: Bool
  package var type: ObjectType
  package var machine: Machine
  package var version: UInt32
  package var flags: UInt32
  package var programHeaderSize: UInt16

  package init(
    elfClass: Class = .elf64, dataEncoding: DataEncoding = .littleEndian,
    identVersion: UInt8 = 1, osABI: UInt8 = 0, abiVersion: UInt8 = 0, paddingIsZero: Bool = true,
    type: ObjectType = .sharedObject, machine: Machine = .amd64, version: UInt32 = 1,
    flags: UInt32 = 0, programHeaderSize: UInt16 = 56
  ) {
    self.elfClass = elfClass
    self.dataEncoding = dataEncoding
    self.identVersion = identVersion
    self.osABI = osABI
    self.abiVersion = abiVersion
    self.paddingIsZero = paddingIsZero
    self.type = type
    self.machine = machine
    self.version = version
    self.flags = flags
    self.programHeaderSize = programHeaderSize
  }
}
