internal import CLibelf
internal import FileTree
internal import SystemPackage

/// An open libelf descriptor; ended when it goes out of scope.
///
/// Used only within one function: what it reads is copied out before it ends.
@safe struct LibelfHandle: ~Copyable {
  private let elf: OpaquePointer
  /// What libelf reads from when there is no descriptor; it must outlive `elf`.
  private let memory: UnsafeMutableRawBufferPointer?
  private let size: UInt64

  /// Opens without mapping: a file that shrinks while it is read must not raise SIGBUS.
  init(_ file: borrowing OpenFile) throws(ElfReadError) {
    guard elf_version(UInt32(EV_CURRENT)) != UInt32(EV_NONE) else { throw Self.lastError() }
    let memory: UnsafeMutableRawBufferPointer?
    let opened: OpaquePointer?
    switch file.content {
    case .descriptor(let descriptor):
      unsafe memory = nil
      unsafe opened = elf_begin(descriptor.rawValue, ELF_C_READ, nil)
    case .bytes(let bytes):
      let copy = UnsafeMutableRawBufferPointer.allocate(
        byteCount: max(bytes.count, 1), alignment: 16)
      unsafe copy.copyBytes(from: bytes)
      unsafe memory = copy
      unsafe opened = elf_memory(
        copy.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
    }
    guard let elf = unsafe opened else {
      unsafe memory?.deallocate()
      throw Self.lastError()
    }
    unsafe self.elf = elf
    unsafe self.memory = memory
    size = file.size
  }

  deinit {
    unsafe elf_end(elf)
    unsafe memory?.deallocate()
  }

  func header() throws(ElfReadError) -> GElf_Ehdr {
    var header = GElf_Ehdr()
    guard unsafe gelf_getehdr(elf, &header) != nil else { throw Self.lastError() }
    return header
  }

  func programHeader(_ index: Int) throws(ElfReadError) -> GElf_Phdr {
    var header = GElf_Phdr()
    guard unsafe gelf_getphdr(elf, Int32(index), &header) != nil else { throw Self.lastError() }
    return header
  }

  /// The bytes of a range of the file, as they are.
  func bytes(
    of part: ElfReadError.Part, at offset: UInt64, count: UInt64
  ) throws(ElfReadError) -> [UInt8] {
    guard count > 0 else { return [] }
    let data = unsafe try chunk(part, ELF_T_BYTE, at: offset, count: count)
    return unsafe Array(UnsafeRawBufferPointer(start: data.pointee.d_buf, count: Int(count)))
  }

  /// The entries of the dynamic section up to DT_NULL, in this machine's byte order.
  func dynamicEntries(at offset: UInt64, count: UInt64) throws(ElfReadError) -> [GElf_Dyn] {
    let entrySize = unsafe UInt64(gelf_fsize(elf, ELF_T_DYN, 1, UInt32(EV_CURRENT)))
    let wholeEntries = entrySize == 0 ? 0 : count / entrySize
    guard wholeEntries > 0 else { return [] }
    let data = unsafe try chunk(.dynamic, ELF_T_DYN, at: offset, count: wholeEntries * entrySize)
    var entries: [GElf_Dyn] = []
    for index in 0..<Int32(wholeEntries) {
      var entry = GElf_Dyn()
      guard unsafe gelf_getdyn(data, index, &entry) != nil else { throw Self.lastError() }
      if entry.d_tag == Int64(DT_NULL) { break }
      entries.append(entry)
    }
    return entries
  }

  /// The notes of a PT_NOTE segment, up to one that makes no sense.
  func notes(of segment: GElf_Phdr) throws(ElfReadError) -> [ElfNote] {
    let type = segment.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR
    guard segment.p_filesz > 0 else { return [] }
    let data = unsafe try chunk(.notes, type, at: segment.p_offset, count: segment.p_filesz)
    let bytes = unsafe UnsafeRawBufferPointer(
      start: data.pointee.d_buf, count: data.pointee.d_size)
    var notes: [ElfNote] = []
    var offset = 0
    while true {
      var header = GElf_Nhdr()
      var name = 0
      var descriptor = 0
      offset = unsafe gelf_getnote(data, offset, &header, &name, &descriptor)
      let nameEnd = name + Int(header.n_namesz)
      let descriptorEnd = descriptor + Int(header.n_descsz)
      guard offset > 0, nameEnd <= bytes.count, descriptorEnd <= bytes.count else { return notes }
      notes.append(
        ElfNote(
          name: ByteString(
            unsafe Array(UnsafeRawBufferPointer(rebasing: bytes[name..<nameEnd]))
              .prefix { $0 != 0 }),
          type: header.n_type,
          descriptor: unsafe Array(
            UnsafeRawBufferPointer(rebasing: bytes[descriptor..<descriptorEnd]))))
    }
  }

  private func chunk(
    _ part: ElfReadError.Part, _ type: Elf_Type, at offset: UInt64, count: UInt64
  ) throws(ElfReadError) -> UnsafeMutablePointer<Elf_Data> {
    let (end, overflow) = offset.addingReportingOverflow(count)
    guard !overflow, end <= size, offset <= UInt64(Int64.max) else {
      throw .truncated(what: part, offset: offset, size: count, fileSize: size)
    }
    guard
      let data = unsafe elf_getdata_rawchunk(elf, Int64(offset), Int(count), type)
    else { throw Self.lastError() }
    return unsafe data
  }

  private static func lastError() -> ElfReadError {
    guard let message = unsafe elf_errmsg(elf_errno()) else { return .libelf("unknown error") }
    return .libelf(unsafe String(cString: message))
  }
}
