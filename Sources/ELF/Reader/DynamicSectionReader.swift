internal import CLibelf
internal import FileTree

/// Turns the entries of PT_DYNAMIC into a ``DynamicSection``.
struct DynamicSectionReader {
  private let entries: [GElf_Dyn]
  private let segments: [GElf_Phdr]
  private let fileSize: UInt64
  private let encoding: ElfHeader.DataEncoding
  private var strings: MappedRange?
  private var stringBytes = 0

  // Bounds on what is read of any file, so that a lying one can't exhaust the memory. In bytes.
  private static let stringLimit: UInt64 = 1 << 16
  private static let stringsLimit = 1 << 20

  init(
    entries: [GElf_Dyn], segments: [GElf_Phdr], fileSize: UInt64, encoding: ElfHeader.DataEncoding
  ) {
    self.entries = entries
    self.segments = segments
    self.fileSize = fileSize
    self.encoding = encoding
  }

  mutating func read(_ elf: borrowing LibelfHandle) throws(ElfReadError) -> DynamicSection {
    var section = DynamicSection()
    var auditors: [ByteString] = []
    for entry in entries {
      switch entry.d_tag {
      case Int64(DT_NEEDED): try add(.needed, entry, to: &section, elf)
      case Int64(DT_FILTER): try add(.filter, entry, to: &section, elf)
      case Int64(DT_AUXILIARY): try add(.auxiliary, entry, to: &section, elf)
      case Int64(DT_SONAME): section.soname = try string(entry, elf)
      case Int64(DT_RPATH): section.rpath = try string(entry, elf)
      case Int64(DT_RUNPATH): section.runpath = try string(entry, elf)
      case Int64(DT_AUDIT): section.audit = [try string(entry, elf)]
      case Int64(DT_DEPAUDIT): auditors = [try string(entry, elf)]
      case Int64(DT_FLAGS_1): section.flags1 = .init(rawValue: unsafe entry.d_un.d_val)
      default: break
      }
    }
    section.audit += auditors
    do {
      try readVersions(into: &section.versions, elf)
    } catch {
      section.versions.damage = error
    }
    return section
  }

  private mutating func add(
    _ kind: DynamicSection.Dependency.Kind, _ entry: GElf_Dyn, to section: inout DynamicSection,
    _ elf: borrowing LibelfHandle
  ) throws(ElfReadError) {
    section.dependencies.append(.init(kind: kind, name: try string(entry, elf)))
  }

  private mutating func readVersions(
    into versions: inout VersionTables, _ elf: borrowing LibelfHandle
  ) throws(ElfReadError) {
    if let address = address(of: DT_VERNEED) {
      var reader = VersionTableReader(try range(.versionNeeds, at: address), encoding: encoding)
      versions.needs = try reader.needs(of: elf) { index throws(ElfReadError) in
        try string(at: UInt64(index), elf)
      }
    }
    if let address = address(of: DT_VERDEF) {
      var reader = VersionTableReader(
        try range(.versionDefinitions, at: address), encoding: encoding)
      versions.definitions = try reader.definitions(of: elf) { index throws(ElfReadError) in
        try string(at: UInt64(index), elf)
      }
    }
  }

  /// The value of the last entry with a tag, which is the one that counts.
  private func address(of tag: Int32) -> UInt64? {
    entries.last { $0.d_tag == Int64(tag) }.map { unsafe $0.d_un.d_ptr }
  }

  private func range(
    _ part: ElfReadError.Part, at address: UInt64
  ) throws(ElfReadError) -> MappedRange {
    try MappedRange(part, at: address, segments: segments, fileSize: fileSize)
  }

  private mutating func string(
    _ entry: GElf_Dyn, _ elf: borrowing LibelfHandle
  ) throws(ElfReadError) -> ByteString {
    try string(at: unsafe entry.d_un.d_val, elf)
  }

  private mutating func string(
    at index: UInt64, _ elf: borrowing LibelfHandle
  ) throws(ElfReadError) -> ByteString {
    if strings == nil {
      guard let address = address(of: DT_STRTAB) else { throw .noStringTable }
      strings = try range(.stringTable, at: address)
    }
    guard let text = try strings?.string(at: index, limit: Self.stringLimit, of: elf) else {
      throw .noStringTable
    }
    // Many entries may point at one long string.
    stringBytes += text.count + 1
    guard stringBytes <= Self.stringsLimit else { throw .tooManyStrings(size: Self.stringsLimit) }
    return ByteString(text)
  }
}
