internal import ELF
package import FileTree

/// The dynamic symbols of a file that is to be written, with the relocations that bind them.
package struct ElfSymbols {
  package enum Hash: CaseIterable {
    case gnu, sysV
  }

  package struct Entry {
    let name: ByteString
    /// STB_*.
    let binding: UInt8
    /// STT_*.
    let type: UInt8
    /// `st_other`.
    let other: UInt8
    /// Whether the hash table leads to it.
    let isDefined: Bool
    /// `st_shndx`.
    let section: UInt16
    let value: UInt64
    /// What DT_VERSYM says.
    let version: UInt16
    /// The types of the relocations that bind it.
    let relocations: [UInt32]

    /// A function that others may use.
    package static func defined(
      _ name: ByteString, version: UInt16 = 1, binding: UInt8 = 1, type: UInt8 = 2,
      other: UInt8 = 0, value: UInt64 = 0x1000, section: UInt16 = 1, relocations: [UInt32] = []
    ) -> Entry {
      Entry(
        name: name, binding: binding, type: type, other: other, isDefined: true, section: section,
        value: value, version: version, relocations: relocations)
    }

    /// A function that is called (R_X86_64_JUMP_SLOT).
    package static func undefined(
      _ name: ByteString, version: UInt16 = 1, isWeak: Bool = false, type: UInt8 = 0,
      other: UInt8 = 0, value: UInt64 = 0, relocations: [UInt32] = [7]
    ) -> Entry {
      Entry(
        name: name, binding: isWeak ? 2 : 1, type: type, other: other, isDefined: false,
        section: 0, value: value, version: version, relocations: relocations)
    }
  }

  /// The hash table looks at what stands behind the undefined ones only.
  let entries: [Entry]
  let hash: Hash
  let hasVersions: Bool

  package init(
    defined: [ByteString] = [], undefined: [ByteString] = [], hash: Hash = .gnu
  ) {
    // Nothing binds them: loaders only ask whether they are there.
    entries =
      undefined.map { .undefined($0, relocations: []) } + defined.map { .defined($0) }
    self.hash = hash
    hasVersions = false
  }

  /// - Parameter hasVersions: whether there is a DT_VERSYM.
  package init(_ entries: Entry..., hash: Hash = .gnu, hasVersions: Bool = true) {
    self.init(entries, hash: hash, hasVersions: hasVersions)
  }

  package init(_ entries: [Entry], hash: Hash = .gnu, hasVersions: Bool = true) {
    self.entries = entries.filter { !$0.isDefined } + entries.filter(\.isDefined)
    self.hash = hash
    self.hasVersions = hasVersions
  }

  /// What musl's loader takes for the mark of a C library.
  package static let libc = ElfSymbols(defined: ["__libc_start_main", "stdin"])

  /// What every auditing library has.
  package static let auditor = ElfSymbols(defined: ["la_version"])

  private var undefinedCount: Int { entries.count { !$0.isDefined } }

  var hashTag: UInt64 { hash == .gnu ? 0x6FFF_FEF5 : 4 }

  func table(_ writer: ElfFieldWriter, _ strings: inout ElfStringTable) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: writer.is64 ? 24 : 16)
    for entry in entries {
      let text = writer.number(strings.place(entry.name.bytes), 4)
      let kind: [UInt8] =
        [entry.binding << 4 | entry.type, entry.other] + writer.number(entry.section, 2)
      let value = writer.word(entry.value)
      let size = writer.word(0)
      bytes += writer.is64 ? text + kind + value + size : text + value + size + kind
    }
    return bytes
  }

  func versionTable(_ writer: ElfFieldWriter) -> [UInt8]? {
    guard hasVersions else { return nil }
    return writer.number(0, 2) + entries.flatMap { writer.number($0.version, 2) }
  }

  /// The address that all relocations are written to.
  static let relocated: UInt64 = 0x20_0000

  /// With addends where the machine has no others, and in 64 bits.
  func relocationTable(_ writer: ElfFieldWriter) -> [UInt8] {
    entries.enumerated().flatMap { place, entry in
      entry.relocations.flatMap { type in
        let symbol = place + 1
        guard writer.is64 else {
          return writer.word(Self.relocated) + writer.number(symbol << 8 | Int(type), 4)
            + (writer.hasAddends ? writer.word(0) : [])
        }
        let info =
          writer.header.machine == .mips
          ? writer.number(symbol, 4) + [0, 0, 0, UInt8(type)]
          : writer.number(UInt64(symbol) << 32 | UInt64(type), 8)
        return writer.word(Self.relocated) + info + writer.word(0)
      }
    }
  }

  func hashTable(_ writer: ElfFieldWriter) -> [UInt8] {
    switch hash {
    case .gnu: gnuTable(writer)
    case .sysV: sysVTable(writer)
    }
  }

  /// One bucket, and a filter that lets everything through.
  private func gnuTable(_ writer: ElfFieldWriter) -> [UInt8] {
    let first = undefinedCount + 1
    let names = entries.filter(\.isDefined).map(\.name)
    var words: [UInt32] = [1, UInt32(first), 1, 0]
    words += [UInt32](repeating: .max, count: writer.is64 ? 2 : 1)
    words.append(names.isEmpty ? 0 : UInt32(first))
    for (index, name) in names.enumerated() {
      let hash = name.bytes.reduce(UInt32(5381)) { $0 &* 33 &+ UInt32($1) }
      words.append(index == names.count - 1 ? hash | 1 : hash & ~1)
    }
    return words.flatMap { writer.number($0, 4) }
  }

  /// One bucket, in which all symbols are chained.
  private func sysVTable(_ writer: ElfFieldWriter) -> [UInt8] {
    let count = UInt32(entries.count)
    let chain = (0...count).map { $0 == 0 || $0 == count ? 0 : $0 + 1 }
    let words = [1, count + 1, count == 0 ? 0 : 1] + chain
    // As wide as an address on one machine.
    let size = writer.is64 && writer.header.machine == .s390 ? 8 : 4
    return words.flatMap { writer.number($0, size) }
  }
}

extension ElfFieldWriter {
  /// Whether relocations have addends.
  var hasAddends: Bool { is64 || !header.machine.hasPlainRelocations }
}
