package import FileTree

/// What one ELF file says about itself, so far as a loader reads it: values, nothing of libelf's.
package struct ElfImage: Hashable, Sendable {
  package var header: ElfHeader
  /// The text of PT_INTERP.
  package var interpreter: ByteString?
  /// Whether there is a PT_LOAD; a loader refuses an object without one.
  package var hasLoadSegment: Bool
  /// Whether it is debugging data that was split off: of all that is loaded, the file has nothing.
  package var isDebugDataOnly = false
  /// Whether the segments are as linkers make them, so that all who map them make the same of the object.
  package var isPlain = true
  /// What keeps glibc from starting the program, and musl not.
  package var glibcFault: ElfReadError?
  /// The dynamic section; nil for a static program.
  package var dynamic: DynamicSection?
  /// NT_GNU_BUILD_ID, which names one build of the object and its debugging data.
  package var buildID: [UInt8]?
  /// What a note says of the system that the object is for; nil where none does.
  package var system: ElfSystem?
  /// The levels of x86-64 that the object can't do without, one a bit; 0 where it doesn't say.
  package var neededISALevels: UInt32 = 0
  /// The notes of the UAPI group (owner `FDO`): packaging and dlopen metadata.
  package var metadataNotes: [ElfNote] = []
  /// That the section headers lie beyond the end of the file, where no loader looks for them: a copy
  /// that was cut off may be the reason.
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

/// A system other than Linux with a C library of Linux's that a program says it is for.
package enum ElfSystem: Hashable, Sendable {
  case freeBSD, dragonFly, netBSD, openBSD, solaris, hurd, android, qnx
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

  /// A name of another object that is to be loaded with this one.
  package struct Dependency: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
      /// DT_NEEDED.
      case needed
      /// DT_FILTER: its symbols are answered by the named object, which must be there.
      case filter
      /// DT_AUXILIARY: the same, by an object that may be missing.
      case auxiliary
    }

    package let kind: Kind
    package let name: ByteString

    package init(kind: Kind, name: ByteString) {
      self.kind = kind
      self.name = name
    }
  }

  package var soname: ByteString?
  /// In the file's order.
  package var dependencies: [Dependency]
  package var rpath: ByteString?
  package var runpath: ByteString?
  package var flags1: Flags1
  /// DT_AUDIT and then DT_DEPAUDIT: names divided by colons.
  package var audit: [ByteString] = []
  package var versions = VersionTables()

  /// DT_NEEDED, in the file's order.
  package var needed: [ByteString] {
    dependencies.compactMap { $0.kind == .needed ? $0.name : nil }
  }

  package init(
    soname: ByteString? = nil, needed: [ByteString] = [], rpath: ByteString? = nil,
    runpath: ByteString? = nil, flags1: Flags1 = []
  ) {
    self.soname = soname
    dependencies = needed.map { Dependency(kind: .needed, name: $0) }
    self.rpath = rpath
    self.runpath = runpath
    self.flags1 = flags1
  }
}
