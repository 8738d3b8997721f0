/// How the kernel and the two loaders map segments: each in its own way where a linker does nothing odd,
/// with the same result.
extension SegmentMapping {
  // MARK: Kernel

  /// Source: Linux `fs/binfmt_elf.c` (`load_elf_binary`, `elf_load`, `elf_map`).
  mutating func mapAsKernel() throws(ElfReadError) {
    // A program without a fixed address gets room for all of its segments at once.
    var room = header.type == .executable ? nil : try roomForAll()
    for segment in loads {
      try checkAsKernel(segment)
      let start = pages.floor(segment.address)
      let offset = pages.offset(segment.address)
      if segment.fileSize > 0 {
        let count = pages.ceiling(segment.fileSize &+ offset)
        try mapFile(
          segment, at: start, count: room ?? count, offset: segment.offset &- offset)
        if let room, room > count { space.unmap(at: start &+ count, count: room - count) }
      }
      room = nil
      guard segment.memorySize > segment.fileSize else { continue }
      let dataEnd = segment.fileSize > 0 ? segment.address &+ segment.fileSize : start
      let zeros = pages.ceiling(dataEnd)
      // Where it can't write, it leaves what is there.
      if segment.isWritable { try clear(segment, at: dataEnd, count: zeros &- dataEnd) }
      let end = pages.ceiling(segment.address &+ segment.memorySize)
      try mapZeros(
        segment, at: zeros, count: end &- zeros,
        segment.isExecutable ? [.read, .write, .execute] : [.read, .write])
    }
  }

  private func roomForAll() throws(ElfReadError) -> UInt64 {
    let start = loads.map { pages.floor($0.address) }.min() ?? 0
    let end = loads.map { $0.address &+ $0.memorySize }.max() ?? 0
    guard end > start else { throw .unmappableSegment(address: start, size: 0) }
    return pages.ceiling(end &- start)
  }

  private func checkAsKernel(_ segment: ProgramHeader) throws(ElfReadError) {
    guard segment.fileSize <= segment.memorySize else {
      throw .segmentLargerInFile(
        address: segment.address, fileSize: segment.fileSize, memorySize: segment.memorySize)
    }
    // It maps nothing of a segment without content.
    guard
      segment.fileSize == 0
        || pages.offset(segment.address) == pages.offset(segment.offset)
    else {
      throw .misalignedSegment(offset: segment.offset, address: segment.address)
    }
    let room: UInt64 = 1 << UInt64(header.userAddressBits)
    guard segment.address < room, segment.memorySize <= room - segment.address else {
      throw .unmappableSegment(address: segment.address, size: segment.memorySize)
    }
  }

  // MARK: glibc

  /// Source: glibc `elf/dl-load.c` (`_dl_map_object_from_fd`), `elf/dl-map-segments.h`.
  mutating func mapAsGlibc() throws(ElfReadError) {
    let commands = try loads.map { segment throws(ElfReadError) in
      try LoadCommand(segment, pages)
    }
    guard let first = commands.first, let last = commands.last else { return }
    try mapFile(
      first.segment, at: first.mapStart, count: last.memoryEnd &- first.mapStart,
      offset: pages.floor(first.segment.offset))
    let hasHoles = zip(commands, commands.dropFirst()).contains { $0.mapEnd != $1.mapStart }
    if hasHoles {
      guard last.mapStart >= first.mapEnd else {
        throw .misalignedSegment(offset: last.segment.offset, address: last.segment.address)
      }
      // What lies behind the first segment is nobody's until another one takes it.
      guard
        space.protect(at: first.mapEnd, count: last.mapStart - first.mapEnd, .none)
      else {
        throw .unmappableSegment(address: last.segment.address, size: last.segment.memorySize)
      }
    }
    try addZeros(first)
    // The object has no other addresses: whatever is there is another's.
    let room = pages.ceiling(last.memoryEnd &- first.mapStart)
    for command in commands {
      let end = max(placed(command.mapEnd), placed(command.memoryEnd))
      guard pages.ceiling(end) &- placed(first.mapStart) <= room else {
        throw .segmentBeyondLast(address: command.segment.address)
      }
    }
    for command in commands.dropFirst() {
      if command.mapEnd > command.mapStart {
        try mapFile(
          command.segment, at: command.mapStart, count: command.mapEnd - command.mapStart,
          offset: pages.floor(command.segment.offset))
      }
      try addZeros(command)
    }
  }

  /// `struct loadcmd`.
  private struct LoadCommand {
    let segment: ProgramHeader
    let mapStart: UInt64
    let mapEnd: UInt64
    let dataEnd: UInt64
    let memoryEnd: UInt64

    init(_ segment: ProgramHeader, _ pages: PageSize) throws(ElfReadError) {
      guard pages.offset(segment.address) == pages.offset(segment.offset) else {
        throw .misalignedSegment(offset: segment.offset, address: segment.address)
      }
      self.segment = segment
      mapStart = pages.floor(segment.address)
      dataEnd = segment.address &+ segment.fileSize
      mapEnd = pages.ceiling(dataEnd)
      memoryEnd = segment.address &+ segment.memorySize
    }
  }

  private mutating func addZeros(_ command: LoadCommand) throws(ElfReadError) {
    guard command.memoryEnd > command.dataEnd else { return }
    let (data, end) = (placed(command.dataEnd), placed(command.memoryEnd))
    let page = min(end, pages.ceiling(data))
    if page > data { try clear(command.segment, at: command.dataEnd, count: page - data) }
    if end > page {
      try mapZeros(
        command.segment, at: command.dataEnd &+ (page &- data), count: end - page)
    }
  }

  /// An address as it is compared once the object is at its place: what was wrapped around lies before it.
  private func placed(_ address: UInt64) -> UInt64 {
    header.type == .executable ? address : address &+ 1 << UInt64(header.userAddressBits - 1)
  }

  // MARK: musl

  /// Source: musl `ldso/dynlink.c` (`map_library`).
  mutating func mapAsMusl() throws(ElfReadError) {
    guard let lowest = loads.min(by: { $0.address < $1.address }) else { return }
    let start = pages.floor(lowest.address)
    let end = pages.ceiling(loads.map { $0.address &+ $0.memorySize }.max() ?? 0)
    let offset = pages.floor(lowest.offset)
    // It reserves more than it needs where the file's beginning isn't the first segment's.
    try mapFile(lowest, at: start, count: end &- start &+ offset, offset: offset)
    for segment in loads {
      let segmentStart = pages.floor(segment.address)
      let segmentEnd = pages.ceiling(segment.address &+ segment.memorySize)
      if segmentStart != start, segmentEnd != segmentStart {
        try mapFile(
          segment, at: segmentStart, count: segmentEnd &- segmentStart,
          offset: pages.floor(segment.offset))
      }
      guard segment.memorySize > segment.fileSize, segment.isWritable else { continue }
      let dataEnd = segment.address &+ segment.fileSize
      let zeros = pages.ceiling(dataEnd)
      try clear(segment, at: dataEnd, count: zeros &- dataEnd)
      if zeros < segmentEnd { try mapZeros(segment, at: zeros, count: segmentEnd - zeros) }
    }
  }
}
