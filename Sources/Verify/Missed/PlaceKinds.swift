internal import FileTree

/// What kind of place in a root something is, by the order that all systems have.
///
/// Source: FHS 3.0, chapters 3 to 5; hier(7).
enum PlaceKinds {
  /// Directories that programs of all packages share: none is ever missed as a whole.
  private static let shared: Set<RootPath> = {
    var paths: Set<RootPath> = [
      "/", "/bin", "/boot", "/etc", "/home", "/lib", "/lib32", "/lib64", "/libx32", "/media",
      "/mnt", "/opt", "/root", "/run", "/sbin", "/srv", "/tmp", "/usr", "/usr/games", "/usr/src",
      "/var", "/var/cache", "/var/games", "/var/lib", "/var/lib/apt", "/var/lib/dpkg",
      "/var/local", "/var/lock", "/var/log", "/var/mail", "/var/opt", "/var/run", "/var/spool",
      "/var/tmp", "/run/lock", "/etc/default", "/etc/init.d", "/etc/alternatives",
    ]
    for top: RootPath in ["/usr", "/usr/local"] {
      for name: ByteString in ["bin", "sbin", "lib", "lib32", "lib64", "libx32", "libexec", "etc"] {
        paths.insert(top.appending(name))
      }
      let share = top.appending("share")
      paths.insert(share)
      for name: ByteString in [
        "applications", "bash-completion", "doc", "fonts", "icons", "info", "java", "locale", "man",
        "mime", "perl5", "pixmaps", "themes", "xml",
      ] { paths.insert(share.appending(name)) }
    }
    return paths
  }()
  /// Trees in which every directory is shared.
  private static let sharedTrees: [RootPath] = [
    "/usr/include", "/usr/share/locale", "/usr/share/man", "/usr/share/doc", "/usr/share/fonts",
  ]
  /// Where programs keep what they write.
  private static let states: [RootPath] = ["/var", "/run", "/srv", "/tmp"]
  /// What can be thrown away, and what only this machine has.
  private static let passing: [RootPath] = [
    "/var/cache", "/var/log", "/var/tmp", "/var/run", "/var/lock", "/var/spool", "/var/crash",
    "/var/lib/apt", "/var/lib/dpkg", "/var/lib/systemd", "/var/backups", "/run", "/tmp",
  ]
  /// What builds programs; looked for by what finds libraries in odd ways (Python's `ctypes.util`).
  private static let builders: Set<ByteString> = [
    "as", "c++", "c89", "c99", "cc", "clang", "clang++", "cpp", "g++", "gcc", "gold", "ld",
    "ld.bfd", "ld.gold", "ld.lld", "ldconfig", "ldconfig.real", "make", "objdump", "tcc",
  ]

  static func isShared(_ path: RootPath) -> Bool {
    shared.contains(path) || path.name.contains("-linux-")
      || sharedTrees.contains { path.isInside($0) }
  }

  static func isState(_ path: RootPath) -> Bool { states.contains { path.isInside($0) } }

  static func isPassing(_ path: RootPath) -> Bool { passing.contains { path.isInside($0) } }

  /// Whether only who builds programs needs a file.
  static func isForBuilding(_ path: RootPath) -> Bool {
    let name = path.name
    let isProgram = path.parent.name == "bin" || path.parent.name == "sbin"
    return path.isInside("/usr/include") || path.isInside("/usr/lib/gcc")
      || path.isInside("/usr/libexec/gcc") || name.hasSuffix(".h") || name.hasSuffix(".a")
      || isProgram && (builders.contains(name) || name.contains("-linux-gnu"))
  }

  /// Whether libraries are found in a directory by their names.
  static func isSearched(_ directory: RootPath) -> Bool {
    let names: Set<ByteString> = ["usr", "local", "lib", "lib32", "lib64", "libx32"]
    return directory.names.allSatisfy { names.contains($0) || $0.contains("-linux-") }
  }

  /// Whether a name is one of a library.
  static func isLibrary(_ name: ByteString) -> Bool {
    name.hasSuffix(".so") || name.contains(".so.")
  }
}

extension ByteString {
  fileprivate func contains(_ part: String) -> Bool { description.contains(part) }
}
