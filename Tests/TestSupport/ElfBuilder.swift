package import ELF
internal import FileTree

/// Writes the smallest ELF file that says what an ``ElfImage`` says, in its class and byte order.
package struct ElfBuilder {
  private let image: ElfImage
  private var strings: [UInt8] = [0]

  private init(_ image: ElfImage) {
    self.image = image
  }

  package static func bytes(of image: ElfImage) -> [UInt8] {
    var builder = ElfBuilder(image)
    return builder.build()
  }

  private var is64: Bool { image.header.elfClass == .elf64 }
  private var headerSize: Int { is64 ? 64 : 52 }
  private var programHeaderSize: Int { is64 ? 56 : 32 }

  private mutating func build() -> [UInt8] {
    var segmentCount = image.hasLoadSegment ? 1 : 0
    if image.interpreter != nil { segmentCount += 1 }
    if image.dynamic != nil { segmentCount += 1 }
    let interpreterOffset = headerSize + segmentCount * programHeaderSize
    let interpreter = image.interpreter.map { $0.bytes + [0] } ?? []
    let dynamicOffset = (interpreterOffset + interpreter.count + 7) & ~7
    let dynamic = dynamicEntries()
    let wordSize = is64 ? 8 : 4
    let stringsOffset = dynamicOffset + dynamic.count * 2 * wordSize
    let size = stringsOffset + strings.count

    var bytes = header(segmentCount: segmentCount)
    if image.interpreter != nil {
      bytes += segment(3, offset: interpreterOffset, size: interpreter.count)
    }
    if image.hasLoadSegment { bytes += segment(1, offset: 0, size: size) }
    if image.dynamic != nil {
      bytes += segment(2, offset: dynamicOffset, size: dynamic.count * 2 * wordSize)
    }
    bytes += interpreter
    bytes += [UInt8](repeating: 0, count: dynamicOffset - bytes.count)
    for (tag, value) in dynamic {
      // The one address among the values: the string table's.
      bytes += word(tag) + word(tag == 5 ? UInt64(stringsOffset) : value)
    }
    return bytes + strings
  }

  private mutating func dynamicEntries() -> [(UInt64, UInt64)] {
    guard let dynamic = image.dynamic else { return [] }
    var entries: [(UInt64, UInt64)] = dynamic.needed.map { (1, string($0)) }
    if let soname = dynamic.soname { entries.append((14, string(soname))) }
    if let rpath = dynamic.rpath { entries.append((15, string(rpath))) }
    if let runpath = dynamic.runpath { entries.append((29, string(runpath))) }
    if dynamic.flags1 != [] { entries.append((0x6FFF_FFFB, dynamic.flags1.rawValue)) }
    return entries + [(5, 0), (0, 0)]
  }

  private mutating func string(_ text: ByteString) -> UInt64 {
    defer { strings += text.bytes + [0] }
    return UInt64(strings.count)
  }

  private func header(segmentCount: Int) -> [UInt8] {
    let header = image.header
    let type: UInt64 =
      switch header.type {
      case .relocatable: 1
      case .executable: 2
      case .sharedObject: 3
      case .core: 4
      case .other(let value): UInt64(value)
      }
    let ident: [UInt8] = [
      0x7F, 0x45, 0x4C, 0x46, header.elfClass.rawValue, header.dataEncoding.rawValue,
      header.identVersion, header.osABI, header.abiVersion, header.paddingIsZero ? 0 : 1, 0, 0, 0,
      0, 0, 0,
    ]
    return ident + number(type, 2) + number(UInt64(header.machine.rawValue), 2)
      + number(UInt64(header.version), 4) + word(0) + word(UInt64(headerSize)) + word(0)
      + number(UInt64(header.flags), 4) + number(UInt64(headerSize), 2)
      + number(UInt64(header.programHeaderSize), 2) + number(UInt64(segmentCount), 2)
      + number(0, 2) + number(0, 2) + number(0, 2)
  }

  private func segment(_ type: UInt64, offset: Int, size: Int) -> [UInt8] {
    let offset = UInt64(offset)
    let size = UInt64(size)
    let flags = number(4, 4)
    return number(type, 4) + (is64 ? flags : []) + word(offset) + word(offset) + word(offset)
      + word(size) + word(size) + (is64 ? [] : flags) + word(8)
  }

  private func word(_ value: UInt64) -> [UInt8] {
    number(value, is64 ? 8 : 4)
  }

  private func number(_ value: UInt64, _ size: Int) -> [UInt8] {
    let littleEndian = (0..<size).map { UInt8(truncatingIfNeeded: value >> (UInt64($0) * 8)) }
    return image.header.dataEncoding == .littleEndian ? littleEndian : littleEndian.reversed()
  }
}
