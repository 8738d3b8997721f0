package import Discovery
package import ELF
package import FileTree

/// Every path that ships, and why: sorted, without conflicts, parents included.
package struct BundlePlan: Sendable {
  /// In the order of an archive: bytewise by name, a directory's name ending in `/`.
  package let entries: [BundleEntry]
  /// Where the programs start, in the order in which they were asked for.
  package let programs: [RootPath]
  /// The first of ``programs`` if it can be started; a shared library can't.
  package let entrypoint: RootPath?
  /// What ``entrypoint`` is started by, since no kernel starts it by itself: a managed runtime.
  package let launcher: ByteString?
  /// The ELF header of the first program, which tells an image's platform.
  package let programHeader: ElfHeader?
  /// What is odd but doesn't stop the pack.
  package let warnings: [PlanWarning]
  /// What the programs ask for at run time, packed or not.
  package let needs: [FoundNeed]

  package init(
    entries: [BundleEntry], programs: [RootPath], entrypoint: RootPath? = nil,
    launcher: ByteString? = nil, programHeader: ElfHeader?, warnings: [PlanWarning],
    needs: [FoundNeed] = []
  ) {
    self.entries = entries
    self.programs = programs
    self.entrypoint = entrypoint
    self.launcher = launcher
    self.programHeader = programHeader
    self.warnings = warnings
    self.needs = needs
  }

  /// The bytes of all regular files.
  package var contentSize: UInt64 {
    entries.reduce(0) { $0 + $1.size }
  }

  /// What an initramfs has beside the entries: the link by which the kernel starts the first program;
  /// nil if something is there, or no program is.
  ///
  /// Source: Linux `init/main.c` (`kernel_init`): of an initramfs, `/init` is started.
  package var initLink: BundleEntry? {
    let path: RootPath = "/init"
    guard let program = entrypoint, !entries.contains(where: { $0.path == path }) else {
      return nil
    }
    return BundleEntry(path: path, node: .symbolicLink(program.text), reason: .initProgram)
  }

  /// The plan with what an initramfs has beside it.
  package var initramfs: BundlePlan {
    guard let initLink else { return self }
    return replacing(
      entries: (entries + [initLink]).sorted { $0.archiveName < $1.archiveName })
  }

  /// The same plan with other content at its paths.
  package func replacing(entries: [BundleEntry]) -> BundlePlan {
    BundlePlan(
      entries: entries, programs: programs, entrypoint: entrypoint, launcher: launcher,
      programHeader: programHeader, warnings: warnings, needs: needs)
  }
}

/// One path of a bundle.
package struct BundleEntry: Sendable {
  package enum Node: Sendable {
    case directory(permissions: UInt16)
    case file(FileSource, permissions: UInt16)
    case symbolicLink(ByteString)
    /// Another name of the regular file at the path, which stands earlier in the plan,
    /// with its permissions: some readers take those of the last name.
    case hardLink(RootPath, permissions: UInt16)
  }

  package let path: RootPath
  package let node: Node
  package let reason: Provenance
  /// How widely other bundles share the entry.
  package let stratum: Stratum
  /// Extended attributes that are kept, sorted by name.
  package let attributes: [ExtendedAttribute]
  /// Nil for the owner that all files have.
  package let owner: FileStatus.Owner?

  package init(
    path: RootPath, node: Node, reason: Provenance, stratum: Stratum = .application,
    attributes: [ExtendedAttribute] = [], owner: FileStatus.Owner? = nil
  ) {
    self.path = path
    self.node = node
    self.reason = reason
    self.stratum = stratum
    self.attributes = attributes
    self.owner = owner
  }

  /// The same entry with other content.
  package func replacing(node: Node) -> BundleEntry {
    BundleEntry(
      path: path, node: node, reason: reason, stratum: stratum, attributes: attributes,
      owner: owner)
  }

  /// In bytes; 0 for what isn't a regular file.
  package var size: UInt64 {
    guard case .file(let source, _) = node else { return 0 }
    return source.size
  }

  /// The name in an archive: without the leading `/`, a directory's with one behind.
  package var archiveName: ByteString {
    let name = ByteString(path.text.bytes.dropFirst())
    guard case .directory = node else { return name }
    return name + "/"
  }
}

/// How widely an entry is shared: what many bundles hold in common stands lowest in an image.
///
/// The names of one file (hard links) are all in the same stratum.
package enum Stratum: Int, CaseIterable, Comparable, Sendable {
  /// The root links of a merged `/usr`.
  case skeleton
  /// The C library and its loader, which every program of a system has in common.
  case libc
  /// Libraries that keep their paths.
  case libraries
  /// Programs, what moves along with them, additions, and generated files.
  case application

  package static func < (left: Stratum, right: Stratum) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// Where a regular file's bytes come from.
package enum FileSource: Sendable {
  /// A file of a tree, by its physical path.
  case copy(any FileTree, RootPath, FileStatus)
  case generated([UInt8])

  package var size: UInt64 {
    switch self {
    case .copy(_, _, let status): status.size
    case .generated(let bytes): UInt64(bytes.count)
    }
  }

  /// Nil for generated bytes.
  package var identity: FileStatus.Identity? {
    guard case .copy(_, _, let status) = self else { return nil }
    return status.identity
  }
}

/// What is odd about a plan.
package enum PlanWarning: Hashable, Sendable {
  /// A link of an added tree leads to nothing in the bundle.
  case danglingLink(RootPath, ByteString)
  /// Set-user-id and set-group-id bits aren't packed.
  case droppedSetID(RootPath)
  /// Set-user-id or set-group-id bits are kept, and give the rights of root instead of the owner's.
  case setIDOfOther(RootPath, FileStatus.Owner)
  /// Capabilities of a program aren't packed.
  case droppedCapabilities(RootPath)
  /// Something that a need brings along and that is nobody else's.
  case leftOutSensitive(RootPath, SensitiveReason)
  /// A program that nobody may execute, at its place in the bundle.
  case notExecutable(RootPath)
  /// What the root has in a directory of its own lies where a base with a merged `/usr` has it.
  case movedForBase(RootPath)
}
