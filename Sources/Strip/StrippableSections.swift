internal import FileTree

extension ElfLayout {
  /// Whether there is debugging data or a table of symbols that no running program has.
  var isStrippable: Bool {
    sections.contains { $0.isDebugging && !$0.range.isEmpty }
  }

  /// Sections that are neither loaded nor debugging data, which somebody put there to read them from
  /// the file: strip tools drop them unless they are told.
  var extraSections: [Section] {
    sections.filter { !$0.isAllocated && !$0.isDebugging && !$0.isBookkeeping }
  }
}

extension ElfLayout.Section {
  private static let symbolTable: UInt32 = 2
  /// `sh_type` of what only serves other sections: SHT_NULL, SHT_STRTAB, SHT_RELA, SHT_NOBITS, SHT_REL,
  /// SHT_GROUP and SHT_SYMTAB_SHNDX.
  private static let bookkeepingTypes: Set<UInt32> = [0, 3, 4, 8, 9, 17, 18]
  /// What debuggers read. Sources: DWARF 5, section 7.4; gdb's manual, "Index Files" and
  /// "MiniDebugInfo"; swiftc's serialised modules.
  private static let debuggingNames: [ByteString] = [
    ".debug", ".zdebug", ".gnu.debuglto_", ".gnu_debugdata", ".gdb_index", ".stab", ".swift_ast",
  ]
  /// What compilers say of themselves, and where debugging data is that was split off before.
  private static let bookkeepingNames: [ByteString] = [
    ".comment", ".gnu_debuglink", ".gnu_debugaltlink", ".gnu.build.attributes",
  ]

  var isDebugging: Bool {
    !isAllocated
      && (type == Self.symbolTable || Self.debuggingNames.contains(where: name.hasPrefix))
  }

  fileprivate var isBookkeeping: Bool {
    Self.bookkeepingTypes.contains(type) || Self.bookkeepingNames.contains(where: name.hasPrefix)
  }
}
