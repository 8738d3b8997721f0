internal import ELF
internal import FileTree

/// A program's loader that is neither glibc's nor musl's. It has rules of its own, which aren't known here.
package enum ForeignLoader: String, CaseIterable, Hashable, Sendable {
  case uClibc = "uclibc"
  case klibc
  case bionic
  case freeBSD = "freebsd"
  case dragonFly = "dragonfly"
  case netBSD = "netbsd"
  case openBSD = "openbsd"
  case solaris
  case haiku
  case hurd
  case qnx
  /// Nothing tells whose it is.
  case unknown

  package var name: String {
    switch self {
    case .uClibc: "uClibc"
    case .klibc: "klibc"
    case .bionic: "Android (bionic)"
    case .freeBSD: "FreeBSD"
    case .dragonFly: "DragonFly BSD"
    case .netBSD: "NetBSD"
    case .openBSD: "OpenBSD"
    case .solaris: "Solaris"
    case .haiku: "Haiku"
    case .hurd: "GNU/Hurd"
    case .qnx: "QNX"
    case .unknown: "unknown"
    }
  }

  /// Whether its programs are for another kernel than Linux.
  package var isForOtherKernel: Bool {
    switch self {
    case .uClibc, .klibc, .bionic, .unknown: false
    case .freeBSD, .dragonFly, .netBSD, .openBSD, .solaris, .haiku, .hurd, .qnx: true
    }
  }

  // MARK: Evidence

  /// By the text of PT_INTERP; nil for a path that is no other loader's alone.
  ///
  /// Source: the linkers' and compilers' own tables: LLVM `clang/lib/Driver/ToolChains/*.cpp`, GCC
  /// `gcc/config/*.h` (`*_DYNAMIC_LINKER`); klibc `scripts/Kbuild.klibc`.
  init?(interpreter path: ByteString) {
    let name = RootPath(normalising: path).name
    guard let loader = Self.allCases.first(where: { $0.isCalled(name, path) }) else { return nil }
    self = loader
  }

  private func isCalled(_ name: ByteString, _ path: ByteString) -> Bool {
    switch self {
    case .uClibc: name.hasPrefix("ld-uClibc") || name.hasPrefix("ld64-uClibc")
    case .klibc: name.hasPrefix("klibc-") && name.hasSuffix(".so")
    case .bionic:
      path.directoryPart.hasSuffix("/bin")
        && (name == "linker" || name == "linker64" || name.hasPrefix("linker_"))
    case .freeBSD: name.hasPrefix("ld-elf") && !name.hasSuffix(".so.2")
    case .dragonFly: name == "ld-elf.so.2"
    case .netBSD: name.hasPrefix("ld.elf_so")
    case .openBSD: path == "/usr/libexec/ld.so"
    case .solaris: Self.solarisPaths.contains(path)
    case .haiku: name.hasPrefix("runtime_loader")
    case .hurd: path == "/lib/ld-x86-64.so.1"
    case .qnx: name.hasPrefix("ldqnx")
    case .unknown: false
    }
  }

  private static let solarisPaths: [ByteString] = [
    "/usr/lib/ld.so.1", "/lib/64/ld.so.1", "/usr/lib/64/ld.so.1", "/lib/amd64/ld.so.1",
    "/usr/lib/amd64/ld.so.1", "/lib/sparcv9/ld.so.1", "/usr/lib/sparcv9/ld.so.1",
  ]

  /// By what the program itself says of its system: the owner of a note, then EI_OSABI.
  ///
  /// Source: the systems' own headers (`sys/exec_elf.h`, `elf_common.h`); the gABI, "ELF Identification".
  init?(markedIn image: ElfImage) {
    switch image.system {
    case .freeBSD: self = .freeBSD
    case .dragonFly: self = .dragonFly
    case .netBSD: self = .netBSD
    case .openBSD: self = .openBSD
    case .android: self = .bionic
    case .qnx: self = .qnx
    case .hurd: self = .hurd
    case .solaris: self = .solaris
    case nil:
      switch image.header.osABI {
      case 2: self = .netBSD
      case 6: self = .solaris
      case 9: self = .freeBSD
      case 12: self = .openBSD
      default: return nil
      }
    }
  }

  // MARK: Directories

  /// What the system has for libraries, each ending in `/`: all that is searched beside an object's own
  /// paths.
  func defaultDirectories(_ header: ElfHeader) -> [ByteString] {
    let isWide = header.elfClass == .elf64
    return switch self {
    case .uClibc, .freeBSD, .dragonFly, .hurd, .unknown: ["/lib/", "/usr/lib/"]
    // It has no libraries but itself.
    case .klibc: []
    case .bionic: ["/system", "/odm", "/vendor"].map { $0 + (isWide ? "/lib64/" : "/lib/") }
    case .netBSD, .openBSD: ["/usr/lib/"]
    case .solaris: isWide ? ["/lib/64/", "/usr/lib/64/"] : ["/lib/", "/usr/lib/"]
    case .haiku: ["/boot/system/lib/", "/boot/system/non-packaged/lib/"]
    case .qnx: ["/proc/boot/", "/lib/", "/usr/lib/", "/lib/dll/"]
    }
  }
}

/// Whose loader an interpreter is.
enum LoaderKind: Hashable, Sendable {
  case libc(Libc)
  case foreign(ForeignLoader)

  /// - Parameters:
  ///   - path: the text of PT_INTERP.
  ///   - image: the program that names it.
  ///   - strings: what stands in its file; nil where there is none.
  init(interpreter path: ByteString, of image: ElfImage, _ strings: InterpreterStrings?) {
    if let foreign = ForeignLoader(interpreter: path) {
      self = .foreign(foreign)
      return
    }
    let name = RootPath(normalising: path).name
    if name.hasPrefix("ld-musl-") {
      self = .libc(.musl)
    } else if name.hasPrefix("ld-linux") || name.hasPrefix("ld64.so.") {
      self = .libc(.glibc)
    } else if strings?.muslArchitecture != nil {
      self = .libc(.musl)
    } else if strings?.glibcCachePath != nil {
      self = .libc(.glibc)
    } else if let foreign = ForeignLoader(markedIn: image) {
      self = .foreign(foreign)
    } else {
      self = Self.byNeeds(of: image, path, name)
    }
  }

  /// Where neither the path nor the file nor the program says more: a C library's soname does, and
  /// `ld.so.1` is the name of glibc's on most machines.
  private static func byNeeds(
    of image: ElfImage, _ path: ByteString, _ name: ByteString
  ) -> LoaderKind {
    let needed = image.dynamic?.needed ?? []
    if needed.contains(where: { $0.hasPrefix("libc.musl-") }) { return .libc(.musl) }
    if needed.contains(where: { $0.hasPrefix("libc.so.6") }) { return .libc(.glibc) }
    let isPC = image.header.machine == .x86 || image.header.machine == .amd64
    guard isPC else { return name.hasPrefix("ld.so.") ? .libc(.glibc) : .foreign(.unknown) }
    // `libc.so.0.3` is glibc's on the Hurd.
    let isHurd = path == "/lib/ld.so" || path == "/lib/ld.so.1" || needed.contains("libc.so.0.3")
    return .foreign(isHurd ? .hurd : .unknown)
  }
}
