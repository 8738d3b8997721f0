package import FileTree
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
  /// The dynamic section doesn't say where its strings are.
  case noStringTable
  /// An entry of the dynamic section without another one that a loader reads with it.
  case missingEntry(DynamicTag, beside: DynamicTag)
  /// An entry of the dynamic section says what the machine doesn't have.
  case wrongEntry(DynamicTag, value: UInt64)
  /// The size of a relocation table is no multiple of its entries'. In bytes.
  case partialRelocation(size: UInt64, entrySize: UInt64)
  /// No loader of the kind knows how to do it.
  case unknownRelocation(type: UInt32, address: UInt64)
  /// DT_GNU_HASH has no buckets, or a filter whose number of words is no power of two.
  case hashTable(buckets: UInt32, filterWords: UInt32)
  /// A symbol that is bound has a name beyond all strings.
  case namelessSymbol(Int)
  /// A library whose versions are asked for, and which nothing loads.
  case versionsOfUnloadedLibrary(ByteString)
  /// DT_VERSYM gives a symbol a version that no table has.
  case unknownVersionIndex(UInt16)
  /// The strings that the dynamic section names add up to more than any loader's file has.
  case tooManyStrings(size: Int)
  /// An address of the dynamic section that no PT_LOAD holds.
  case unmappedAddress(what: Part, address: UInt64)
  case unterminatedString(offset: UInt64)
  /// The version tables have more entries than any loader's file has, or lead back to themselves.
  case tooManyVersions(limit: Int)
  /// A version table of another format.
  case unknownVersionRecord(what: Part, version: UInt16)
  /// What the object's offsets name adds up to many times the file: its parts overlap.
  case namedTooOften(what: Part, fileSize: UInt64)
  case programHeaderSize(UInt16, expected: UInt16)
  /// The place of a segment in the file and its address are at different distances from a page's start.
  case misalignedSegment(offset: UInt64, address: UInt64)
  /// No process has room for a segment at its address, or all are empty.
  case unmappableSegment(address: UInt64, size: UInt64)
  /// A segment has more bytes in the file than in memory.
  case segmentLargerInFile(address: UInt64, fileSize: UInt64, memorySize: UInt64)
  /// A segment reaches beyond the end of the last one, over what is mapped behind the object.
  case segmentBeyondLast(address: UInt64)
  /// PT_GNU_RELRO speaks of memory that isn't there.
  case unprotectableSegment(address: UInt64, size: UInt64)
  /// PT_TLS has an alignment of 0, by which a loader divides.
  case noAlignment(address: UInt64)
  case notWritable(what: Part, address: UInt64)
  /// A relocation that DT_RELACOUNT counts is of another kind.
  case notRelative(type: UInt32, address: UInt64)
  /// Where the object begins to run, there is nothing that can be run.
  case noCode(at: UInt64, what: Code)
  /// PT_INTERP is shorter than any path or longer than the kernel reads.
  case interpreterSize(UInt64, offset: UInt64)
  case unterminatedInterpreter(offset: UInt64)
  /// No PT_LOAD holds the program headers, by which a loader finds everything else.
  case unloadedProgramHeaders
  /// No PT_PHDR tells the loader of a program without fixed addresses where it is.
  case noOwnAddress
  /// PT_PHDR tells it wrongly.
  case misplacedProgramHeaders(told: UInt64, real: UInt64)
  /// Some loaders have no use for one.
  case interpreterWithoutDynamic
  case neededWithoutInterpreter(ByteString)
  case libelf(String)
  case system(Errno)

  package enum Code: String, Hashable, Sendable {
    case entry = "entry point"
    case initialisation = "initialisation function (DT_INIT)"
  }

  package enum Part: String, Hashable, Sendable {
    case header = "ELF header"
    case programHeaders = "program header table"
    case segment = "PT_LOAD segment"
    case sectionHeaders = "section header table"
    case interpreter = "PT_INTERP segment"
    case dynamic = "dynamic section"
    case stringTable = "dynamic string table"
    case versionNeeds = "table of needed versions (DT_VERNEED)"
    case versionDefinitions = "table of defined versions (DT_VERDEF)"
    case symbolTable = "dynamic symbol table"
    case symbolHash = "symbol hash table"
    case symbolVersions = "table of symbols' versions (DT_VERSYM)"
    case relocations = "relocation table"
    case relocated = "place of a relocation"
    case procedureTable = "table of functions (DT_PLTGOT)"
    case notes = "PT_NOTE segment"
    case threadLocal = "PT_TLS segment"
  }
}

