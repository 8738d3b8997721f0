/// Entries of the dynamic section that loaders read together.
package enum DynamicTag: String, Hashable, Sendable {
  case relocations = "DT_REL"
  case relocationsSize = "DT_RELSZ"
  case relocationSize = "DT_RELENT"
  case addendRelocations = "DT_RELA"
  case addendRelocationsSize = "DT_RELASZ"
  case addendRelocationSize = "DT_RELAENT"
  case relativeRelocations = "DT_RELR"
  case relativeRelocationsSize = "DT_RELRSZ"
  case relativeRelocationSize = "DT_RELRENT"
  case procedureRelocations = "DT_JMPREL"
  case procedureRelocationsSize = "DT_PLTRELSZ"
  case procedureRelocationKind = "DT_PLTREL"
  case symbols = "DT_SYMTAB"
  case hashTable = "DT_GNU_HASH or DT_HASH"
  case symbolVersions = "DT_VERSYM"
  case versionNeeds = "DT_VERNEED"
  case versionDefinitions = "DT_VERDEF"
}

extension ElfReadError {
  var dynamicDescription: String? {
    switch self {
    case .noStringTable: "the dynamic section has no string table (DT_STRTAB)"
    case .missingEntry(let missing, let other):
      "the dynamic section has \(other.rawValue) and no \(missing.rawValue)"
    case .wrongEntry(let tag, let value):
      "the dynamic section has \(tag.rawValue) \(value), which the machine doesn't have"
    case .partialRelocation(let size, let entrySize):
      "a relocation table has \(size) bytes, no multiple of \(entrySize)"
    case .unknownRelocation(let type, let address):
      "the relocation at address \(hex(address)) has the type \(type), which its loader doesn't know"
    case .notRelative(let type, let address):
      "the relocation at address \(hex(address)) has the type \(type), "
        + "and DT_RELACOUNT counts it as relative"
    case .hashTable(let buckets, let filterWords):
      "DT_GNU_HASH has \(buckets) buckets and a filter of \(filterWords) words, as none can have"
    case .namelessSymbol(let index):
      "the name of the symbol \(index), which it binds, lies beyond its dynamic string table"
    case .versionsOfUnloadedLibrary(let name):
      "it asks for versions of \(name) (DT_VERNEED), which nothing loads (DT_NEEDED)"
    case .unknownVersionIndex(let index):
      "DT_VERSYM gives a symbol the version \(index), which no version table has"
    default: nil
    }
  }
}
