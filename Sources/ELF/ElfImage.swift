package import FileTree

/// What one ELF file says about itself, so far as a loader reads it: values, nothing of libelf's.
package struct ElfImage: Hashable, Sendable {
  package var header: ElfHeader
  /// The text of PT_INTERP.
  package var interpreter: ByteString?
  /// Whether there is a PT_LOAD; a loader refuses an object without one.
  package var hasLoadSegment: Bool
  /// Whether segments have a place in memory and no content in the file, as in debugging data that
  /// was split off a program.
  package var isDebugDataOnly = false
  /// The dynamic section; nil for a static program.
  package var dynamic: DynamicSection?
  /// What the file ends before, although its headers point there: no loader looks at that, and a
  /// program without it crashes later, or was copied in part.
  package var truncation: ElfReadError?

  package init(
    header: ElfHeader = ElfHeader(), interpreter: ByteString? = nil, hasLoadSegment: Bool = true,
    dynamic: DynamicSection? = nil
  ) {
    self.header = header
    self.interpreter = interpreter
    self.hasLoadSegment = hasLoadSegment
    self.dynamic = dynamic
  }

  package var linkage: Linkage {
    if interpreter != nil { return .dynamic }
    switch header.type {
    case .executable:
      return .static
    default:
      // A shared library and a static PIE look alike but for this flag.
      return dynamic?.flags1.contains(.pie) == true ? .staticPIE : .dynamic
    }
  }

  /// A program is what the kernel can start: it names an interpreter or needs none.
  package var isProgram: Bool { interpreter != nil || linkage != .dynamic }
}

/// How an object reaches what it needs.
package enum Linkage: String, Hashable, Sendable {
  case dynamic
  case `static`
  case staticPIE = "static-pie"
}

/// The entries of the dynamic section that decide what is loaded and from where.
///
/// Source: the gABI, "Dynamic Section"; `elf.h`, DT_*. Strings are as they stand in the file:
/// tokens aren't expanded.
package struct DynamicSection: Hashable, Sendable {
  /// DT_FLAGS_1.
  package struct Flags1: OptionSet, Hashable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) {
      self.rawValue = rawValue
    }

    /// Default directories aren't searched for this object's needs.
    package static let noDefaultLibraries = Flags1(rawValue: 0x800)
    package static let pie = Flags1(rawValue: 0x800_0000)
  }

  package var soname: ByteString?
  /// DT_NEEDED, in the file's order.
  package var needed: [ByteString]
  package var rpath: ByteString?
  package var runpath: ByteString?
  package var flags1: Flags1

  package init(
    soname: ByteString? = nil, needed: [ByteString] = [], rpath: ByteString? = nil,
    runpath: ByteString? = nil, flags1: Flags1 = []
  ) {
    self.soname = soname
    self.needed = needed
    self.rpath = rpath
    self.runpath = runpath
    self.flags1 = flags1
  }
}
