internal import FileTree

/// The last rung: what a run looked for and didn't find, and which option would have added it.
struct MissedFiles {
  /// The root that the bundle was packed from, or one like it.
  let source: any FileTree
  /// Whether an emulator ran the program: its own calls aren't the program's.
  let isEmulated: Bool

  /// What every container has from its engine or kernel, and what loaders look for and do without.
  private static let passedOver: [RootPath] = [
    "/proc", "/sys", "/dev", "/etc/hosts", "/etc/resolv.conf", "/etc/hostname", "/etc/ld.so.cache",
    "/etc/ld.so.preload", "/.emulator", "/run/systemd", "/var/run/nscd", "/etc/mtab",
  ]

  /// By the beginning of a path, the preset that brings it.
  private static let presets: [(prefix: ByteString, name: String)] = [
    ("/usr/share/zoneinfo", "timezone"), ("/etc/localtime", "timezone"),
    ("/usr/lib/locale", "locale"), ("/etc/ssl/certs", "ca-certificates"),
    ("/etc/pki/tls", "ca-certificates"), ("/etc/services", "services"),
    ("/etc/protocols", "services"), ("/etc/passwd", "users"), ("/etc/group", "users"),
    ("/etc/nsswitch.conf", "nss"), ("/usr/share/terminfo", "terminfo"),
    ("/lib/terminfo", "terminfo"), ("/etc/terminfo", "terminfo"), ("/bin/sh", "shell"),
    ("/usr/bin/sh", "shell"), ("/tmp", "tmp"),
  ]

  /// - Parameter paths: in the order of looking; what isn't in the source either is counted only.
  func result(of paths: [ByteString]?) -> RungResult {
    guard let paths else {
      return RungResult(
        .missed,
        .skipped(
          isEmulated ? "an emulated run isn't watched" : "this system lets nobody watch a run"))
    }
    var resolver = PathResolver(tree: source)
    var findings: [VerifyFinding] = []
    var others = 0
    var seen: Set<RootPath> = []
    for text in paths {
      let path = RootPath(normalising: text)
      guard !Self.passedOver.contains(where: { path.isInside($0) }), seen.insert(path).inserted
      else { continue }
      guard let kind = (try? resolver.resolve(text))?.status.kind else {
        others += 1
        continue
      }
      // Libraries try the usual directories one by one; only what is in them can be meant.
      if kind == .directory, path.names.count == 1, path != "/tmp" { continue }
      findings.append(Self.finding(path))
    }
    return RungResult(
      .missed, .passed, "\(findings.count) that the root has, \(others) that it hasn't either",
      findings: findings)
  }

  private static func finding(_ path: RootPath) -> VerifyFinding {
    VerifyFinding(
      .warns, path.description, "was looked for and isn't in the bundle", flag: flag(for: path))
  }

  private static func flag(for path: RootPath) -> String {
    if let preset = presets.first(where: { path.text.hasPrefix($0.prefix) }) {
      return "--with \(preset.name)"
    }
    let name = path.name.description
    if name.hasSuffix(".so") || name.contains(".so.") { return "--load \(path.name)" }
    return "--add \(path)"
  }
}
