internal import CLibelf

/// What a loader refuses or dies of, although the object can be mapped.
///
/// Source: glibc `elf/dl-load.c` (`_dl_map_object_from_fd`), `elf/get-dynamic-info.h`, `elf/dl-reloc.c`
/// (`_dl_protect_relro`), `elf/dl-init.c`; musl `ldso/dynlink.c` (`reloc_all`, `do_init_fini`).
struct LoadingCheck {
  private let object: MappedObject
  private let pages: PageSize

  private var memory: ObjectMemory { object.memory }
  private var headers: ObjectHeaders { object.headers }
  private var dynamic: DynamicCheck { DynamicCheck(object) }

  init(_ object: MappedObject) {
    self.object = object
    pages = PageSize(object.header.machine)
  }

  /// What both loaders say, or the one that maps the object.
  func run() throws(ElfReadError) {
    // It is in any dynamic section, whether or not the object has names for a loader.
    guard object.value(of: DT_STRTAB) != nil else { throw .noStringTable }
    // musl takes the address 0 for none.
    if let fault = interpreterFault, fault.address != 0 { throw fault.error }
    try checkDynamicIsWritable()
    if let address = object.value(of: DT_INIT), address != 0, headers.header.entersAtCode,
      !memory.holdsCode(at: address)
    {
      throw .noCode(at: address, what: .initialisation)
    }
    try checkRelro()
    try checkThreadLocal()
    if object.mapper == .glibc, let fault = glibcFault { throw fault }
    // Where a linker did nothing odd, relocations are where they should be.
    if !headers.isPlain || !dynamicAgrees { try RelocationTables(object).check() }
  }

  // MARK: What is written to

  /// Whether the memory of the dynamic section may be written to where PT_DYNAMIC says so, and only there.
  private var dynamicAgrees: Bool {
    guard let segment = headers.last(ProgramHeader.dynamic) else { return true }
    return !segment.isWritable || memory.isWritable(at: segment.address)
  }

  /// glibc turns the offsets of the dynamic section into addresses where PT_DYNAMIC says that it may, and
  /// both put their own into the program's DT_DEBUG.
  private func checkDynamicIsWritable() throws(ElfReadError) {
    guard object.mapper != .musl, !dynamicAgrees,
      let segment = headers.last(ProgramHeader.dynamic)
    else { return }
    throw .notWritable(what: .dynamic, address: segment.address)
  }

  /// Where a loader puts itself for functions that are bound later, as far as ABIs have one way for that.
  ///
  /// Source: glibc `sysdeps/{x86_64,i386,aarch64}/dl-machine.h` (`elf_machine_runtime_setup`).
  private var boundLater: UInt64? {
    guard object.hasProcedureTable, (object.value(of: DT_PLTRELSZ) ?? 0) > 0 else { return nil }
    return object.value(of: DT_PLTGOT)
  }

  private func checkRelro() throws(ElfReadError) {
    guard let segment = headers.last(ProgramHeader.relro), segment.memorySize > 0 else { return }
    let start = pages.floor(segment.address)
    let end = pages.floor(segment.address &+ segment.memorySize)
    guard start == end || memory.isMapped(at: start, count: end &- start) else {
      throw .unprotectableSegment(address: segment.address, size: segment.memorySize)
    }
  }

  private func checkThreadLocal() throws(ElfReadError) {
    guard let segment = headers.last(ProgramHeader.threadLocal), segment.memorySize > 0 else {
      return
    }
    guard segment.fileSize <= segment.memorySize || object.mapper == .musl else {
      throw .segmentLargerInFile(
        address: segment.address, fileSize: segment.fileSize, memorySize: segment.memorySize)
    }
    let room: UInt64 = 1 << UInt64(headers.header.userAddressBits)
    guard segment.alignment != 0 else { throw .noAlignment(address: segment.address) }
    guard segment.memorySize < room, segment.alignment < room else {
      throw .unmappableSegment(address: segment.address, size: segment.memorySize)
    }
    guard segment.fileSize == 0 || memory.isReadable(at: segment.address, count: segment.fileSize)
    else { throw .unmappedAddress(what: .threadLocal, address: segment.address) }
  }

  // MARK: glibc

  /// What glibc dies of, and musl doesn't look at.
  var glibcFault: ElfReadError? {
    if object.mapper == .glibc, let own = headers.last(ProgramHeader.table),
      !memory.isReadable(at: own.address, count: UInt64(headers.table.count))
    {
      return .unmappedAddress(what: .programHeaders, address: own.address)
    }
    if let fault = interpreterFault { return fault.error }
    if let fault = dynamic.glibcFault { return fault }
    if let table = boundLater, !memory.isWritable(at: table) {
      return .notWritable(what: .procedureTable, address: table)
    }
    if let fault = bindingFault { return fault }
    // It takes the address 0 for none.
    if let segment = headers.last(ProgramHeader.threadLocal), segment.address == 0,
      segment.fileSize > 0, segment.memorySize > 0
    {
      return .unmappedAddress(what: .threadLocal, address: 0)
    }
    for segment in headers.segments where isReadForProperties(segment) {
      if memory.isReadable(at: segment.address, count: segment.memorySize) { continue }
      if let address = unreadableNote(of: segment) {
        return .unmappedAddress(what: .notes, address: address)
      }
    }
    return nil
  }

