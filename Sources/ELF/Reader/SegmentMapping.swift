/// Lays the PT_LOAD segments of an object out in memory, as whoever maps it does.
///
/// A segment is mapped by whole pages, so what stands around it in the same page of the file is there too,
/// unless zeros are put there. Source: Linux `fs/binfmt_elf.c`; glibc `elf/dl-load.c`,
/// `elf/dl-map-segments.h`; musl `ldso/dynlink.c` (`map_library`).
struct SegmentMapping {
  let header: ElfHeader
  let loads: [ProgramHeader]
  /// In bytes.
  let fileSize: UInt64
  let pages: PageSize
  var space: AddressSpace

  static func space(
    of headers: ObjectHeaders, fileSize: UInt64, mappedBy mapper: ObjectMapper
  ) throws(ElfReadError) -> AddressSpace {
    var mapping = SegmentMapping(headers, fileSize: fileSize)
    guard !mapping.loads.isEmpty else { return mapping.space }
    switch mapper {
    case .kernel: try mapping.mapAsKernel()
    case .glibc: try mapping.mapAsGlibc()
    case .musl: try mapping.mapAsMusl()
    }
    try mapping.checkContent()
    return mapping.space
  }

  /// That of a file which nobody maps.
  static func nothing(_ headers: ObjectHeaders) -> AddressSpace {
    SegmentMapping(headers, fileSize: 0).space
  }

  private init(_ headers: ObjectHeaders, fileSize: UInt64) {
    header = headers.header
    loads = headers.loads
    self.fileSize = fileSize
    let pages = PageSize(headers.header.machine)
    self.pages = pages
    space = AddressSpace(
      around: headers.loads.first.map { pages.floor($0.address) } ?? 0,
      addressBits: header.elfClass.bits, roomBits: header.userAddressBits)
  }

  // MARK: Calls

  func protection(of segment: ProgramHeader) -> AddressSpace.Protection {
    var protection = AddressSpace.Protection.none
    if segment.isReadable { protection.insert(.read) }
    if segment.isWritable { protection.insert(.write) }
    if segment.isExecutable { protection.insert(.execute) }
    return protection
  }

  /// `mmap` of a part of the file: whole pages, beginning at one.
  mutating func mapFile(
    _ segment: ProgramHeader, at address: UInt64, count: UInt64, offset: UInt64
  ) throws(ElfReadError) {
    let count = pages.ceiling(count)
    // Offsets are signed numbers.
    guard count > 0, offset <= UInt64(Int64.max), count <= UInt64(Int64.max) - offset,
      space.map(.file(offset: offset), at: address, count: count, protection(of: segment))
    else { throw .unmappableSegment(address: segment.address, size: segment.memorySize) }
  }

  /// `mmap` of new memory.
  mutating func mapZeros(
    _ segment: ProgramHeader, at address: UInt64, count: UInt64,
    _ protection: AddressSpace.Protection? = nil
  ) throws(ElfReadError) {
    guard count > 0 else { return }
    let protection = protection ?? self.protection(of: segment)
    guard space.map(.zeros, at: address, count: pages.ceiling(count), protection) else {
      throw .unmappableSegment(address: segment.address, size: segment.memorySize)
    }
  }

  /// Writes zeros into one page, which has to be there, and in the file if it is the file's.
  mutating func clear(
    _ segment: ProgramHeader, at address: UInt64, count: UInt64
  ) throws(ElfReadError) {
    guard count > 0 else { return }
    guard let area = space.area(at: address) else {
      throw .unmappableSegment(address: segment.address, size: segment.memorySize)
    }
    if case .file(let offset) = area.content, pages.floor(offset) >= fileSize {
      throw cut(segment)
    }
    space.clear(at: address, count: count)
  }

  func cut(_ segment: ProgramHeader) -> ElfReadError {
    .truncated(
      what: .segment, offset: segment.offset, size: segment.fileSize, fileSize: fileSize)
  }

  // MARK: Content

  /// What a segment has of the file is in the file: where it isn't, a program that looks at it dies, or
  /// finds zeros.
  private func checkContent() throws(ElfReadError) {
    for segment in loads {
      let count = min(segment.fileSize, segment.memorySize)
      let (end, overflow) = segment.offset.addingReportingOverflow(count)
      guard overflow || end > fileSize else { continue }
      var position: UInt64 = 0
      while position < count {
        guard let area = space.area(at: segment.address &+ position) else { break }
        let size = min(area.count, count - position)
        if case .file(let offset) = area.content, size > fileSize || offset > fileSize - size {
          throw cut(segment)
        }
        position += size
      }
    }
  }
}

/// The smallest pages that a machine's processors have. A program that runs only with larger ones is none
/// that runs everywhere.
struct PageSize {
  /// In bytes.
  let size: UInt64

  init(_ machine: Machine) {
    switch machine {
    case .alpha, .sparcV9: size = 8192
    default: size = 4096
    }
  }

  func floor(_ value: UInt64) -> UInt64 { value & ~(size - 1) }

  /// Wraps around, as C does.
  func ceiling(_ value: UInt64) -> UInt64 { floor(value &+ (size - 1)) }

  /// The distance to the start of the page.
  func offset(_ value: UInt64) -> UInt64 { value & (size - 1) }
}

extension ElfHeader {
  /// How many bits the addresses have that a process can use; on most machines kernels differ.
  ///
  /// Source: Linux `Documentation/arch/x86/x86_64/mm.rst`.
  var userAddressBits: Int {
    switch (elfClass, machine) {
    case (.elf32, _): 32
    case (.elf64, .amd64): 47
    case (.elf64, _): 56
    }
  }
}
