internal import FileTree

/// Where programs keep what is theirs, and what in such places is somebody else's.
///
/// Source: Filesystem Hierarchy Standard 3.0, 3.7 `/etc`, 4.6 `/usr/lib`, 4.11 `/usr/share`.
enum PrivatePlaces {
  static let tops: [RootPath] = [
    "/usr/share", "/usr/lib", "/usr/libexec", "/usr/lib64", "/lib", "/usr/local/share",
    "/usr/local/lib", "/usr/local/libexec", "/opt", "/etc", "/srv",
  ]
  /// What has presets or rules of its own, is for people, compilers, desktops or the host, or is many
  /// programs' in common.
  private static let others: [RootPath] = [
    "/etc/alternatives", "/etc/apparmor.d", "/etc/apt", "/etc/cron.d", "/etc/cron.daily",
    "/etc/cron.weekly", "/etc/cron.monthly", "/etc/default", "/etc/dhcp", "/etc/dpkg",
    "/etc/network", "/etc/NetworkManager", "/etc/ppp", "/etc/profile.d", "/etc/resolvconf",
    "/etc/insserv.conf.d", "/etc/initramfs-tools", "/etc/kernel", "/etc/rc.local", "/etc/emacs",
    "/etc/init.d", "/etc/ld.so.conf.d", "/etc/logrotate.d", "/etc/pam.d", "/etc/pki", "/etc/skel",
    "/etc/ssl", "/etc/systemd", "/etc/ufw", "/etc/X11", "/etc/xdg", "/usr/lib/debug",
    "/usr/lib/gcc", "/usr/lib/locale",
    "/usr/lib/modules",
    "/usr/lib/sysusers.d", "/usr/lib/systemd", "/usr/lib/tmpfiles.d", "/usr/lib/udev",
    "/usr/share/applications", "/usr/share/bash-completion", "/usr/share/ca-certificates",
    "/usr/share/doc", "/usr/share/doc-base", "/usr/share/fonts",
    "/usr/share/icons", "/usr/share/info", "/usr/share/lintian", "/usr/share/locale",
    "/usr/share/man", "/usr/share/menu", "/usr/share/metainfo", "/usr/share/mime",
    "/usr/share/pixmaps", "/usr/share/pkgconfig", "/usr/share/terminfo", "/usr/share/themes",
    "/usr/share/zoneinfo",
  ]
  /// Directories with these names are for compilers, people or the C library wherever they lie.
  private static let otherNames: Set<ByteString> = [
    "include", "pkgconfig", "cmake", "man", "doc", "gconv", "getconf",
  ]

  /// Whether a physical path may be of one program alone: below such a top, in a directory of its own.
  static func contain(_ path: RootPath) -> Bool {
    guard let top = tops.last(where: { path.isInside($0) && path != $0 }),
      !others.contains(where: { path.isInside($0) }),
      otherNames.isDisjoint(with: path.names)
    else { return false }
    // Libraries of a machine lie one level deeper: `/usr/lib/x86_64-linux-gnu/NAME`.
    let below = path.names.count - top.names.count
    // Directories of snippets are the system's.
    if path.names[top.names.count].hasSuffix(".d") { return false }
    let isMachine = top.names.last == "lib" && isTriplet(path.names[top.names.count])
    return below >= (isMachine ? 2 : 1)
  }

  /// The topmost directory around a physical path that may be of one program alone; nil where none may.
  static func top(of path: RootPath) -> RootPath? {
    ([path] + path.ancestors).filter(contain).min { $0.names.count < $1.names.count }
  }

  /// `x86_64-linux-gnu` and its like.
  static func isTriplet(_ name: ByteString) -> Bool {
    name.split { $0 == UInt8(ascii: "-") }.count == 3
      && ConfigurationText.contains("-linux-", in: name)
  }
}
