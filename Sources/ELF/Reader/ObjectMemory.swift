/// What a process finds at the addresses of one object, as it is mapped and before anything is changed.
final class ObjectMemory {
  let header: ElfHeader
  private let source: ElfSource
  private let space: AddressSpace
  private let pages: PageSize

  init(_ source: ElfSource, _ space: AddressSpace, of header: ElfHeader) {
    self.source = source
    self.space = space
    self.header = header
    pages = PageSize(header.machine)
  }

  // MARK: Look-up

  private func area(at address: UInt64) -> (AddressSpace.Content, count: UInt64)? {
    guard let area = space.area(at: address), isReadable(area.protection) else {
      return nil
    }
    return (area.content, area.count)
  }

  /// Most processors read whatever they may do anything else with.
  private func isReadable(_ protection: AddressSpace.Protection) -> Bool { protection != .none }

  /// Whether a range can be read: it is mapped, and not to a part of the file that isn't there.
  func isReadable(at address: UInt64, count: UInt64) -> Bool {
    readableCount(at: address, atMost: count) == count
  }

  /// How many bytes can be read from an address on.
  func readableCount(at address: UInt64, atMost limit: UInt64) -> UInt64 {
    var count: UInt64 = 0
    while count < limit, let (content, size) = area(at: address &+ count) {
      var size = size
      if case .file(let offset) = content {
        // The rest of the file's last page is zeros; what is behind that is a bus error.
        let end = pages.ceiling(source.size)
        guard offset < end else { break }
        let isAtEnd = size > end - offset
        if isAtEnd { size = end - offset }
        count += min(size, limit - count)
        if isAtEnd { break }
      } else {
        count += min(size, limit - count)
      }
    }
    return count
  }

  func isWritable(at address: UInt64) -> Bool {
    space.area(at: address)?.protection.contains(.write) == true
  }

  /// Whether code of the file is at an address; zeros that were put there are none.
  func holdsCode(at address: UInt64) -> Bool {
    guard let area = space.area(at: address), area.content != .zeros else { return false }
    return area.protection.contains(.execute)
      || header.mayExecuteWhatIsRead && area.protection != .none
  }

  /// Where in the file the byte at an address stands; nil where no byte of the file is.
  func fileOffset(of address: UInt64) -> UInt64? {
    guard case .file(let offset) = area(at: address)?.0 else { return nil }
    return offset
  }

  /// Whether something is at each address of a range, whoever may use it.
  func isMapped(at address: UInt64, count: UInt64) -> Bool {
    space.isMapped(at: address, count: count)
  }

  // MARK: Content

  /// - Parameter isNamed: whether the object's own offsets name these bytes, so that they are counted.
  func bytes(
    of part: ElfReadError.Part, at address: UInt64, count: UInt64, isNamed: Bool = true
  ) throws(ElfReadError) -> [UInt8] {
    if isNamed { try source.spend(Int(clamping: count), on: part) }
    var bytes: [UInt8] = []
    while UInt64(bytes.count) < count {
      let place = address &+ UInt64(bytes.count)
      guard let (content, size) = area(at: place) else {
        throw .unmappedAddress(what: part, address: place)
      }
      let wanted = min(size, count - UInt64(bytes.count))
      switch content {
      case .zeros: bytes += [UInt8](repeating: 0, count: Int(wanted))
      case .file(let offset):
        let piece = try fileBytes(of: part, at: offset, count: wanted)
        if bytes.isEmpty { bytes = piece } else { bytes += piece }
      }
    }
    return bytes
  }

  private func fileBytes(
    of part: ElfReadError.Part, at offset: UInt64, count: UInt64
  ) throws(ElfReadError) -> [UInt8] {
    let end = pages.ceiling(source.size)
    guard offset <= end, count <= end - offset else {
      throw .truncated(what: part, offset: offset, size: count, fileSize: source.size)
    }
    let inFile = offset < source.size ? min(count, source.size - offset) : 0
    let bytes = try source.bytes(of: part, at: offset, count: inFile)
    let padding = count - inFile
    return padding == 0 ? bytes : bytes + [UInt8](repeating: 0, count: Int(padding))
  }

  func spend(_ count: Int, on part: ElfReadError.Part) throws(ElfReadError) {
    try source.spend(count, on: part)
  }
}

extension ElfHeader {
  /// Whether memory may hold code without being marked so: old kernels and processors know no difference.
  ///
  /// Source: Linux `arch/*/include/asm/elf.h` (`elf_read_implies_exec`).
  fileprivate var mayExecuteWhatIsRead: Bool {
    switch machine {
    case .amd64, .aarch64, .riscv, .loongArch: false
    default: true
    }
  }
}
