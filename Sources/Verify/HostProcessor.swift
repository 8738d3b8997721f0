internal import Archive
internal import Discovery
internal import ELF
internal import FileTree
internal import SystemPackage

/// What this machine's processor and kernel run by themselves.
enum HostProcessor {
  /// That of this program itself; nil without a /proc.
  private static var own: ElfHeader? {
    var host = RootView(tree: DirectoryTree(root: "/"))
    return header(of: "/proc/self/exe", &host)
  }

  /// Of an ELF file; nil for any other.
  static func header(of path: ByteString, _ view: inout RootView) -> ElfHeader? {
    guard let file = try? view.open(path) else { return nil }
    return try? ElfHeader(reading: file)
  }

  /// Whether a program is for the machine that this one is compiled for, or its 32-bit kind.
  static func runs(_ header: ElfHeader) -> Bool {
    guard let own else { return true }
    return own.machine == header.machine && own.dataEncoding == header.dataEncoding
      || isOf32BitKind(header, own)
  }

  /// Whether a bundle has programs that make the calls of 32-bit ones.
  static func has32BitPrograms(in bundle: ReadBundle) -> Bool {
    guard let own, own.machine == .amd64 else { return false }
    var view = RootView(tree: bundle.tree)
    return bundle.entries.contains { entry in
      guard case .file = entry.node, entry.permissions & 0o111 != 0,
        let header = header(of: entry.path.text, &view)
      else { return false }
      return isOf32BitKind(header, own)
    }
  }

  private static func isOf32BitKind(_ header: ElfHeader, _ own: ElfHeader) -> Bool {
    own.machine == .amd64 && header.machine == .x86
  }
}
