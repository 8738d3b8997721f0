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
    package var alignment: Int

    package init(
      _ type: UInt32, flags: UInt32 = 4, offset: Int = 0, address: Int = 0, size: Int,
      alignment: Int = 8
    ) {
      self.type = type
      self.flags = flags
      self.offset = offset
      self.address = address
      self.size = size
      self.alignment = alignment
    }
  }

  package var header: ElfHeader
  package var segments: [Segment]
  /// What stands behind the program headers.
  package var content: [UInt8]

  package init(header: ElfHeader = ElfHeader(), segments: [Segment], content: [UInt8]) {
    self.header = header
    self.segments = segments
    self.content = content
  }

  private var writer: ElfFieldWriter { ElfFieldWriter(header) }

  package var bytes: [UInt8] {
    let (headerSize, segmentSize) = writer.is64 ? (64, 56) : (52, 32)
    var image = ElfImage(header: header, hasLoadSegment: false)
    image.header.programHeaderSize = UInt16(segmentSize)
    var bytes = Array(ElfBuilder.bytes(of: image).prefix(headerSize))
    let countOffset = writer.is64 ? 56 : 44
    bytes.replaceSubrange(countOffset..<countOffset + 2, with: writer.number(segments.count, 2))
    let start = (headerSize + segments.count * segmentSize + 7) & ~7
    bytes.reserveCapacity(start + content.count)
    for segment in segments {
      let flags = writer.number(segment.flags, 4)
      let size = word(segment.size)
      bytes += writer.number(segment.type, 4) + (writer.is64 ? flags : [])
      bytes += word(start + segment.offset) + word(segment.address) + word(segment.address)
      bytes += size + size + (writer.is64 ? [] : flags) + word(segment.alignment)
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
