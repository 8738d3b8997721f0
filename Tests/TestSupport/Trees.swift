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
      ElfImage(
        header: header, interpreter: interpreter,
        dynamic: DynamicSection(
          soname: soname, needed: needed, rpath: rpath, runpath: runpath, flags1: flags1)))
  }

  package static func elf(_ image: ElfImage) -> InMemoryTree.Node {
    .file(ElfBuilder.bytes(of: image), permissions: 0o755)
  }

  package static func text(_ text: String) -> InMemoryTree.Node {
    .file(Array(text.utf8))
  }
}