extension ElfReadError: CustomStringConvertible {
  package var description: String {
    contentDescription ?? dynamicDescription ?? segmentDescription ?? programDescription ?? ""
  }

  private var contentDescription: String? {
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
    case .namedTooOften(let what, let fileSize):
      "what lies in the \(what.rawValue) overlaps: it adds up to many times the file "
        + "(\(fileSize) bytes)"
    case .unterminatedString(let offset): "a string at offset \(hex(offset)) has no end"
    case .tooManyVersions(let limit):
      "its version tables have over \(limit) entries or lead back to themselves"
    case .unknownVersionRecord(let what, let version):
      "the \(what.rawValue) has records of the unknown format \(version)"
    case .libelf(let message): "its headers make no sense (libelf: \(message))"
    case .system(let error): "can't be read: \(error)"
    default: nil
    }
  }

  private var segmentDescription: String? {
    switch self {
    case .unmappedAddress(let what, let address):
      "the \(what.rawValue) is at address \(hex(address)), which no PT_LOAD segment holds"
    case .notWritable(let what, let address):
      "the \(what.rawValue) at address \(hex(address)) is written to, and no PT_LOAD segment lets it"
    case .noAlignment(let address):
      "PT_TLS at address \(hex(address)) has no alignment (p_align)"
    case .programHeaderSize(let size, let expected):
      "its program headers have \(size) bytes each (e_phentsize), not \(expected)"
    case .misalignedSegment(let offset, let address):
      "a PT_LOAD segment at offset \(hex(offset)) and address \(hex(address)) isn't page-aligned"
    case .unmappableSegment(let address, let size):
      "no process has room for a PT_LOAD segment of \(size) bytes at address \(hex(address))"
    case .segmentLargerInFile(let address, let fileSize, let memorySize):
      "the segment at address \(hex(address)) has \(fileSize) bytes in the file "
        + "and \(memorySize) in memory"
    case .segmentBeyondLast(let address):
      "the PT_LOAD segment at address \(hex(address)) reaches beyond the last one, "
        + "where something else is mapped"
    case .unprotectableSegment(let address, let size):
      "PT_GNU_RELRO (\(size) bytes at address \(hex(address))) is no memory of the object"
    default: nil
    }
  }

  private var programDescription: String? {
    switch self {
    case .noCode(let address, let what):
      "its \(what.rawValue) is at address \(hex(address)), where no PT_LOAD segment has code"
    case .interpreterSize(let size, let offset):
      "PT_INTERP at offset \(hex(offset)) has \(size) bytes, which is no path that the kernel takes"
    case .unterminatedInterpreter(let offset): "PT_INTERP at offset \(hex(offset)) has no NUL"
    case .unloadedProgramHeaders:
      "no PT_LOAD segment holds its program headers, without which its loader finds nothing"
    case .noOwnAddress:
      "it has no PT_PHDR, by which its loader would know where it lies in memory"
    case .misplacedProgramHeaders(let told, let real):
      "its program headers are at address \(hex(real)), and PT_PHDR says \(hex(told)), "
        + "so its loader takes it to be elsewhere"
    case .interpreterWithoutDynamic:
      "it has an interpreter (PT_INTERP) and no dynamic section (PT_DYNAMIC) for it"
    case .neededWithoutInterpreter(let name):
      "it needs \(name) (DT_NEEDED) and has no interpreter (PT_INTERP) that would load it"
    default: nil
    }
  }

  func hex(_ value: UInt64) -> String {
    "0x" + String(value, radix: 16)
  }
}
