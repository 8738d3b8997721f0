internal import ELF
internal import FileTree

/// A Mono runtime and where it looks, once it lies at its place in the bundle.
///
/// Source: Mono `mono/metadata/assembly.c` (`mono_set_rootdir`, `set_dirs`, `compute_base`), which reads
/// `/proc/self/exe`; `mono/metadata/mono-config.c` (`mono_config_parse`).
struct MonoRuntime: Sendable {
  let header: ElfHeader
  /// In-root, as it is opened.
  let path: ByteString
  /// The library directory above `mono/4.5` and `mono/gac`.
  let libraries: ByteString
  /// The directory above `mono/config`.
  let configuration: ByteString

  /// The assembly that every other one refers to.
  static let base: ByteString = "mscorlib"
  /// The version of the class library; it is compiled in.
  static let version: ByteString = "4.5"

  /// `$mono_libdir`, as the runtime writes it.
  var nativeDirectory: ByteString { libraries + "/../lib" }

  /// Nil for a file that isn't ELF.
  ///
  /// - Parameter place: the program's in the bundle; a library may be the runtime of a program.
  init?(at path: ByteString, for place: RootPath, in root: inout RootView) {
    guard let file = try? root.open(path), let header = try? ElfHeader(reading: file) else {
      return nil
    }
    self.header = header
    self.path = path
    let texts = ObjectStrings(at: path, in: &root).paths
    // MONO_ASSEMBLIES and MONO_CFG_DIR, as most systems have them where this root hasn't got Mono.
    let libraries =
      texts.first { root.isFile($0 + "/mono/" + Self.version + "/" + Self.base + ".dll") }
      ?? "/usr/lib"
    let configuration = texts.first { root.isFile($0 + "/mono/config") } ?? "/etc"
    // MONO_BINDIR is compared with in the code itself, so it isn't among the texts.
    let programs = libraries.directoryPart + "/bin"
    guard let base = Self.base(of: place), !place.text.hasPrefix(programs),
      root.isDirectory(base + "/lib/mono/" + Self.version)
    else {
      (self.libraries, self.configuration) = (libraries, configuration)
      return
    }
    self.libraries = base + "/lib"
    self.configuration = base + "/etc"
  }

  /// `/opt/mono` of `/opt/mono/bin/mono`; nil for a program that lies in no `bin` directory.
  private static func base(of place: RootPath) -> ByteString? {
    guard place.parent.name == "bin", !place.parent.parent.isRoot else { return nil }
    return place.parent.parent.text
  }

  /// The files that the runtime reads whatever the program: the configuration and the class library's
  /// base.
  ///
  /// - Parameter hasBase: whether the program has that inside.
  func ownFiles(hasBase: Bool, in root: inout RootView) -> [ByteString] {
    let base = libraries + "/mono/" + Self.version + "/" + Self.base + ".dll"
    let configurations = [
      configuration + "/mono/config",
      configuration + "/mono/" + Self.version + "/machine.config",
    ]
    return (configurations + (hasBase ? [] : [base])).filter { root.isFile($0) }
  }

  /// Every place where an assembly may be, in the runtime's order.
  ///
  /// Source: Mono `mono/metadata/assembly.c` (`mono_assembly_load_from_gac`,
  /// `mono_assembly_load_full_nosearch`), `mono/metadata/appdomain.c` (`try_assembly_resolve`); versions of
  /// the framework are unified, so another version in the global cache answers too.
  func candidates(
    for reference: CilMetadata.Reference, beside directory: ByteString, in root: inout RootView
  ) -> [ByteString] {
    let cache = libraries + "/mono/gac/" + reference.name
    let file = reference.name + ".dll"
    let exact = reference.version + "_" + reference.culture + "_" + reference.token
    let others = root.names(in: cache).reversed().filter {
      $0 != exact && $0.hasSuffix("_" + reference.culture + "_" + reference.token)
    }
    let classLibrary = libraries + "/mono/" + Self.version
    return ([exact] + others).map { cache + "/" + $0 + "/" + file }
      + [
        directory + "/" + file, directory + "/" + reference.name + ".exe",
        directory + "/" + reference.name + "/" + file, classLibrary + "/" + file,
        classLibrary + "/Facades/" + file,
      ]
  }

  /// The places of an assembly's own configuration.
  ///
  /// Source: Mono `mono/metadata/mono-config.c` (`mono_config_for_assembly_internal`).
  func configurations(of name: ByteString, at path: ByteString) -> [ByteString] {
    [path + ".config", configuration + "/mono/assemblies/" + name + "/" + name + ".config"]
  }
}
