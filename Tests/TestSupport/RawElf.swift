package import ELF

/// An ELF file of arbitrary program headers and bytes, for files that no linker writes.
package struct RawElf {
  package struct Segment {
    package var type: UInt32
    package var flags: UInt32
    /// From the beginning of ``RawElf/content``.
    package var offset: Int
    package var address: Int
    package var size: Int
    /// Nil for that in the file.
    package var memorySize: Int?
    package var alignment: Int

    package init(
      _ type: UInt32, flags: UInt32 = 4, offset: Int = 0, address: Int = 0, size: Int,
      memorySize: Int? = nil, alignment: Int = 8
    ) {
      self.type = type
      self.flags = flags
      self.offset = offset
      self.address = address
      self.size = size
      self.memorySize = memorySize
      self.alignment = alignment
    }
  }

  package var header: ElfHeader
  /// `e_entry`.
  package var entry = 0
  package var segments: [Segment]
  /// What stands behind the program headers.
  package var content: [UInt8]

  package init(header: ElfHeader = ElfHeader(), segments: [Segment], content: [UInt8]) {
    self.header = header
    self.segments = segments
    self.content = content
  }

  private var writer: ElfFieldWriter { ElfFieldWriter(header) }

  /// A library whose one PT_LOAD holds all of the file at the address 0.
  ///
  /// - Parameter dynamic: where PT_DYNAMIC is in the content.
  package static func library(
    header: ElfHeader = ElfHeader(), dynamic: Range<Int>, content: [UInt8]
  ) -> RawElf {
    let none = Segment(1, size: 0)
    var file = RawElf(header: header, segments: [none, none], content: content)
    let start = file.contentStart
    file.segments = [
      Segment(1, offset: -start, size: start + content.count),
      Segment(
        2, offset: dynamic.lowerBound, address: start + dynamic.lowerBound, size: dynamic.count),
    ]
    return file
  }

  /// Where the content begins in the file: its address too in a ``library(header:dynamic:content:)``.
  package static func contentStart(of header: ElfHeader = ElfHeader(), segments: Int = 2) -> Int {
    let isWide = header.elfClass == .elf64
    return ((isWide ? 64 : 52) + segments * (isWide ? 56 : 32) + 7) & ~7
  }

  private var contentStart: Int {
    Self.contentStart(of: header, segments: segments.count)
  }

  package var bytes: [UInt8] {
    let (headerSize, segmentSize) = writer.is64 ? (64, 56) : (52, 32)
    var image = ElfImage(header: header, hasLoadSegment: false)
    image.header.programHeaderSize = UInt16(segmentSize)
    var bytes = Array(ElfBuilder.bytes(of: image).prefix(headerSize))
    let countOffset = writer.is64 ? 56 : 44
    bytes.replaceSubrange(countOffset..<countOffset + 2, with: writer.number(segments.count, 2))
    let wordSize = writer.is64 ? 8 : 4
    bytes.replaceSubrange(24..<(24 + wordSize), with: word(entry))
    let start = contentStart
    bytes.reserveCapacity(start + content.count)
    for segment in segments {
      let flags = writer.number(segment.flags, 4)
      let size = word(segment.size)
      bytes += writer.number(segment.type, 4) + (writer.is64 ? flags : [])
      bytes += word(start + segment.offset) + word(segment.address) + word(segment.address)
      bytes +=
        size + word(segment.memorySize ?? segment.size) + (writer.is64 ? [] : flags)
        + word(segment.alignment)
    }
    return bytes + [UInt8](repeating: 0, count: start - bytes.count) + content
  }

  /// A number as wide as an address.
  package func word(_ value: Int) -> [UInt8] {
    writer.word(UInt64(value))
  }

  /// A number of some bytes.
  package func number(_ value: Int, _ size: Int) -> [UInt8] {
    writer.number(value, size)
  }
}
