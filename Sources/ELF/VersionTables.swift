package import FileTree

/// The symbol versions that an object asks of others, and those that it offers.
///
/// Source: Linux Standard Base, "Symbol Versioning"; glibc `elf/dl-version.c`.
package struct VersionTables: Hashable, Sendable {
  /// A version's name with its hash; a loader compares both.
  package struct Version: Hashable, Sendable {
    package var name: ByteString
    package var hash: UInt32

    package init(name: ByteString, hash: UInt32) {
      self.name = name
      self.hash = hash
    }
  }

  package struct Reference: Hashable, Sendable {
    package var version: Version
    /// VER_FLG_WEAK: the program may run without it.
    package var isWeak: Bool
    /// What stands for it in the table of symbols' versions (`vna_other`).
    package var index: UInt16

    package init(version: Version, isWeak: Bool = false, index: UInt16 = 0) {
      self.version = version
      self.isWeak = isWeak
      self.index = index
    }
  }

  /// One entry of DT_VERDEF.
  package struct Definition: Hashable, Sendable {
    package var version: Version
    /// What stands for it in the table of symbols' versions (`vd_ndx`).
    package var index: UInt16
    /// VER_FLG_BASE: the object itself, no version of its symbols.
    package var isBase: Bool

    package init(version: Version, index: UInt16 = 0, isBase: Bool = false) {
      self.version = version
      self.index = index
      self.isBase = isBase
    }
  }

  /// One entry of DT_VERNEED: what is asked of one library.
  package struct Need: Hashable, Sendable {
    /// The library as DT_NEEDED names it.
    package var library: ByteString
    package var references: [Reference]

    package init(library: ByteString, references: [Reference]) {
      self.library = library
      self.references = references
    }
  }

  package var needs: [Need] = []
  /// DT_VERDEF; nil where the object has none, and answers to any version.
  package var definitions: [Definition]?
  /// Why the tables can't be read; musl's loader never looks at them.
  package var damage: ElfReadError?

  package init() {}
}
