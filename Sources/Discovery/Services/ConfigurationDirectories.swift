internal import FileTree

/// Directories of configuration fragments, of which the administrator's hide those of packages.
///
/// Source: tmpfiles.d(5), sysusers.d(5), systemd.unit(5).
enum ConfigurationDirectories {
  private static let places: [ByteString] = [
    "/etc/", "/run/", "/usr/local/lib/", "/usr/lib/",
  ]

  /// The files of a kind: of files with one name, the first hides the others. In the order of their names.
  ///
  /// - Parameter directory: such as `tmpfiles.d`.
  static func files(of directory: ByteString, in root: inout RootView) -> [ByteString] {
    var paths: [ByteString: ByteString] = [:]
    for place in places {
      for name in root.names(in: place + directory)
      where name.hasSuffix(".conf") && paths[name] == nil {
        paths[name] = place + directory + "/" + name
      }
    }
    return paths.sorted { $0.key < $1.key }.map(\.value)
  }
}
