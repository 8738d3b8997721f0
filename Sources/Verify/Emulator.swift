internal import ELF
internal import FileTree
internal import SystemPackage

/// What runs the programs of another machine: a static user-mode qemu.
enum Emulator {
  /// Nil where this machine's processor runs the program itself.
  ///
  /// - Parameters:
  ///   - program: in-root; of a script, what reads it counts.
  ///   - searchPath: directories of the host.
  static func find(
    for program: ByteString, in tree: any FileTree, _ searchPath: [FilePath]
  ) throws(RunPlan.Problem) -> FilePath? {
    guard let header = header(of: program, in: tree), !isNative(header) else { return nil }
    if let name = name(for: header) {
      for directory in searchPath {
        for file in ["qemu-\(name)-static", "qemu-\(name)"] {
          let path = directory.appending(file)
          if isStatic(path) { return path }
        }
      }
    }
    throw .noEmulator(machine: header.machine.description)
  }

  private static func header(of program: ByteString, in tree: any FileTree) -> ElfHeader? {
    var resolver = PathResolver(tree: tree)
    var path = program
    for _ in 0..<5 {
      guard let file = try? resolver.resolve(path), let content = try? tree.open(file.real) else {
        return nil
      }
      if let header = try? ElfHeader(reading: content) { return header }
      guard let head = try? content.read(at: 0, count: 256), head.starts(with: "#!".utf8) else {
        return nil
      }
      let line = head.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }
      path = ByteString(
        line.drop { $0 == UInt8(ascii: " ") }.prefix { $0 != UInt8(ascii: " ") })
    }
    return nil
  }

  /// Whether a program is for the machine that this one is compiled for.
  private static func isNative(_ header: ElfHeader) -> Bool {
    #if arch(x86_64)
      header.machine == .amd64 || header.machine == .x86
    #elseif arch(arm64)
      header.machine == .aarch64
    #else
      true
    #endif
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
