internal import FileTree

/// What starts managed assemblies, which no kernel does by itself.
enum ManagedRuntime {
  case mono
  case dotnet

  /// The runtime that an assembly is for; nil for what is no assembly.
  ///
  /// Source: dotnet/runtime `docs/design/features/host-startup.md`: an application of .NET has a
  /// `NAME.runtimeconfig.json` or `NAME.deps.json` beside it.
  static func kind(of path: ByteString, in root: inout RootView) -> ManagedRuntime? {
    guard root.metadata(at: path) != nil else { return nil }
    return DotnetFiles(beside: path).isApplication(in: &root) ? .dotnet : .mono
  }

  /// The program that starts them, as an engine's search path finds it; nil if this root has none.
  func program(in root: inout RootView) -> ByteString? {
    let name: ByteString =
      switch self {
      case .mono: "mono"
      case .dotnet: "dotnet"
      }
    return ScriptChain.searchPath.map { $0 + "/" + name }.first { root.isFile($0) }
  }
}
