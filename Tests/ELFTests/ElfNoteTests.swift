import ELF
import TestSupport
import Testing

/// GNU_PROPERTY_X86_ISA_1_NEEDED in a note's descriptor, as glibc reads it.
struct ElfNoteTests {
  /// Properties of four-byte numbers, each padded to eight bytes.
  static func properties(_ properties: (type: UInt32, value: UInt32)...) -> [UInt8] {
    let writer = ElfFieldWriter(ElfHeader())
    return properties.flatMap { type, value in
      writer.number(type, 4) + writer.number(4, 4) + writer.number(value, 4) + [0, 0, 0, 0]
    }
  }

  static let isaUsed: UInt32 = 0xC001_0002
  static let isaNeeded: UInt32 = 0xC000_8002
  static let features: UInt32 = 0xC000_0002

  static let descriptors: [(descriptor: [UInt8], levels: UInt32?, why: String)] = [
    (properties((isaNeeded, 3)), 3, "alone"),
    (properties((features, 1), (isaNeeded, 7)), 7, "behind a lesser type"),
    (properties((isaNeeded, 7), (isaUsed, 1)), 7, "before a greater type"),
    (properties((isaUsed, 1)), nil, "what is used is not what is needed"),
    (properties((isaUsed, 1), (isaNeeded, 7)), nil, "types have to ascend"),
    (Array(properties((isaNeeded, 3)).prefix(12)), nil, "not padded to eight bytes"),
    (Array(properties((isaNeeded, 3)).prefix(8)), nil, "cut off behind its size"),
    ([], nil, "empty"),
    (
      ElfNoteTests.properties((features, 1)) + [2, 0x80, 0, 0xC0, 8, 0, 0, 0] + [
        3, 0, 0, 0, 0, 0, 0, 0,
      ], nil,
      "of eight bytes"
    ),
  ]

  @Test(arguments: descriptors)
  func `the levels that are needed are those of the first property that says so`(
    row: (descriptor: [UInt8], levels: UInt32?, why: String)
  ) {
    let note = ElfNote(name: "GNU", type: 5, descriptor: row.descriptor)
    #expect(note.neededISALevels(.elf64, .littleEndian) == row.levels, "\(row.why)")
  }

  @Test func `notes of another name or type say nothing`() {
    let descriptor = Self.properties((Self.isaNeeded, 3))
    for (name, type) in [("GNU", 3), ("Go", 5), ("", 5)] as [(String, UInt32)] {
      let note = ElfNote(name: .init(name), type: type, descriptor: descriptor)
      #expect(note.neededISALevels(.elf64, .littleEndian) == nil)
      #expect(note.isBuildID == (type == 3))
    }
  }
}
