internal import FileTree

/// The names by which Mono opens a native module, in its order.
///
/// Source: Mono `mono/metadata/native-library.c` (`legacy_probe_for_module`,
/// `legacy_probe_transform_path`), `mono/utils/mono-dl.c` (`mono_dl_build_path`).
enum MonoModuleNames {
  /// The runtime's own symbols, and those that the compiler gives no library for.
  static let internals: Set<ByteString> = ["__Internal", "QCall"]

  /// - Parameters:
  ///   - module: as the code or a map names it.
  ///   - directories: of the assembly, and the one that the runtime looks in beside its program.
  static func candidates(for module: ByteString, in directories: [ByteString]) -> [ByteString] {
    var names: [ByteString] = []
    for name in variants(of: module) {
      if name.hasPrefix("/") {
        names += [name] + built(ConfigurationText.name(of: name), in: name.directoryPart)
      } else {
        for directory in directories { names += built(name, in: directory) }
        names += built(name, in: nil) + [name]
      }
    }
    var seen: Set<ByteString> = []
    return names.filter { seen.insert($0).inserted }
  }

  /// The name itself, without `.dll`, and with `lib` before it.
  private static func variants(of module: ByteString) -> [ByteString] {
    var variants = [module]
    if module.hasSuffix(".dll") { variants.append(ByteString(module.bytes.dropLast(4))) }
    let name = ConfigurationText.name(of: module)
    guard !name.hasPrefix("lib") else { return variants }
    variants.append(
      module.hasPrefix("/") ? module.directoryPart + "/lib" + name : "lib" + module)
    return variants
  }

  /// With the prefix and suffix of libraries, unless they are there.
  private static func built(_ name: ByteString, in directory: ByteString?) -> [ByteString] {
    let full =
      (name.hasPrefix("lib") ? name : "lib" + name) + (name.hasSuffix(".so") ? "" : ".so")
    return [directory.map { $0 + "/" + full } ?? full]
  }
}
