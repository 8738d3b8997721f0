internal import ELF
internal import FileTree

/// A Windows executable, which is the form that managed assemblies have everywhere.
///
/// Source: ECMA-335 II.25 (PE file format, and the CLI header that data directory 14 leads to).
enum PortableExecutable {
  /// In bytes; the largest assembly of a framework has some 30 million.
  static let sizeLimit = 256 << 20

  /// The metadata of the assembly; nil for a file without managed code.
  static func metadata(_ bytes: [UInt8]) -> CilMetadata? {
    var budget = ReadBudget(fileSize: UInt64(bytes.count))
    return metadata(bytes, &budget)
  }

  /// The same of one of several in a file.
  ///
  /// - Parameter budget: the file's.
  static func metadata(_ bytes: [UInt8], _ budget: inout ReadBudget) -> CilMetadata? {
    let data = EncodedBytes(bytes, encoding: .littleEndian)
    guard ProgramFormat(head: bytes) == .portableExecutable, let place = data.uint32(0x3C),
      let header = Int(exactly: place),
      data.has(Array("PE\0\0".utf8), at: header),
      let sections = data.uint16(header + 6), let optionalSize = data.uint16(header + 20),
      let kind = data.uint16(header + 24)
    else { return nil }
    // The directories stand behind fields that are longer in a 64-bit file.
    let directories = header + 24 + (kind == 0x20B ? 112 : 96)
    let table = header + 24 + Int(optionalSize)
    guard directories + 15 * 8 <= table, let address = data.uint32(directories + 14 * 8),
      let cli = offset(of: address, sections: Int(sections), table: table, in: data),
      let rootAddress = data.uint32(cli + 8),
      let root = offset(of: rootAddress, sections: Int(sections), table: table, in: data)
    else { return nil }
    return CilMetadata(data, at: root, &budget)
  }

  /// The place in the file of what is loaded at an address.
  private static func offset(
    of address: UInt32, sections: Int, table: Int, in data: EncodedBytes
  ) -> Int? {
    guard address > 0 else { return nil }
    for section in 0..<sections {
      let header = table + section * 40
      guard let start = data.uint32(header + 12), let size = data.uint32(header + 16),
        let place = data.uint32(header + 20)
      else { return nil }
      if address >= start, address - start < size { return Int(place) + Int(address - start) }
    }
    return nil
  }
}

extension RootView {
  /// The metadata of the assembly that a path leads to; nil where there is none.
  mutating func metadata(at path: ByteString) -> CilMetadata? {
    guard let file = resolve(path), file.status.kind == .regular,
      (try? tree.programFormat(of: file.real)) == .portableExecutable,
      let bytes = (try? tree.open(file.real).readAll(limit: PortableExecutable.sizeLimit)) ?? nil
    else { return nil }
    return PortableExecutable.metadata(bytes)
  }
}
