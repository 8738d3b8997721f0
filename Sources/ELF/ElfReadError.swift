package import SystemPackage

/// Why a file can't be read as ELF. Offsets are in bytes from the file's beginning.
package enum ElfReadError: Error, Hashable, Sendable {
  case empty
  case notElf
  case unknownClass(UInt8)
  case unknownDataEncoding(UInt8)
  /// The file ends before what the header or a program header points to.
  case truncated(what: Part, offset: UInt64, size: UInt64, fileSize: UInt64)
  /// A table is larger than any loader's file has a use for.
  case tooLarge(what: Part, offset: UInt64, size: UInt64)
  /// The dynamic section has strings and doesn't say where.
  case noStringTable
  /// The strings that the dynamic section names add up to more than any loader's file has.
  case tooManyStrings(size: Int)
  /// An address of the dynamic section that no PT_LOAD holds.
  case unmappedAddress(what: Part, address: UInt64)
  case unterminatedString(offset: UInt64)
  /// The version tables have more entries than any loader's file has, or lead back to themselves.
  case tooManyVersions(limit: Int)
  /// A version table of another format.
  case unknownVersionRecord(what: Part, version: UInt16)
  case libelf(String)
  case system(Errno)

  package enum Part: String, Hashable, Sendable {
    case header = "ELF header"
    case programHeaders = "program header table"
    case segment = "PT_LOAD segment"
    case sectionHeaders = "section header table"
    case interpreter = "PT_INTERP segment"
    case dynamic = "PT_DYNAMIC segment"
    case stringTable = "dynamic string table"
    case versionNeeds = "table of needed versions (DT_VERNEED)"
    case versionDefinitions = "table of defined versions (DT_VERDEF)"
    case symbolTable = "dynamic symbol table"
    case symbolHash = "symbol hash table"
    case symbolVersions = "table of symbols' versions (DT_VERSYM)"
    case relocations = "relocation table"
    case notes = "PT_NOTE segment"
  }
}

extension ElfReadError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .empty: "the file is empty"
    case .notElf: "not an ELF file (it doesn't begin with 7F 45 4C 46)"
    case .unknownClass(let value): "unknown ELF class \(value) at offset 0x4"
    case .unknownDataEncoding(let value): "unknown data encoding \(value) at offset 0x5"
    case .truncated(let what, let offset, let size, let fileSize):
      "truncated: the \(what.rawValue) (\(size) bytes at offset \(hex(offset))) "
        + "lies beyond the end of the file (\(fileSize) bytes)"
    case .tooLarge(let what, let offset, let size):
      "the \(what.rawValue) at offset \(hex(offset)) claims \(size) bytes, more than any loader reads"
    case .tooManyStrings(let size):
      "the names in the dynamic section add up to over \(size) bytes, more than any loader reads"
    case .unmappedAddress(let what, let address):
      "the \(what.rawValue) is at address \(hex(address)), which no PT_LOAD segment holds"
    case .noStringTable: "the dynamic section has names but no DT_STRTAB"
    case .unterminatedString(let offset): "a string at offset \(hex(offset)) has no end"
    case .tooManyVersions(let limit):
      "its version tables have over \(limit) entries or lead back to themselves"
    case .unknownVersionRecord(let what, let version):
      "the \(what.rawValue) has records of the unknown format \(version)"
    case .libelf(let message): "its headers make no sense (libelf: \(message))"
    case .system(let error): "can't be read: \(error)"
    }
  }

  private func hex(_ value: UInt64) -> String {
    "0x" + String(value, radix: 16)
  }
}
