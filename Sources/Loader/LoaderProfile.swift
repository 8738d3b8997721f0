internal import ELF
internal import FileTree

/// One loader as it is installed: its kind and what is compiled into it.
package struct LoaderProfile: Sendable {
  /// Nil for a loader that is neither's.
  let libc: Libc?
  var foreign: ForeignLoader?
  /// The path that PT_INTERP gives, or the one that a library without it would meet.
  let interpreterPath: ByteString
  /// The interpreter's own soname, by which objects ask for it.
  let soname: ByteString?
  /// Ending in `/`, in the order of the search. For musl: the directories when no path file exists.
  let defaultDirectories: [ByteString]
  /// glibc: `/etc/ld.so.cache`. musl: `PREFIX/etc/ld-musl-ARCH.path`. Empty for others: none is read.
  let configurationPath: ByteString
  /// The value of `$LIB`.
  let lib: ByteString
  /// The value of `$PLATFORM`.
  let platform: ByteString?
  /// The subdirectories of `glibc-hwcaps` that the loader knows, best first.
  let levels: [ByteString]
  /// Those of them that the processor can use.
  let activeLevels: [ByteString]
  /// The levels of x86-64 that the processor has, one a bit.
  let isaLevels: UInt32
  /// The subdirectories that are searched before each directory itself: of `glibc-hwcaps`, then the
  /// legacy ones. Ending in `/`.
  let subdirectories: [ByteString]
  /// What glibc's cache may hold beside the baseline.
  let capabilities: LegacyCapabilities?
  /// Whether the processor is the baseline.
  let isForBaseline: Bool
  /// Debian's loader looks at the machine before the rest of `e_ident`, so a foreign library in the
  /// way is passed over whatever else is odd about it (tried).
  let judgesMachineFirst: Bool
}

extension LoaderProfile {
  /// Whether the loader doesn't take an object since it asks for a newer processor.
  func refuses(_ image: ElfImage) -> Bool {
    libc == .glibc && image.header.machine == .amd64 && image.neededISALevels & ~isaLevels != 0
  }

  static let glibcCachePath: ByteString = "/etc/ld.so.cache"
  static let muslDefaultDirectories: [ByteString] = ["/lib/", "/usr/local/lib/", "/usr/lib/"]

  static func glibc(
    interpreter path: ByteString, soname: ByteString?, strings: InterpreterStrings?,
    platform: LoaderPlatform, processor: Processor
  ) -> LoaderProfile {
    let directories = strings?.glibcDefaultDirectories ?? []
    let isTold = strings?.glibcCachePath != nil
    let levels = isTold ? strings?.glibcLevels ?? [] : platform.fallbackLevels
    let capabilities = LegacyCapabilities(
      processor, machine: platform.header.machine, kernelPlatform: platform.platform)
    let lib = strings?.glibcLib ?? platform.fallbackLib
    return LoaderProfile(
      libc: .glibc, interpreterPath: path, soname: soname ?? RootPath(normalising: path).name,
      defaultDirectories: directories.isEmpty ? platform.fallbackDefaultDirectories : directories,
      configurationPath: strings?.glibcCachePath ?? glibcCachePath,
      lib: lib, platform: capabilities.platform,
      levels: levels, activeLevels: processor.levels(among: levels),
      isaLevels: processor.isaLevels(among: levels),
      subdirectories: processor.levels(among: levels).map { "glibc-hwcaps/" + $0 + "/" }
        + (searchesLegacySubdirectories(strings) ? capabilities.subdirectories : []),
      capabilities: takesLegacyEntries(strings) ? capabilities : nil,
      isForBaseline: processor == .baseline,
      // Before 2.33, its multiarch `$LIB` is the sign.
      judgesMachineFirst: strings?.isDebianGlibc ?? lib.contains(UInt8(ascii: "/")))
  }

  /// glibc dropped them in 2.37, and tells its version since 2.33.
  private static func searchesLegacySubdirectories(_ strings: InterpreterStrings?) -> Bool {
    guard let strings, strings.glibcCachePath != nil else { return false }
    return strings.glibcMinorVersion.map { $0 < 37 } ?? true
  }

  /// In its cache, glibc takes them until 2.39.
  private static func takesLegacyEntries(_ strings: InterpreterStrings?) -> Bool {
    strings?.glibcMinorVersion.map { $0 < 40 } ?? true
  }

  static func musl(
    interpreter path: ByteString, strings: InterpreterStrings?, platform: LoaderPlatform
  ) -> LoaderProfile {
    // PREFIX is the interpreter's path less its last two names (musl ldso/dynlink.c, __dls3).
    let prefix = RootPath(normalising: path).parent.parent
    let named = architecture(ofInterpreter: RootPath(normalising: path).name)
    let architecture =
      strings?.muslArchitecture ?? named ?? platform.muslArchitectures.first.map { ByteString($0) }
      ?? "unknown"
    let directories = strings?.muslDefaultDirectories ?? []
    let file = prefix.appending("etc").appending("ld-musl-" + architecture + ".path")
    return LoaderProfile(
      libc: .musl, interpreterPath: path, soname: nil,
      defaultDirectories: directories.isEmpty ? muslDefaultDirectories : directories,
      configurationPath: file.text, lib: "", platform: nil, levels: [], activeLevels: [],
      isaLevels: .max, subdirectories: [], capabilities: nil, isForBaseline: true,
      judgesMachineFirst: false)
  }

  static func foreign(
    _ loader: ForeignLoader, interpreter path: ByteString, soname: ByteString?, _ header: ElfHeader
  ) -> LoaderProfile {
    LoaderProfile(
      libc: nil, foreign: loader, interpreterPath: path, soname: soname,
      defaultDirectories: loader.defaultDirectories(header), configurationPath: "", lib: "lib",
      platform: nil, levels: [], activeLevels: [], isaLevels: .max, subdirectories: [],
      capabilities: nil, isForBaseline: true, judgesMachineFirst: false)
  }

  /// `x86_64` of `ld-musl-x86_64.so.1`.
  private static func architecture(ofInterpreter name: ByteString) -> ByteString? {
    let prefix: ByteString = "ld-musl-"
    let suffix: ByteString = ".so.1"
    guard name.hasPrefix(prefix), name.hasSuffix(suffix),
      name.count > prefix.count + suffix.count
    else { return nil }
    return ByteString(name.bytes.dropFirst(prefix.count).dropLast(suffix.count))
  }
}
