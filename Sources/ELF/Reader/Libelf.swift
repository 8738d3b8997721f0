internal import CLibelf
internal import FileTree

/// What libelf is asked for: how the records of both classes are laid out, and their byte order.
///
/// It is given bytes, not files: of a file it would judge section headers, at which no loader looks.
@safe enum Libelf {
  static func programHeaders(
    in bytes: [UInt8], of header: ElfHeader
  ) throws(ElfReadError) -> [ProgramHeader] {
    header.elfClass == .elf64
      ? try records(bytes, ELF_T_PHDR, Elf64_Phdr.self, header).map { ProgramHeader($0) }
      : try records(bytes, ELF_T_PHDR, Elf32_Phdr.self, header).map { ProgramHeader($0) }
  }

  /// In bytes.
  static func dynamicEntrySize(_ elfClass: ElfHeader.Class) -> Int {
    elfClass == .elf64 ? MemoryLayout<Elf64_Dyn>.size : MemoryLayout<Elf32_Dyn>.size
  }

  /// Up to DT_NULL, if it is among them.
  static func dynamicEntries(
    in bytes: [UInt8], of header: ElfHeader
  ) throws(ElfReadError) -> [DynamicEntry] {
    header.elfClass == .elf64
      ? try records(bytes, ELF_T_DYN, Elf64_Dyn.self, header).map { DynamicEntry($0) }
      : try records(bytes, ELF_T_DYN, Elf32_Dyn.self, header).map { DynamicEntry($0) }
  }

  /// Notes up to one that makes no sense.
  ///
  /// - Parameters:
  ///   - alignment: PT_NOTE's, in bytes.
  ///   - offset: where the bytes stand in the file.
  static func notes(
    in bytes: [UInt8], alignment: UInt64, at offset: UInt64, of header: ElfHeader
  ) throws(ElfReadError) -> [ElfNote] {
    let type = alignment == 8 ? ELF_T_NHDR8 : ELF_T_NHDR
    var bytes = try records(bytes, type, UInt8.self, header)
    var notes: [ElfNote] = []
    unsafe bytes.withUnsafeMutableBytes { buffer in
      var data = unsafe Elf_Data()
      unsafe data.d_buf = buffer.baseAddress
      unsafe data.d_size = buffer.count
      unsafe data.d_type = type
      unsafe data.d_version = UInt32(EV_CURRENT)
      var position = 0
      while let note = unsafe nextNote(in: &data, UnsafeRawBufferPointer(buffer), &position) {
        notes.append(
          ElfNote(
            name: note.name, type: note.type, descriptor: note.descriptor,
            offset: offset &+ note.offset))
      }
    }
    return notes
  }

  /// The offset is that of the descriptor.
  private static func nextNote(
    in data: inout Elf_Data, _ bytes: UnsafeRawBufferPointer, _ position: inout Int
  ) -> ElfNote? {
    var header = GElf_Nhdr()
    var name = 0
    var descriptor = 0
    position = unsafe gelf_getnote(&data, position, &header, &name, &descriptor)
    let nameEnd = name + Int(header.n_namesz)
    let descriptorEnd = descriptor + Int(header.n_descsz)
    guard position > 0, nameEnd <= bytes.count, descriptorEnd <= bytes.count else { return nil }
    return ElfNote(
      name: ByteString(unsafe Array(bytes[name..<nameEnd]).prefix { $0 != 0 }),
      type: header.n_type, descriptor: unsafe Array(bytes[descriptor..<descriptorEnd]),
      offset: UInt64(descriptor))
  }

  /// Bytes of a file as records of this machine.
  private static func records<Record>(
    _ bytes: [UInt8], _ type: Elf_Type, _ record: Record.Type, _ header: ElfHeader
  ) throws(ElfReadError) -> [Record] {
    guard elf_version(UInt32(EV_CURRENT)) != UInt32(EV_NONE) else { throw lastError() }
    let count = bytes.count / MemoryLayout<Record>.size
    guard count > 0 else { return [] }
    var isDone = false
    let records = unsafe [Record](unsafeUninitializedCapacity: count) { buffer, filled in
      unsafe bytes.withUnsafeBytes { source in
        var (from, to) = unsafe (Elf_Data(), Elf_Data())
        unsafe from.d_buf = UnsafeMutableRawPointer(mutating: source.baseAddress)
        unsafe to.d_buf = UnsafeMutableRawPointer(buffer.baseAddress)
        unsafe from.d_type = type
        unsafe from.d_version = UInt32(EV_CURRENT)
        unsafe to.d_version = UInt32(EV_CURRENT)
        unsafe from.d_size = count * MemoryLayout<Record>.size
        unsafe to.d_size = from.d_size
        let encoding = UInt32(header.dataEncoding.rawValue)
        unsafe isDone =
          header.elfClass == .elf64
          ? elf64_xlatetom(&to, &from, encoding) != nil
          : elf32_xlatetom(&to, &from, encoding) != nil
      }
      filled = isDone ? count : 0
    }
    guard isDone else { throw lastError() }
    return records
  }

  private static func lastError() -> ElfReadError {
    guard let message = unsafe elf_errmsg(elf_errno()) else { return .libelf("unknown error") }
    return .libelf(unsafe String(cString: message))
  }
}

/// An entry of the program header table.
///
/// Source: the gABI, "Program Header"; `elf.h`, PT_* and PF_*.
struct ProgramHeader: Equatable {
  var type: UInt32
  var flags: UInt32
  /// In bytes from the file's beginning.
  var offset: UInt64
  var address: UInt64
  var fileSize: UInt64
  var memorySize: UInt64
  var alignment: UInt64

  static let load = UInt32(PT_LOAD)
  static let dynamic = UInt32(PT_DYNAMIC)
  static let interpreter = UInt32(PT_INTERP)
  static let note = UInt32(PT_NOTE)
  static let table = UInt32(PT_PHDR)
  static let threadLocal = UInt32(PT_TLS)
  static let stack = UInt32(PT_GNU_STACK)
  static let relro = UInt32(PT_GNU_RELRO)
  static let property = UInt32(PT_GNU_PROPERTY)

  var isReadable: Bool { flags & UInt32(PF_R) != 0 }
  var isWritable: Bool { flags & UInt32(PF_W) != 0 }
  var isExecutable: Bool { flags & UInt32(PF_X) != 0 }
}

extension ProgramHeader {
  fileprivate init(_ header: Elf64_Phdr) {
    self.init(
      type: header.p_type, flags: header.p_flags, offset: header.p_offset,
      address: header.p_vaddr, fileSize: header.p_filesz, memorySize: header.p_memsz,
      alignment: header.p_align)
  }

  fileprivate init(_ header: Elf32_Phdr) {
    self.init(
      type: header.p_type, flags: header.p_flags, offset: UInt64(header.p_offset),
      address: UInt64(header.p_vaddr), fileSize: UInt64(header.p_filesz),
      memorySize: UInt64(header.p_memsz), alignment: UInt64(header.p_align))
  }
}

/// An entry of the dynamic section.
///
/// Source: the gABI, "Dynamic Section"; `elf.h`, DT_*.
struct DynamicEntry: Equatable {
  let tag: Int64
  /// An address, an offset into the string table, a size or flags, as the tag tells.
  let value: UInt64
}

extension DynamicEntry {
  fileprivate init(_ entry: Elf64_Dyn) {
    self.init(tag: entry.d_tag, value: unsafe entry.d_un.d_val)
  }

  fileprivate init(_ entry: Elf32_Dyn) {
    self.init(tag: Int64(entry.d_tag), value: UInt64(unsafe entry.d_un.d_val))
  }
}
