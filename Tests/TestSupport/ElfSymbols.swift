package import FileTree

/// The dynamic symbols of a file that is to be written.
package struct ElfSymbols {
  package enum Hash: CaseIterable {
    case gnu, sysV
  }

  let defined: [ByteString]
  /// Named, but to be found elsewhere.
  let undefined: [ByteString]
  let hash: Hash

  package init(
    defined: [ByteString] = [], undefined: [ByteString] = [], hash: Hash = .gnu
  ) {
    self.defined = defined
    self.undefined = undefined
    self.hash = hash
  }

  /// What musl's loader takes for the mark of a C library.
  package static let libc = ElfSymbols(defined: ["__libc_start_main", "stdin"])

  /// What every auditing library has.
  package static let auditor = ElfSymbols(defined: ["la_version"])

  /// The hash table looks at what stands behind the undefined ones only.
  private var names: [ByteString] { undefined + defined }

  var hashTag: UInt64 { hash == .gnu ? 0x6FFF_FEF5 : 4 }

  func table(_ writer: ElfFieldWriter, _ strings: inout ElfStringTable) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: writer.is64 ? 24 : 16)
    for (index, name) in names.enumerated() {
      let isDefined = index >= undefined.count
      let text = writer.number(strings.place(name.bytes), 4)
      // STB_GLOBAL, STT_FUNC; the section is any, so long as it isn't SHN_UNDEF.
      let kind: [UInt8] = [0x12, 0] + writer.number(isDefined ? 1 : 0, 2)
      let value = writer.word(isDefined ? 0x1000 : 0)
      let size = writer.word(0)
      bytes += writer.is64 ? text + kind + value + size : text + value + size + kind
    }
    return bytes
  }

  func hashTable(_ writer: ElfFieldWriter) -> [UInt8] {
    switch hash {
    case .gnu: gnuTable(writer)
    case .sysV: sysVTable(writer)
    }
  }

  /// One bucket, and a filter that lets everything through.
  private func gnuTable(_ writer: ElfFieldWriter) -> [UInt8] {
    let first = undefined.count + 1
    var words: [UInt32] = [1, UInt32(first), 1, 0]
    words += [UInt32](repeating: .max, count: writer.is64 ? 2 : 1)
    words.append(defined.isEmpty ? 0 : UInt32(first))
    for (index, name) in defined.enumerated() {
      let hash = name.bytes.reduce(UInt32(5381)) { $0 &* 33 &+ UInt32($1) }
      words.append(index == defined.count - 1 ? hash | 1 : hash & ~1)
    }
    return words.flatMap { writer.number($0, 4) }
  }

  /// One bucket, in which all symbols are chained.
  private func sysVTable(_ writer: ElfFieldWriter) -> [UInt8] {
    let count = UInt32(names.count)
    let chain = (0...count).map { $0 == 0 || $0 == count ? 0 : $0 + 1 }
    let words = [1, count + 1, count == 0 ? 0 : 1] + chain
    return words.flatMap { writer.number($0, 4) }
  }
}
