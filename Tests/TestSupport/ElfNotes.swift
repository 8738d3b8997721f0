internal import ELF

/// The notes of a file that is to be written, each for a PT_NOTE segment of its own.
struct ElfNotes {
  let writer: ElfFieldWriter

  struct Segment {
    let bytes: [UInt8]
    /// In bytes.
    let alignment: Int
  }

  /// - Parameter property: a GNU property of the object's own, with its type.
  func segments(
    of image: ElfImage, property: (type: UInt32, value: UInt32)?
  ) -> [Segment] {
    var segments: [Segment] = []
    if let buildID = image.buildID {
      segments.append(Segment(bytes: note(type: 3, buildID), alignment: 4))
    }
    if image.neededISALevels != 0 {
      segments.append(segment(ofProperty: 0xC000_8002, image.neededISALevels))
    }
    if let system = image.system {
      segments.append(Segment(bytes: note(owner(of: system), type: 1, [0, 0, 0, 0]), alignment: 4))
    }
    if let property { segments.append(segment(ofProperty: property.type, property.value)) }
    for metadata in image.metadataNotes {
      segments.append(
        Segment(bytes: note("FDO", type: metadata.type, metadata.descriptor), alignment: 4))
    }
    return segments
  }

  /// Whose notes these systems know their programs by.
  private func owner(of system: ElfSystem) -> String {
    switch system {
    case .freeBSD: "FreeBSD"
    case .dragonFly: "DragonFly"
    case .netBSD: "NetBSD"
    case .openBSD: "OpenBSD"
    case .android: "Android"
    case .qnx: "QNX"
    case .solaris, .hurd: "GNU"
    }
  }

  private func segment(ofProperty type: UInt32, _ value: UInt32) -> Segment {
    let alignment = writer.is64 ? 8 : 4
    let property = writer.number(type, 4) + writer.number(4, 4) + writer.number(value, 4)
    let padding = [UInt8](repeating: 0, count: -property.count & (alignment - 1))
    return Segment(bytes: note(type: 5, property + padding), alignment: alignment)
  }

  private func note(
    _ owner: String = "GNU", type: UInt32, _ descriptor: [UInt8]
  ) -> [UInt8] {
    let name = Array(owner.utf8) + [0]
    func padding(_ bytes: [UInt8]) -> [UInt8] { [UInt8](repeating: 0, count: -bytes.count & 3) }
    return writer.number(name.count, 4) + writer.number(descriptor.count, 4)
      + writer.number(type, 4) + name + padding(name) + descriptor + padding(descriptor)
  }
}
