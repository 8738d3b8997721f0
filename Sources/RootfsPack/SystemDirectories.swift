internal import FileTree

/// The directories whose files keep their paths in a bundle.
enum SystemDirectories {
  static func contain(_ path: RootPath) -> Bool {
    guard let top = path.names.first, path.names.count > 1 else { return false }
    return ["usr", "bin", "sbin", "opt"].contains(top) || top.hasPrefix("lib")
  }

  /// Whether a directory holds libraries or the loader's configuration: nothing of the host's that
  /// may answer for a sysroot.
  static func holdLibraries(_ directory: RootPath) -> Bool {
    guard let top = directory.names.first else { return true }
    return top == "usr" || top.hasPrefix("lib") || directory == "/etc"
  }
}
