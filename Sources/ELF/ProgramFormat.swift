package import FileTree
package import SystemPackage

/// What a file is for those that start programs, by its first bytes.
///
/// Source: Linux `fs/binfmt_elf.c` and `fs/binfmt_script.c`; ECMA-335 II.25.2.1 for the form that managed
/// assemblies have.
package enum ProgramFormat: Hashable, Sendable {
  case elf, script, portableExecutable

  /// In bytes.
  package static let headSize = 4

  /// Nil for every other form.
  ///
  /// - Parameter head: the file's first ``headSize`` bytes, or all of it.
  package init?(head: some Sequence<UInt8>) {
    if head.starts(with: ElfHeader.magic) {
      self = .elf
    } else if head.starts(with: "#!".utf8) {
      self = .script
    } else if head.starts(with: "MZ".utf8) {
      self = .portableExecutable
    } else {
      return nil
    }
  }
}

extension FileTree {
  /// The form of a regular file; nil if it is none of them.
  package func programFormat(of path: RootPath) throws(Errno) -> ProgramFormat? {
    ProgramFormat(head: try head(of: path, count: ProgramFormat.headSize))
  }
}
