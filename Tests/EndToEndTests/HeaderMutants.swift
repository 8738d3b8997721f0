import Foundation
import TestSupport

/// One field of an ELF file: of its header, of a program header or of an entry of its dynamic section.
struct HeaderField: Sendable {
  /// Such as `e_type`, `LOAD1.p_flags` or `DYNAMIC3.d_val`.
  let name: String
  /// In bytes.
  let offset: Int
  let size: Int
  /// `d_tag` of the entry that it belongs to.
  var tag: UInt64?

  /// The name without what it belongs to.
  var kind: Substring { name.split(separator: ".").last ?? "" }
}

/// A 64-bit little-endian ELF file, from which others are made that differ in one field.
struct HeaderMutants {
  let bytes: [UInt8]

  /// A file that differs in one field.
  struct Mutant: Sendable {
    let field: HeaderField
    let value: UInt64

    var name: String { "\(field.name)-\(String(value, radix: 16))" }
  }

  // MARK: Fields

  private static let header: [(String, Int, Int)] = [
    ("EI_MAG0", 0, 1), ("EI_CLASS", 4, 1), ("EI_DATA", 5, 1), ("EI_VERSION", 6, 1),
    ("EI_OSABI", 7, 1), ("EI_ABIVERSION", 8, 1), ("EI_PAD", 9, 1), ("EI_PAD_END", 15, 1),
    ("e_type", 16, 2), ("e_machine", 18, 2), ("e_version", 20, 4), ("e_entry", 24, 8),
    ("e_phoff", 32, 8), ("e_shoff", 40, 8), ("e_flags", 48, 4), ("e_ehsize", 52, 2),
    ("e_phentsize", 54, 2), ("e_phnum", 56, 2), ("e_shentsize", 58, 2), ("e_shnum", 60, 2),
    ("e_shstrndx", 62, 2),
  ]

  private static let segment: [(String, Int, Int)] = [
    ("p_type", 0, 4), ("p_flags", 4, 4), ("p_offset", 8, 8), ("p_vaddr", 16, 8),
    ("p_paddr", 24, 8), ("p_filesz", 32, 8), ("p_memsz", 40, 8), ("p_align", 48, 8),
  ]

  private static let segmentNames: [UInt64: String] = [
    1: "LOAD", 2: "DYNAMIC", 3: "INTERP", 4: "NOTE", 6: "PHDR", 7: "TLS",
    0x6474_E550: "EH_FRAME", 0x6474_E551: "STACK", 0x6474_E552: "RELRO", 0x6474_E553: "PROPERTY",
  ]

  private func number(at offset: Int, size: Int) -> UInt64 {
    bytes[offset..<offset + size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  var fields: [HeaderField] {
    var fields = Self.header.map { HeaderField(name: $0, offset: $1, size: $2) }
    var counts: [String: Int] = [:]
    let table = Int(number(at: 32, size: 8))
    for index in 0..<Int(number(at: 56, size: 2)) {
      let start = table + index * 56
      let type = number(at: start, size: 4)
      let name = Self.segmentNames[type] ?? String(type, radix: 16)
      let place = counts[name, default: 0]
      counts[name] = place + 1
      fields += Self.segment.map {
        HeaderField(name: "\(name)\(place).\($0)", offset: start + $1, size: $2)
      }
      if type == 2 { fields += entries(at: Int(number(at: start + 8, size: 8))) }
    }
    return fields
  }

  private func entries(at start: Int) -> [HeaderField] {
    var fields: [HeaderField] = []
    var place = start
    while true {
      let tag = number(at: place, size: 8)
      let name = "ENTRY\((place - start) / 16)"
      fields += [
        HeaderField(name: name + ".d_tag", offset: place, size: 8, tag: tag),
        HeaderField(name: name + ".d_val", offset: place + 8, size: 8, tag: tag),
      ]
      guard tag != 0 else { return fields }
      place += 16
    }
  }

  // MARK: Values

  /// Twelve values for each field, none of them its own.
  var all: [Mutant] {
    fields.flatMap { field in
      let own = number(at: field.offset, size: field.size)
      var known: Set<UInt64> = [own]
      return Self.values(field, own, fileSize: UInt64(bytes.count))
        .filter { known.insert($0).inserted }.prefix(12).map { Mutant(field: field, value: $0) }
    }
  }

  private static func values(
    _ field: HeaderField, _ own: UInt64, fileSize: UInt64
  ) -> [UInt64] {
    let mask = field.size == 8 ? UInt64.max : 1 << UInt64(8 * field.size) - 1
    let values: [UInt64] =
      switch field.kind {
      case "p_type": Array(segmentNames.keys).sorted() + [0, 5, 0x6FFF_FFFF]
      case "p_flags": Array(0...8) + [0xFFFF_FFFF, 0x8000_0000 | own, own ^ 1, 0x10]
      // DT_NULL, DT_NEEDED, DT_PLTGOT, and so on: those that loaders look at.
      case "d_tag": [0, 1, 3, 5, 6, 0x15, 0x17, 0x18, 0x1D, 0x6FFF_FEF5, 0x19, 4, 7]
      default:
        [
          0, 1, 2, own &+ 1, own &- 1, own &+ 0x1000, own &- 0x1000, own &* 2, own ^ 8, fileSize,
          mask >> 1, mask, 0x1000, 1 << 30, 1 << 40, 1 << (4 * UInt64(field.size)), 0x10, 3, 4,
          5, 6,
        ]
      }
    return values.map { $0 & mask }
  }

  func bytes(of mutant: Mutant) -> [UInt8] {
    var bytes = bytes
    for index in 0..<mutant.field.size {
      bytes[mutant.field.offset + index] = UInt8(
        truncatingIfNeeded: mutant.value >> UInt64(8 * index))
    }
    return bytes
  }
}
