/// Who maps an object into memory, and by whose rules it is read.
package enum ObjectMapper: UInt8, Hashable, Sendable {
  /// A program and its interpreter.
  case kernel
  /// A library of a program.
  case glibc, musl
}

/// The header of one object with its program headers, as whoever maps it reads them.
struct ObjectHeaders {
  let header: ElfHeader
  /// `e_entry`.
  let entry: UInt64
  let segments: [ProgramHeader]
  /// Where the program headers stand in the file, in bytes.
  let table: Range<UInt64>
  /// Where the section headers should; nil without any.
  let sections: Range<UInt64>?

  var loads: [ProgramHeader] { segments.filter { $0.type == ProgramHeader.load } }

  /// Whether anybody maps such a file.
  var isMapped: Bool { header.type == .executable || header.type == .sharedObject }

  func first(_ type: UInt32) -> ProgramHeader? { segments.first { $0.type == type } }
  func last(_ type: UInt32) -> ProgramHeader? { segments.last { $0.type == type } }

  /// In bytes; the kernel's own limit (Linux `fs/binfmt_elf.c`, `load_elf_phdrs`).
  private static let kernelTableLimit: UInt64 = 1 << 16
  /// More than any system lets a process map (Linux `Documentation/admin-guide/sysctl/vm.rst`,
  /// `max_map_count`) would cost time and memory for nothing.
  private static let loadLimit = 1 << 12

  /// - Parameter mapper: nil if that is to be told by the file.
  init(
    _ source: ElfSource, _ header: ElfHeader, _ mapper: ObjectMapper?
  ) throws(ElfReadError) {
    let isWide = header.elfClass == .elf64
    let fields = EncodedBytes(
      try source.bytes(of: .header, at: 0, count: isWide ? 64 : 52), encoding: header.dataEncoding)
    func word(_ wide: Int, _ narrow: Int) -> UInt64 {
      (isWide ? fields.uint64(wide) : fields.uint32(narrow).map(UInt64.init)) ?? 0
    }
    func half(_ wide: Int, _ narrow: Int) -> UInt16 { fields.uint16(isWide ? wide : narrow) ?? 0 }
    self.header = header
    entry = word(0x18, 0x18)
    sections = Self.table(
      at: word(0x28, 0x20), count: half(0x3C, 0x30), size: half(0x3A, 0x2E))
    let count = half(0x38, 0x2C)
    let offset = word(0x20, 0x1C)
    let size = UInt64(isWide ? 56 : 32)
    // musl goes by the size that the header tells, and all others demand the right one.
    let stride = UInt64(header.programHeaderSize)
    if count > 0, mapper != .musl, stride != size {
      throw .programHeaderSize(header.programHeaderSize, expected: UInt16(size))
    }
    // PN_XNUM: the real number stands in a section header, where no loader looks.
    guard count < 0xFFFF,
      mapper != .kernel || UInt64(count) * size <= Self.kernelTableLimit
    else {
      throw .tooLarge(what: .programHeaders, offset: offset, size: UInt64(count) * size)
    }
    table = Self.table(at: offset, count: count, size: UInt16(stride)) ?? 0..<0
    let bytes = try source.bytes(of: .programHeaders, at: offset, count: UInt64(count) * stride)
    segments = try Libelf.programHeaders(
      in: stride == size ? bytes : Self.records(in: bytes, of: Int(size), every: Int(stride)),
      of: header)
    guard loads.count <= Self.loadLimit else {
      throw .tooLarge(
        what: .programHeaders, offset: offset, size: UInt64(count) * UInt64(stride))
    }
  }

  /// Nil for none, and for one that ends nowhere.
  private static func table(at offset: UInt64, count: UInt16, size: UInt16) -> Range<UInt64>? {
    let (end, overflow) = offset.addingReportingOverflow(UInt64(count) * UInt64(size))
    guard offset > 0, count > 0, !overflow else { return nil }
    return offset..<end
  }

  /// Records that begin at a distance from one another; what stands behind the table is taken as zeros.
  private static func records(in bytes: [UInt8], of size: Int, every stride: Int) -> [UInt8] {
    guard stride > 0 else { return [] }
    let padded = bytes + [UInt8](repeating: 0, count: size)
    return Swift.stride(from: 0, to: bytes.count, by: stride).flatMap {
      padded[$0..<($0 + size)]
    }
  }
}
