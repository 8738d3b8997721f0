package import FileTree

/// One note of a PT_NOTE segment.
///
/// Source: the gABI, "Note Section"; the Linux extensions to it, "GNU property notes".
package struct ElfNote: Hashable, Sendable {
  package let name: ByteString
  package let type: UInt32
  package let descriptor: [UInt8]
  /// Where the descriptor stands in the file. In bytes.
  package let offset: UInt64

  package init(name: ByteString, type: UInt32, descriptor: [UInt8], offset: UInt64 = 0) {
    self.name = name
    self.type = type
    self.descriptor = descriptor
    self.offset = offset
  }

  /// The owner of the notes that the UAPI group specifies.
  package static let metadataOwner: ByteString = "FDO"
  /// ELF Dlopen Metadata: a JSON array.
  package static let dlopenMetadata: UInt32 = 0x407C_0C0A
  /// Package Metadata for Executable Files: a JSON object.
  package static let packageMetadata: UInt32 = 0xCAFE_1A7E

  /// The system that the note says the program is for; nil if it says nothing of that.
  ///
  /// Source: NetBSD, FreeBSD and DragonFly `sys/exec_elf.h` and `elf_common.h` (`ELF_NOTE_*`); glibc
  /// `csu/abi-note.c`; Android `bionic/libc/arch-common/bionic/crtbrand.S`; QNX `sys/elf_notes.h`.
  ///
  /// - Parameter encoding: of the program.
  package func system(_ encoding: ElfHeader.DataEncoding) -> ElfSystem? {
    switch name {
    case "FreeBSD" where type == 1: .freeBSD
    case "NetBSD" where type == 1: .netBSD
    case "OpenBSD" where type == 1: .openBSD
    case "DragonFly" where type == 1: .dragonFly
    case "Android" where type == 1: .android
    case "QNX": .qnx
    case "GNU" where type == 1:
      // NT_GNU_ABI_TAG begins with the kernel.
      switch EncodedBytes(descriptor, encoding: encoding).uint32(0) {
      case 1: .hurd
      case 2: .solaris
      case 3: .freeBSD
      default: nil
      }
    default: nil
    }
  }

  /// NT_GNU_BUILD_ID.
  package var isBuildID: Bool { name == "GNU" && type == 3 }

  /// The levels that GNU_PROPERTY_X86_ISA_1_NEEDED asks for, one a bit (baseline, v2, v3, v4); nil
  /// if this is another note or asks for none.
  ///
  /// Source: glibc `sysdeps/x86/dl-prop.h` (`_dl_process_property_note`), whose checks these are.
  package func neededISALevels(
    _ elfClass: ElfHeader.Class, _ encoding: ElfHeader.DataEncoding
  ) -> UInt32? {
    property(Self.isaNeeded, elfClass, encoding)
  }

  /// What the object says of protection by the processor; nil if this is another note.
  ///
  /// Source: glibc `sysdeps/x86/dl-prop.h`, `sysdeps/aarch64/dl-prop.h`.
  package func protectionFeatures(_ header: ElfHeader) -> ProtectionMarks.Features? {
    func bits(of property: UInt32) -> UInt8? {
      self.property(property, header.elfClass, header.dataEncoding).map { UInt8($0 & 3) }
    }
    switch header.machine {
    case .amd64, .x86:
      return bits(of: Self.x86Features).map { ProtectionMarks.Features(rawValue: $0) }
    case .aarch64:
      return bits(of: Self.aarch64Features).map { ProtectionMarks.Features(rawValue: $0 << 2) }
    default: return nil
    }
  }

  /// The value of a property of four bytes; nil without it.
  private func property(
    _ wanted: UInt32, _ elfClass: ElfHeader.Class, _ encoding: ElfHeader.DataEncoding
  ) -> UInt32? {
    let alignment = elfClass == .elf64 ? 8 : 4
    guard name == "GNU", type == 5, descriptor.count >= 8, descriptor.count % alignment == 0 else {
      return nil
    }
    let reader = EncodedBytes(descriptor, encoding: encoding)
    var offset = 0
    var lastType: UInt32 = 0
    while let type = reader.uint32(offset), let size = reader.uint32(offset + 4),
      type >= lastType, Int(size) <= descriptor.count - offset - 8
    {
      if type == wanted { return size == 4 ? reader.uint32(offset + 8) : nil }
      lastType = type
      offset += 8 + (Int(size) + alignment - 1) / alignment * alignment
    }
    return nil
  }

  /// GNU_PROPERTY_X86_ISA_1_NEEDED.
  private static let isaNeeded: UInt32 = 0xC000_8002
  /// GNU_PROPERTY_X86_FEATURE_1_AND.
  private static let x86Features: UInt32 = 0xC000_0002
  /// GNU_PROPERTY_AARCH64_FEATURE_1_AND.
  private static let aarch64Features: UInt32 = 0xC000_0000
}
