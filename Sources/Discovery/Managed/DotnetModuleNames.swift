internal import FileTree

/// The names by which the runtime of .NET opens a native module, in its order.
///
/// Source: dotnet/runtime `src/coreclr/vm/nativelibrary.cpp` (`DetermineLibNameVariations`).
enum DotnetModuleNames {
  static func candidates(for module: ByteString, in directories: [ByteString]) -> [ByteString] {
    let hasSuffix = module.hasSuffix(".so") || ConfigurationText.contains(".so.", in: module)
    let names: [ByteString] =
      hasSuffix
      ? [module, "lib" + module, module + ".so", "lib" + module + ".so"]
      : ["lib" + module + ".so", module + ".so", module, "lib" + module]
    if module.hasPrefix("/") { return [module, module + ".so"] }
    return directories.flatMap { directory in names.map { directory + "/" + $0 } } + names
  }
}
