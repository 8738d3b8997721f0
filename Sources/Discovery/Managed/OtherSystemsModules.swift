internal import FileTree

/// Modules of Windows and macOS that portable assemblies name for their methods there, and never call
/// elsewhere.
enum OtherSystemsModules {
  /// Those of Windows that are named without their suffix.
  private static let names: Set<ByteString> = [
    "advapi32", "bcrypt", "crypt32", "gdi32", "iphlpapi", "kernel32", "mscoree", "msvcrt", "ncrypt",
    "netapi32", "normaliz", "ntdll", "ole32", "oleaut32", "psapi", "rpcrt4", "secur32", "shell32",
    "user32", "version", "winhttp", "winmm", "ws2_32", "wtsapi32",
  ]

  private static let suffixes: [ByteString] = [".dll", ".drv", ".dylib"]

  static func contain(_ module: ByteString) -> Bool {
    let name = ConfigurationText.lowercased(module)
    return suffixes.contains(where: name.hasSuffix) || names.contains(name)
      || name.hasPrefix("/system/library/")
  }
}
