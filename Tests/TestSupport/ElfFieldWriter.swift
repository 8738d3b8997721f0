package import ELF

/// Numbers as an ELF file of one class and byte order holds them.
package struct ElfFieldWriter {
  package let header: ElfHeader

  package init(_ header: ElfHeader) {
    self.header = header
  }

  var is64: Bool { header.elfClass == .elf64 }

  /// A number that is as wide as an address.
  func word(_ value: UInt64) -> [UInt8] {
    number(value, is64 ? 8 : 4)
  }

  /// - Parameter size: in bytes.
  package func number(_ value: some BinaryInteger, _ size: Int) -> [UInt8] {
    let value = UInt64(truncatingIfNeeded: value)
    let littleEndian = (0..<size).map { UInt8(truncatingIfNeeded: value >> (UInt64($0) * 8)) }
    return header.dataEncoding == .littleEndian ? littleEndian : littleEndian.reversed()
  }
}

/// The texts of a file, each with its NUL, behind an empty one.
struct ElfStringTable {
  private(set) var bytes: [UInt8] = [0]

  /// Where the text stands, in bytes from the table's beginning.
  mutating func place(_ text: [UInt8]) -> UInt64 {
    defer { bytes += text + [0] }
    return UInt64(bytes.count)
  }
}
