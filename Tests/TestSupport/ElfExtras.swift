/// What a file that is to be written says besides: how its memory is protected.
package struct ElfExtras {
  /// Tags and values of the dynamic section.
  package var entries: [(tag: UInt64, value: UInt64)]
  /// Segments without content.
  package var segments: [(type: UInt32, flags: UInt32)]
  /// The value of GNU_PROPERTY_X86_FEATURE_1_AND or its like, by its type.
  package var property: (type: UInt32, value: UInt32)?
  /// Whether the symbols' relocations are a table of those that can be bound at their first use.
  package var bindsLater = false

  package init(
    entries: [(tag: UInt64, value: UInt64)] = [], segments: [(type: UInt32, flags: UInt32)] = [],
    property: (type: UInt32, value: UInt32)? = nil, bindsLater: Bool = false
  ) {
    self.entries = entries
    self.segments = segments
    self.property = property
    self.bindsLater = bindsLater
  }

  /// As compilers of distributions make programs: PT_GNU_RELRO, PT_GNU_STACK and DF_1_NOW.
  package static let hardened = ElfExtras(
    entries: [(0x6FFF_FFFB, 1)], segments: [(0x6474_E552, 4), (0x6474_E551, 6)])
}
