package import ELF
package import FileTree

extension InMemoryTree.Node {
  /// A shared library.
  package static func library(
    soname: ByteString? = nil, needed: [ByteString] = [], rpath: ByteString? = nil,
    runpath: ByteString? = nil, flags1: DynamicSection.Flags1 = [],
    header: ElfHeader = ElfHeader()
  ) -> InMemoryTree.Node {
    .elf(
      ElfImage(
        header: header,
        dynamic: DynamicSection(
          soname: soname, needed: needed, rpath: rpath, runpath: runpath, flags1: flags1)))
  }

  /// A position-independent program.
  package static func program(
    interpreter: ByteString? = "/lib64/ld-linux-x86-64.so.2", needed: [ByteString] = [],
    rpath: ByteString? = nil, runpath: ByteString? = nil, soname: ByteString? = nil,
    flags1: DynamicSection.Flags1 = .pie, header: ElfHeader = ElfHeader()
  ) -> InMemoryTree.Node {
    .elf(
      .program(
        interpreter: interpreter, needed: needed, rpath: rpath, runpath: runpath, soname: soname,
        flags1: flags1, header: header))
  }

  /// - Parameter constants: plain strings that stand in the file, as a loader's own do.
  package static func elf(
    _ image: ElfImage, symbols: ElfSymbols? = nil, constants: [ByteString] = [],
    extras: ElfExtras = ElfExtras(), permissions: UInt16 = 0o755
  ) -> InMemoryTree.Node {
    .file(
      ElfBuilder.bytes(of: image, symbols: symbols, constants: constants, extras: extras),
      permissions: permissions)
  }

  package static func text(_ text: String) -> InMemoryTree.Node {
    .file(Array(text.utf8))
  }

  /// The same file with the set-user-id bit.
  package var setUserID: InMemoryTree.Node {
    guard case .file(let bytes, let permissions) = self else { return self }
    return .file(bytes, permissions: permissions | 0o4000)
  }
}

extension ElfImage {
  package static func program(
    interpreter: ByteString? = "/lib64/ld-linux-x86-64.so.2", needed: [ByteString] = [],
    rpath: ByteString? = nil, runpath: ByteString? = nil, soname: ByteString? = nil,
    flags1: DynamicSection.Flags1 = .pie, header: ElfHeader = ElfHeader()
  ) -> ElfImage {
    ElfImage(
      header: header, interpreter: interpreter,
      dynamic: DynamicSection(
        soname: soname, needed: needed, rpath: rpath, runpath: runpath, flags1: flags1))
  }

  package static func library(
    soname: ByteString? = nil, needed: [ByteString] = [], runpath: ByteString? = nil
  ) -> ElfImage {
    ElfImage(dynamic: DynamicSection(soname: soname, needed: needed, runpath: runpath))
  }

  /// The same with other names to load, in the file's order.
  package func naming(_ dependencies: DynamicSection.Dependency...) -> ElfImage {
    var image = self
    image.dynamic?.dependencies = dependencies
    return image
  }

  /// The same with DT_AUDIT and, where there is a second text, DT_DEPAUDIT.
  package func audited(by names: ByteString...) -> ElfImage {
    var image = self
    image.dynamic?.audit = names
    return image
  }

  /// The same, asking for versions of a library; their indices count from 100.
  package func using(
    _ versions: VersionTables.Reference..., of library: ByteString
  ) -> ElfImage {
    using(versions, of: library)
  }

  package func using(
    _ versions: [VersionTables.Reference], of library: ByteString
  ) -> ElfImage {
    var image = self
    let known = image.dynamic?.versions.needs.reduce(100) { $0 + $1.references.count } ?? 100
    let references = versions.enumerated().map { place, reference in
      var reference = reference
      reference.index = UInt16(known + place)
      return reference
    }
    image.dynamic?.versions.needs.append(.init(library: library, references: references))
    return image
  }

  /// The same, defining versions; their indices count from 1.
  package func defining(_ versions: VersionTables.Version...) -> ElfImage {
    var image = self
    image.dynamic?.versions.definitions = versions.enumerated().map { place, version in
      .init(version: version, index: UInt16(place + 1))
    }
    return image
  }

  /// The same with `dlopen` notes of these texts.
  package func noting(_ texts: String...) -> ElfImage {
    var image = self
    image.metadataNotes += texts.map {
      ElfNote(
        name: ElfNote.metadataOwner, type: ElfNote.dlopenMetadata, descriptor: Array($0.utf8) + [0])
    }
    return image
  }

  /// The same, asking for levels of x86-64: one a bit.
  package func demanding(levels: UInt32) -> ElfImage {
    var image = self
    image.neededISALevels = levels
    return image
  }
}

extension DynamicSection.Dependency {
  package static func needed(_ name: ByteString) -> Self { .init(kind: .needed, name: name) }
  package static func filter(_ name: ByteString) -> Self { .init(kind: .filter, name: name) }
  package static func auxiliary(_ name: ByteString) -> Self { .init(kind: .auxiliary, name: name) }
}

extension VersionTables.Version: ExpressibleByStringLiteral {
  /// A version with the hash that every linker gives it (the gABI, "Hash Table").
  package init(stringLiteral name: String) {
    var hash: UInt32 = 0
    for byte in name.utf8 {
      hash = hash << 4 &+ UInt32(byte)
      hash ^= hash >> 24 & 0xF0
    }
    self.init(name: ByteString(name), hash: hash & 0x0FFF_FFFF)
  }
}

extension VersionTables.Reference {
  package static func weak(_ version: VersionTables.Version) -> Self {
    .init(version: version, isWeak: true)
  }
}

extension VersionTables.Reference: ExpressibleByStringLiteral {
  package init(stringLiteral name: String) {
    self.init(version: VersionTables.Version(stringLiteral: name))
  }
}
