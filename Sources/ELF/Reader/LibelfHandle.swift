internal import CLibelf
internal import FileTree
internal import SystemPackage

/// An open libelf descriptor; ended when it goes out of scope.
///
/// Used only within one function: what it reads is copied out before it ends.
@safe struct LibelfHandle: ~Copyable {
  private let elf: OpaquePointer
  private let content: OpenFile.Content
  /// What libelf reads from when there is no descriptor; it must outlive `elf`.
  private let memory: UnsafeMutableRawBufferPointer?
  private let size: UInt64

  /// Libraries have dozens of sections, and no number beyond this one has a use for a loader.
  private static let sectionLimit: UInt64 = 1 << 17

  /// Opens without mapping: a file that shrinks while it is read must not raise SIGBUS.
  init(_ file: borrowing OpenFile) throws(ElfReadError) {
    guard elf_version(UInt32(EV_CURRENT)) != UInt32(EV_NONE) else { throw Self.lastError() }
    try Self.checkSectionCount(file.content)
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
    content = file.content
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
  ///
  /// Read without libelf, which keeps every piece until its end, in a list that it walks for the next.
  func bytes(
    of part: ElfReadError.Part, at offset: UInt64, count: UInt64
  ) throws(ElfReadError) -> [UInt8] {
    guard count > 0 else { return [] }
    try check(part, at: offset, count: count)
    let bytes: [UInt8]
    do { bytes = try content.read(at: offset, count: Int(count)) } catch { throw .system(error) }
    guard UInt64(bytes.count) == count else {
      // The file has shrunk since it was opened.
      throw .truncated(
        what: part, offset: offset, size: count, fileSize: offset + UInt64(bytes.count))
    }
    return bytes
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
            UnsafeRawBufferPointer(rebasing: bytes[descriptor..<descriptorEnd])),
          offset: segment.p_offset + UInt64(descriptor)))
    }
  }

  private func chunk(
    _ part: ElfReadError.Part, _ type: Elf_Type, at offset: UInt64, count: UInt64
  ) throws(ElfReadError) -> UnsafeMutablePointer<Elf_Data> {
    try check(part, at: offset, count: count)
    guard
      let data = unsafe elf_getdata_rawchunk(elf, Int64(offset), Int(count), type)
    else { throw Self.lastError() }
    return unsafe data
  }

  private func check(
    _ part: ElfReadError.Part, at offset: UInt64, count: UInt64
  ) throws(ElfReadError) {
    let (end, overflow) = offset.addingReportingOverflow(count)
    guard !overflow, end <= size, end <= UInt64(Int64.max) else {
      throw .truncated(what: part, offset: offset, size: count, fileSize: size)
    }
  }

  /// Refuses what libelf would take as millions of sections: it makes a record of each before it can
  /// be asked anything.
  ///
  /// Source: the gABI, "ELF Header", e_shnum: the number is that of the first section header's
  /// sh_size where it doesn't fit.
  private static func checkSectionCount(_ content: OpenFile.Content) throws(ElfReadError) {
    func read(_ offset: UInt64, _ count: Int) throws(ElfReadError) -> [UInt8] {
      do { return try content.read(at: offset, count: count) } catch { throw .system(error) }
    }
    let header = try read(0, 64)
    guard header.count == 64, let elfClass = ElfHeader.Class(rawValue: header[4]),
      let encoding = ElfHeader.DataEncoding(rawValue: header[5])
    else { return }
    let isWide = elfClass == .elf64
    let fields = EncodedBytes(header, encoding: encoding)
    guard fields.uint16(isWide ? 60 : 48) == 0,
      let place = isWide ? fields.uint64(40) : fields.uint32(32).map({ UInt64($0) }), place != 0
    else { return }
    let first = EncodedBytes(try read(place, isWide ? 40 : 24), encoding: encoding)
    let count = isWide ? first.uint64(32) : first.uint32(20).map { UInt64($0) }
    guard let count, count > sectionLimit else { return }
    let (size, overflow) = count.multipliedReportingOverflow(by: isWide ? 64 : 40)
    throw .tooLarge(what: .sectionHeaders, offset: place, size: overflow ? .max : size)
  }

  private static func lastError() -> ElfReadError {
    guard let message = unsafe elf_errmsg(elf_errno()) else { return .libelf("unknown error") }
    return .libelf(unsafe String(cString: message))
  }
}
