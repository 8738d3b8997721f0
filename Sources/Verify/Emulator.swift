internal import Discovery
internal import ELF
internal import FileTree
internal import SystemPackage

/// What runs the programs of another machine: a static user-mode qemu.
enum Emulator {
  struct Run {
    /// A static one of the host.
    let emulator: FilePath
    /// In-root: an ELF program.
    let program: ByteString
    /// Those before the user's: of a script, what its line says, and itself.
    let arguments: [ByteString]
  }

  /// Nil where this machine's processor runs the program itself.
  ///
  /// - Parameters:
  ///   - program: in-root; of a script, what reads it counts.
  ///   - searchPath: directories of the host.
  static func run(
    of program: ByteString, in tree: any FileTree, _ searchPath: [FilePath]
  ) throws(RunPlan.Problem) -> Run? {
    var view = RootView(tree: tree)
    let chain = try? ScriptChain(of: program, in: &view)
    let started = chain?.interpreter ?? program
    guard let header = HostProcessor.header(of: started, &view), !HostProcessor.runs(header) else {
      return nil
    }
    guard let emulator = find(for: header, searchPath) else {
      throw .noEmulator(machine: header.machine.description)
    }
    // What env finds is started at once: an emulator can't start it in its turn.
    let argument = chain?.way.isEmpty == true ? chain?.steps.first?.argument : nil
    return Run(
      emulator: emulator, program: started,
      arguments: [argument].compactMap(\.self) + (chain == nil ? [] : [program]))
  }

  private static func find(for header: ElfHeader, _ searchPath: [FilePath]) -> FilePath? {
    guard let name = name(for: header) else { return nil }
    for directory in searchPath {
      for file in ["qemu-\(name)-static", "qemu-\(name)"] {
        let path = directory.appending(file)
        if isStatic(path) { return path }
      }
    }
    return nil
  }

  /// qemu's word for a machine: the names of its `linux-user` targets.
  private static func name(for header: ElfHeader) -> String? {
    let isLittle = header.dataEncoding == .littleEndian
    let isWide = header.elfClass == .elf64
    return switch header.machine {
    case .amd64: "x86_64"
    case .x86: "i386"
    case .aarch64: isLittle ? "aarch64" : "aarch64_be"
    case .arm: isLittle ? "arm" : "armeb"
    case .riscv: isWide ? "riscv64" : "riscv32"
    case .s390 where isWide: "s390x"
    case .ppc64: isLittle ? "ppc64le" : "ppc64"
    case .ppc: "ppc"
    case .mips where isWide: isLittle ? "mips64el" : "mips64"
    case .mips: isLittle ? "mipsel" : "mips"
    case .sparcV9: "sparc64"
    case .sparc, .sparc32plus: "sparc"
    case .m68k: "m68k"
    case .parisc: "hppa"
    case .superH: "sh4"
    case .loongArch: "loongarch64"
    default: nil
    }
  }

  /// Only a static one runs in a root that isn't its own.
  private static func isStatic(_ path: FilePath) -> Bool {
    let tree = DirectoryTree(root: "/")
    var resolver = PathResolver(tree: tree)
    guard let file = try? resolver.resolve(ByteString(path)), file.status.kind == .regular,
      let content = try? tree.open(file.real), let image = try? ElfImage(reading: content)
    else { return false }
    return image.interpreter == nil && image.isProgram
  }
}
