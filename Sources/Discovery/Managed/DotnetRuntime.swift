internal import FileTree

/// The installed .NET that an application without its own runtime uses.
///
/// Source: dotnet/runtime `docs/design/features/host-startup.md` and
/// `docs/design/features/framework-version-resolution.md`; `src/native/corehost/hostmisc/pal.unix.cpp`
/// (`get_dotnet_self_registered_dir`, `get_default_installation_dir`).
struct DotnetRuntime: Sendable {
  /// In-root, without links.
  let directory: ByteString
  /// What the host opens before anything else; nil if there is none.
  let resolver: ByteString?

  /// The directory that `dotnet` lies in, the one that is registered, or a usual one; nil if this root
  /// has none.
  init?(in root: inout RootView) {
    let program = ManagedRuntime.dotnet.program(in: &root).flatMap { root.resolve($0) }
    let registered = root.lines(at: "/etc/dotnet/install_location").first.map {
      ConfigurationText.trim($0.text)
    }
    let places =
      [program?.real.parent.text, registered].compactMap(\.self) + [
        "/usr/share/dotnet", "/usr/lib/dotnet", "/usr/lib64/dotnet",
      ]
    guard let directory = places.first(where: { root.isDirectory($0 + "/host/fxr") }) else {
      return nil
    }
    self.directory = directory
    let resolvers = directory + "/host/fxr"
    let newest = root.names(in: resolvers).compactMap { name in
      DotnetVersion(name).map { (name: name, version: $0) }
    }.max { $0.version < $1.version }
    resolver = newest.map { resolvers + "/" + $0.name + "/libhostfxr.so" }
  }

  /// The directory of a framework: the same major version, at least the minor one that is asked for, of
  /// that the lowest, and of its patches the highest.
  func directory(
    of framework: DotnetConfiguration.Framework, in root: inout RootView
  ) -> ByteString? {
    let parent = directory + "/shared/" + ByteString(framework.name)
    guard let wanted = DotnetVersion(ByteString(framework.version)) else { return nil }
    let usable = root.names(in: parent).compactMap { name in
      DotnetVersion(name).map { (name: name, version: $0) }
    }.filter { $0.version.major == wanted.major && $0.version >= wanted }
    let minor = usable.map(\.version.minor).min()
    let best = usable.filter { $0.version.minor == minor }.max { $0.version < $1.version }
    return best.map { parent + "/" + $0.name }
  }
}

/// A version of .NET, as directories are named.
struct DotnetVersion: Comparable {
  let major: Int
  let minor: Int
  let patch: Int

  /// Nil for a name that isn't one; what is behind a dash counts for nothing.
  init?(_ text: ByteString) {
    let numbers = text.bytes.prefix { $0 != UInt8(ascii: "-") }.split(separator: UInt8(ascii: "."))
      .map { Int(String(decoding: $0, as: UTF8.self)) }
    guard numbers.count == 3, let major = numbers[0], let minor = numbers[1], let patch = numbers[2]
    else { return nil }
    (self.major, self.minor, self.patch) = (major, minor, patch)
  }

  static func < (left: Self, right: Self) -> Bool {
    (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
  }
}
