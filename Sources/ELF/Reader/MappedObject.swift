internal import CLibelf
internal import FileTree

/// An object as whoever loads it finds it: mapped, with its dynamic section.
///
/// The dynamic section and all that it leads to is found by addresses. Places in the file and sizes of
/// PT_DYNAMIC mean nothing to a loader.
struct MappedObject {
  let headers: ObjectHeaders
  let mapper: ObjectMapper
  let memory: ObjectMemory
  /// What PT_DYNAMIC leads to, up to DT_NULL; nil without one that the loader looks at.
  let entries: [DynamicEntry]?

  var header: ElfHeader { headers.header }

  /// In bytes; no object has more by an order of magnitude.
  private static let dynamicLimit: UInt64 = 1 << 20

  /// - Parameter mapper: nil for the kernel if the file is a program, and else for glibc.
  init(
    _ source: ElfSource, _ headers: ObjectHeaders, _ mapper: ObjectMapper?
  ) throws(ElfReadError) {
    let isProgram =
      headers.first(ProgramHeader.interpreter) != nil || headers.header.type == .executable
    let mapper = mapper ?? (isProgram ? .kernel : .glibc)
    self.headers = headers
    self.mapper = mapper
    guard headers.isMapped else {
      memory = ObjectMemory(source, SegmentMapping.nothing(headers), of: headers.header)
      entries = nil
      return
    }
    let space = try SegmentMapping.space(of: headers, fileSize: source.size, mappedBy: mapper)
    memory = ObjectMemory(source, space, of: headers.header)
    if mapper == .kernel { try Self.checkEntry(headers, memory) }
    let hasLoader = mapper == .kernel && headers.first(ProgramHeader.interpreter) != nil
    if hasLoader { try Self.checkPlace(headers, memory, source) }
    guard let segment = headers.dynamicSegment(mapper) else {
      entries = nil
      return
    }
    let isLoaded = hasLoader || mapper != .kernel
    do throws(ElfReadError) {
      entries = try Self.entries(of: segment, in: memory)
    } catch {
      // What no loader looks at is as good as nothing.
      guard !isLoaded else { throw error }
      entries = nil
    }
  }

  /// The same of a file that was read before.
  ///
  /// - Parameter header: nil for what the file itself says.
  init(
    reading file: borrowing OpenFile, as header: ElfHeader?, _ mapper: ObjectMapper?
  ) throws(ElfReadError) {
    let header = if let header { header } else { try ElfHeader(reading: file) }
    let source = try ElfSource(file)
    try self.init(source, ObjectHeaders(source, header, mapper), mapper)
  }

  // MARK: Programs

  private static func checkEntry(
    _ headers: ObjectHeaders, _ memory: ObjectMemory
  ) throws(ElfReadError) {
    guard !headers.loads.isEmpty, headers.header.entersAtCode,
      !memory.holdsCode(at: headers.entry)
    else { return }
    throw .noCode(at: headers.entry, what: .entry)
  }

  /// A program's loader is told where the program headers are. PT_PHDR says where they should be, by which it
  /// knows how far from there everything is.
  ///
  /// Source: Linux `fs/binfmt_elf.c` (`load_elf_binary`, AT_PHDR); glibc `elf/rtld.c`
  /// (`rtld_setup_main_map`); musl `ldso/dynlink.c` (`__dls3`).
  private static func checkPlace(
    _ headers: ObjectHeaders, _ memory: ObjectMemory, _ source: ElfSource
  ) throws(ElfReadError) {
    let (start, count) = (headers.table.lowerBound, UInt64(headers.table.count))
    let holder = headers.loads.last { $0.offset <= start && start - $0.offset < $0.fileSize }
    guard let holder else { throw .unloadedProgramHeaders }
    let address = holder.address &+ (start - holder.offset)
    guard memory.isReadable(at: address, count: count),
      try memory.bytes(of: .programHeaders, at: address, count: count)
        == source.bytes(of: .programHeaders, at: start, count: count)
    else { throw .unloadedProgramHeaders }
    guard let own = headers.last(ProgramHeader.table) else {
      guard headers.header.type == .executable else { throw .noOwnAddress }
      return
    }
    guard own.address == address else {
      throw .misplacedProgramHeaders(told: own.address, real: address)
    }
  }

  // MARK: The dynamic section

  private static func entries(
    of segment: ProgramHeader, in memory: ObjectMemory
  ) throws(ElfReadError) -> [DynamicEntry] {
    let size = UInt64(Libelf.dynamicEntrySize(memory.header.elfClass))
    var entries: [DynamicEntry] = []
    // The size is what an honest linker says, so one piece is enough.
    let piece = min(max(segment.fileSize, 32 * size), 1 << 16) / size * size
    var position: UInt64 = 0
    while true {
      let address = segment.address &+ position
      let readable = memory.readableCount(at: address, atMost: piece) / size * size
      let bytes = try memory.bytes(of: .dynamic, at: address, count: max(readable, size))
      let part = try Libelf.dynamicEntries(in: bytes, of: memory.header)
      if let end = part.firstIndex(where: { $0.tag == Int64(DT_NULL) }) {
        return entries + part[..<end]
      }
      entries += part
      position += UInt64(bytes.count)
      guard position <= dynamicLimit else {
        throw .tooLarge(what: .dynamic, offset: segment.offset, size: position)
      }
    }
  }

  /// The value of the entry with a tag that counts: the last one, but for large tags in musl.
  ///
  /// Source: glibc `elf/get-dynamic-info.h`; musl `ldso/dynlink.c` (`decode_vec`, `search_vec`).
  func value(of tag: Int32) -> UInt64? {
    mapper == .musl && tag >= 32
      ? entries?.first { $0.tag == Int64(tag) }?.value
      : entries?.last { $0.tag == Int64(tag) }?.value
  }

  /// What an entry with a tag leads to; nil without one.
  func range(
    _ part: ElfReadError.Part, _ tag: Int32
  ) throws(ElfReadError) -> MemoryRange? {
    guard let address = value(of: tag) else { return nil }
    return try MemoryRange(part, at: address, in: memory)
  }

  func range(
    _ part: ElfReadError.Part, at address: UInt64
  ) throws(ElfReadError) -> MemoryRange {
    try MemoryRange(part, at: address, in: memory)
  }
}

extension ObjectHeaders {
  /// The dynamic section that a loader takes.
  ///
  /// Source: glibc `elf/dl-load.c` (`_dl_map_object_from_fd`), `elf/rtld.c`; musl `ldso/dynlink.c`.
  fileprivate func dynamicSegment(_ mapper: ObjectMapper) -> ProgramHeader? {
    let all = segments.filter { $0.type == ProgramHeader.dynamic }
    switch mapper {
    case .kernel: return all.last
    case .musl: return all.last.flatMap { $0.address == 0 ? nil : $0 }
    case .glibc:
      // One without content is the sign of split-off debugging data.
      guard all.allSatisfy({ $0.fileSize > 0 }) else { return nil }
      return all.last.flatMap { $0.address == 0 ? nil : $0 }
    }
  }
}

extension ElfHeader {
  /// Whether `e_entry` is the place of code: some ABIs have a descriptor of the function there.
  var entersAtCode: Bool {
    switch machine {
    case .ppc64: flags & 3 == 2
    case .ia64, .parisc: false
    // ELFOSABI_ARM_FDPIC and its like.
    default: osABI != 65
    }
  }
}
