internal import CLibelf

/// The part of a file that an address of the dynamic section leads to, up to its segment's end.
///
/// Read in windows, and only those that are asked for: the string table of a large library is
/// megabytes of symbol names, of which a loader's are a few.
struct MappedRange {
  let part: ElfReadError.Part
  /// In bytes from the file's beginning.
  private let start: UInt64
  private let end: UInt64
  private var window: (offset: UInt64, bytes: [UInt8]) = (0, [])

  /// A window's size in bytes where nothing asks for more.
  private static let windowSize: UInt64 = 512

  init(
    _ part: ElfReadError.Part, at address: UInt64, segments: [GElf_Phdr], fileSize: UInt64
  ) throws(ElfReadError) {
    let holder = segments.first {
      $0.p_type == UInt32(PT_LOAD) && address >= $0.p_vaddr
        && address - $0.p_vaddr < $0.p_filesz
    }
    guard let holder else { throw .unmappedAddress(what: part, address: address) }
    let (start, overflow) = holder.p_offset.addingReportingOverflow(address - holder.p_vaddr)
    guard !overflow, start < fileSize else {
      throw .truncated(
        what: part, offset: holder.p_offset, size: holder.p_filesz, fileSize: fileSize)
    }
    self.part = part
    self.start = start
    let segmentEnd = holder.p_offset.addingReportingOverflow(holder.p_filesz)
    end = segmentEnd.overflow ? fileSize : min(segmentEnd.partialValue, fileSize)
  }

  /// `count` bytes at an offset from the range's start.
  mutating func bytes(
    at index: UInt64, count: Int, of elf: borrowing LibelfHandle
  ) throws(ElfReadError) -> [UInt8] {
    let offset = try fileOffset(index)
    guard UInt64(count) <= end - offset else {
      throw .truncated(what: part, offset: offset, size: UInt64(count), fileSize: end)
    }
    if tail(from: offset).count < count {
      try moveWindow(to: offset, size: max(UInt64(count), Self.windowSize), of: elf)
    }
    return Array(tail(from: offset).prefix(count))
  }

  /// Whether certain bytes are at an offset from the range's start.
  mutating func holds(
    _ expected: [UInt8], at index: UInt64, of elf: borrowing LibelfHandle
  ) throws(ElfReadError) -> Bool {
    guard UInt64(expected.count) <= end - (try fileOffset(index)) else { return false }
    return try bytes(at: index, count: expected.count, of: elf) == expected
  }

  /// The string at an offset from the range's start, without its NUL.
  ///
  /// - Parameter limit: in bytes; a longer one is an error.
  mutating func string(
    at index: UInt64, limit: UInt64, of elf: borrowing LibelfHandle
  ) throws(ElfReadError) -> ArraySlice<UInt8> {
    let offset = try fileOffset(index)
    var size = Self.windowSize
    while true {
      let known = tail(from: offset)
      if let end = known.firstIndex(of: 0) { return known[..<end] }
      guard UInt64(known.count) < min(limit, end - offset) else {
        throw .unterminatedString(offset: offset)
      }
      size = max(size, UInt64(known.count) * 8)
      try moveWindow(to: offset, size: min(size, limit), of: elf)
    }
  }

  private func fileOffset(_ index: UInt64) throws(ElfReadError) -> UInt64 {
    let (offset, overflow) = start.addingReportingOverflow(index)
    guard !overflow, offset < end else {
      throw .truncated(what: part, offset: start, size: index, fileSize: end)
    }
    return offset
  }

  private mutating func moveWindow(
    to offset: UInt64, size: UInt64, of elf: borrowing LibelfHandle
  ) throws(ElfReadError) {
    window = (offset, try elf.bytes(of: part, at: offset, count: min(size, end - offset)))
  }

  /// What the window holds from an offset on.
  private func tail(from offset: UInt64) -> ArraySlice<UInt8> {
    guard offset >= window.offset, offset - window.offset < UInt64(window.bytes.count) else {
      return []
    }
    return window.bytes[Int(offset - window.offset)...]
  }
}