  private var interpreterFault: (address: UInt64, error: ElfReadError)? {
    guard object.mapper == .kernel, let segment = headers.last(ProgramHeader.interpreter),
      !memory.isReadable(at: segment.address, count: 1)
    else { return nil }
    let address = segment.address
    return (address, .unmappedAddress(what: .interpreter, address: address))
  }

  /// What is bound at the first call is written to later than PT_GNU_RELRO lets it. The first three words
  /// are the loader's own, and written to before.
  private var bindingFault: ElfReadError? {
    guard !object.bindsNow else { return nil }
    guard let table = boundLater, let segment = headers.last(ProgramHeader.relro)
    else { return nil }
    // x32 has words of 64 bits there too.
    let wordSize = headers.header.machine == .x86 ? 4 : 8
    let first = table &+ UInt64(3 * wordSize)
    let start = pages.floor(segment.address)
    guard
      first &- start < pages.floor(segment.address &+ segment.memorySize) &- start
    else { return nil }
    return .notWritable(what: .procedureTable, address: first)
  }

  /// Source: glibc `elf/dl-load.c` (`_dl_process_pt_gnu_property`), `sysdeps/x86/dl-prop.h`
  /// (`_dl_process_pt_note`).
  private func isReadForProperties(_ segment: ProgramHeader) -> Bool {
    let isX86 = headers.header.machine == .amd64 || headers.header.machine == .x86
    let isWanted =
      segment.type == ProgramHeader.property || segment.type == ProgramHeader.note && isX86
    return isWanted && segment.alignment == UInt64(headers.header.elfClass.bits / 8)
      && segment.memorySize > 12
  }

  /// Where the loader leaves mapped memory on its way from note to note; nil if it comes to its end before
  /// that. PT_GNU_PROPERTY is read up to the property, PT_NOTE up to a second one.
  private func unreadableNote(of segment: ProgramHeader) -> UInt64? {
    let alignment = segment.alignment
    var position: UInt64 = 0
    var isLastProperty = segment.type == ProgramHeader.property
    // A note of no length is as long as its header.
    for _ in 0..<Self.noteLimit where position &+ 12 < segment.memorySize {
      let address = segment.address &+ position
      guard
        let bytes = try? memory.bytes(of: .notes, at: address, count: 12, isNamed: false)
      else { return address }
      let note = EncodedBytes(bytes, encoding: headers.header.dataEncoding)
      guard let nameSize = note.uint32(0), let size = note.uint32(4) else { return address }
      if nameSize == 4, note.uint32(8) == 5 {
        if isLastProperty { return nil }
        isLastProperty = true
      }
      let name = (12 + UInt64(nameSize) + alignment - 1) & ~(alignment - 1)
      position &+= (name + UInt64(size) + alignment - 1) & ~(alignment - 1)
    }
    return nil
  }

  private static let noteLimit = 1 << 16
}

extension MappedObject {
  fileprivate var hasProcedureTable: Bool {
    switch header.machine {
    case .amd64, .x86, .aarch64: true
    default: false
    }
  }

  /// Whether the object asks for all its functions to be bound before it runs.
  var bindsNow: Bool {
    value(of: DT_BIND_NOW) != nil || (value(of: DT_FLAGS) ?? 0) & UInt64(DF_BIND_NOW) != 0
      || (value(of: DT_FLAGS_1) ?? 0) & UInt64(DF_1_NOW) != 0
  }
}

extension ObjectHeaders {
  /// Whether the segments are as any linker makes them, so that all who map the object make the same of it:
  /// one behind the other, in the file and in memory.
  var isPlain: Bool {
    guard first(ProgramHeader.dynamic).map({ $0.fileSize > 0 }) ?? true else { return false }
    let pages = PageSize(header.machine)
    var last: ProgramHeader?
    for segment in loads {
      guard segment.isReadable, segment.fileSize <= segment.memorySize,
        pages.offset(segment.address) == pages.offset(segment.offset),
        segment.memorySize < 1 << UInt64(header.userAddressBits),
        segment.isWritable || segment.fileSize == segment.memorySize
      else { return false }
      if let last {
        guard
          segment.address > last.address,
          pages.floor(segment.address) >= pages.ceiling(last.address + last.memorySize),
          segment.offset >= last.offset + last.fileSize
        else { return false }
      } else if segment.offset != 0 || segment.address >= 1 << UInt64(header.userAddressBits) {
        return false
      }
      last = segment
    }
    return true
  }
}
