internal import ELF

/// The notes of a file that is to be written, each for a PT_NOTE segment of its own.
struct ElfNotes {
  let writer: ElfFieldWriter

  struct Segment {
    let bytes: [UInt8]
    /// In bytes.
    let alignment: Int
  }

  func segments(of image: ElfImage) -> [Segment] {
    var segments: [Segment] = []
    if let buildID = image.buildID {
      segments.append(Segment(bytes: note(type: 3, buildID), alignment: 4))
    }
    if image.neededISALevels != 0 {
      let alignment = writer.is64 ? 8 : 4
      let property =
        writer.number(0xC000_8002 as UInt32, 4) + writer.number(4, 4)
        + writer.number(image.neededISALevels, 4)
      let padding = [UInt8](repeating: 0, count: -property.count & (alignment - 1))
      segments.append(Segment(bytes: note(type: 5, property + padding), alignment: alignment))
    }
    for metadata in image.metadataNotes {
      segments.append(
        Segment(bytes: note("FDO", type: metadata.type, metadata.descriptor), alignment: 4))
    }
    return segments
  }

  private func note(
    _ owner: String = "GNU", type: UInt32, _ descriptor: [UInt8]
  ) -> [UInt8] {
    let name = Array(owner.utf8) + [0]
    let padding = [UInt8](repeating: 0, count: -descriptor.count & 3)
    return writer.number(name.count, 4) + writer.number(descriptor.count, 4)
      + writer.number(type, 4) + name + descriptor + padding
  }
}
