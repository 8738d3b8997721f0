internal import CLibelf
internal import FileTree

/// Turns the entries of PT_DYNAMIC into a ``DynamicSection``.
struct DynamicSectionReader {
  private let object: MappedObject
  private var strings: MemoryRange?
  private var stringBytes = 0

  // Bounds on what is read of any file, so that a lying one can't exhaust the memory. In bytes.
  private static let stringLimit: UInt64 = 1 << 16
  private static let stringsLimit = 1 << 20

  init(_ object: MappedObject) {
    self.object = object
  }

  mutating func read() throws(ElfReadError) -> DynamicSection {
    var section = DynamicSection()
    var auditors: [ByteString] = []
    for entry in object.entries ?? [] {
      switch entry.tag {
      case Int64(DT_NEEDED): try add(.needed, entry, to: &section)
      case Int64(DT_FILTER): try add(.filter, entry, to: &section)
      case Int64(DT_AUXILIARY): try add(.auxiliary, entry, to: &section)
      case Int64(DT_SONAME): section.soname = try string(entry)
      case Int64(DT_RPATH): section.rpath = try string(entry)
      case Int64(DT_RUNPATH): section.runpath = try string(entry)
      case Int64(DT_AUDIT): section.audit = [try string(entry)]
      case Int64(DT_DEPAUDIT): auditors = [try string(entry)]
      case Int64(DT_FLAGS_1): section.flags1 = .init(rawValue: entry.value)
      default: break
      }
    }
    section.audit += auditors
    do {
      try readVersions(into: &section.versions)
    } catch {
      section.versions.damage = error
    }
    return section
  }

  private mutating func add(
    _ kind: DynamicSection.Dependency.Kind, _ entry: DynamicEntry,
    to section: inout DynamicSection
  ) throws(ElfReadError) {
    section.dependencies.append(.init(kind: kind, name: try string(entry)))
  }

  private mutating func readVersions(
    into versions: inout VersionTables
  ) throws(ElfReadError) {
    let encoding = object.header.dataEncoding
    if let range = try object.range(.versionNeeds, DT_VERNEED) {
      var reader = VersionTableReader(range, encoding: encoding)
      versions.needs = try reader.needs { index throws(ElfReadError) in
        try string(at: UInt64(index))
      }
    }
    if let range = try object.range(.versionDefinitions, DT_VERDEF) {
      var reader = VersionTableReader(range, encoding: encoding)
      versions.definitions = try reader.definitions { index throws(ElfReadError) in
        try string(at: UInt64(index))
      }
    }
  }

  private mutating func string(_ entry: DynamicEntry) throws(ElfReadError) -> ByteString {
    try string(at: entry.value)
  }

  private mutating func string(at index: UInt64) throws(ElfReadError) -> ByteString {
    if strings == nil { strings = try object.range(.stringTable, DT_STRTAB) }
    guard let text = try strings?.string(at: index, limit: Self.stringLimit) else {
      throw .noStringTable
    }
    // Many entries may point at one long string.
    stringBytes += text.count + 1
    guard stringBytes <= Self.stringsLimit else { throw .tooManyStrings(size: Self.stringsLimit) }
    return ByteString(text)
  }
}
