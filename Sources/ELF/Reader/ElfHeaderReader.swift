package import FileTree

extension ElfHeader {
  private static let identSize = 16
  /// In bytes, for both classes.
  private static let headSize = 64

  /// Reads the ELF header from the file's first bytes, as `e_ident` says.
  package init(reading file: borrowing OpenFile) throws(ElfReadError) {
    let bytes = try Self.head(of: file)
    guard bytes.starts(with: Self.magic) else { throw .notElf }
    guard bytes.count >= Self.identSize else { throw Self.truncated(bytes) }
    guard let elfClass = Class(rawValue: bytes[4]) else { throw .unknownClass(bytes[4]) }
    guard let encoding = DataEncoding(rawValue: bytes[5]) else {
      throw .unknownDataEncoding(bytes[5])
    }
    try self.init(bytes, elfClass, encoding)
  }

  /// Reads the ELF header as musl's loader does: with the eyes of its own class and byte order,
  /// whatever the file says, and whether or not it begins as an ELF file.
  ///
  /// Source: musl `ldso/dynlink.c` (`map_library`).
  ///
  /// - Parameter own: that of the program.
  package init(reading file: borrowing OpenFile, as own: ElfHeader) throws(ElfReadError) {
    try self.init(try Self.head(of: file), own.elfClass, own.dataEncoding)
  }

  /// Reads the ELF header as the kernel does: the machine's number tells it class and byte order.
  ///
  /// Source: Linux `arch/*/include/asm/elf.h` (`elf_check_arch`), `fs/binfmt_elf.c`
  /// (`load_elf_phdrs`), `fs/compat_binfmt_elf.c`.
  package init(readingAsKernel file: borrowing OpenFile) throws(ElfReadError) {
    let bytes = try Self.head(of: file)
    guard bytes.starts(with: Self.magic) else { throw .notElf }
    for encoding: DataEncoding in [.littleEndian, .bigEndian] {
      let fields = EncodedBytes(bytes, encoding: encoding)
      let machine = Machine(rawValue: fields.uint16(18) ?? 0)
      guard machine.kernelEncoding == encoding else { continue }
      if machine == .x86 {
        try self.init(bytes, .elf32, encoding)
        return
      }
      // x32 is told by the size of its program headers.
      if machine == .amd64, fields.uint16(54) == 56 {
        try self.init(bytes, .elf64, encoding)
        return
      }
    }
    try self.init(reading: file)
  }

  private static func head(of file: borrowing OpenFile) throws(ElfReadError) -> [UInt8] {
    guard file.size > 0 else { throw .empty }
    do { return try file.read(at: 0, count: headSize) } catch { throw .system(error) }
  }

  private static func truncated(_ bytes: [UInt8]) -> ElfReadError {
    .truncated(
      what: .header, offset: 0, size: bytes.count > 4 && bytes[4] == 1 ? 52 : 64,
      fileSize: UInt64(bytes.count))
  }

  private init(
    _ bytes: [UInt8], _ elfClass: Class, _ encoding: DataEncoding
  ) throws(ElfReadError) {
    guard bytes.count >= (elfClass == .elf32 ? 52 : 64) else { throw Self.truncated(bytes) }
    let fields = EncodedBytes(bytes, encoding: encoding)
    let isWide = elfClass == .elf64
    self.init(
      elfClass: elfClass, dataEncoding: encoding, identVersion: bytes[6], osABI: bytes[7],
      abiVersion: bytes[8], paddingIsZero: bytes[9..<Self.identSize].allSatisfy { $0 == 0 },
      type: ObjectType(fields.uint16(16) ?? 0), machine: Machine(rawValue: fields.uint16(18) ?? 0),
      version: fields.uint32(20) ?? 0, flags: fields.uint32(isWide ? 48 : 36) ?? 0,
      programHeaderSize: fields.uint16(isWide ? 54 : 42) ?? 0)
  }
}

extension Machine {
  /// The byte order that the kernel takes for granted; nil where it goes by more than the machine's number.
  fileprivate var kernelEncoding: ElfHeader.DataEncoding? {
    self == .amd64 || self == .x86 ? .littleEndian : nil
  }
}
