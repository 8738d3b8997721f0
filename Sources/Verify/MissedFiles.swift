internal import Discovery
internal import FileTree
internal import Sandbox

/// The last rung: what a run looked for and didn't find, and which option would have added it.
struct MissedFiles {
  /// The root that the bundle was packed from, or one like it.
  let source: any FileTree
  /// Whether an emulator ran the program: its own calls aren't the program's.
  let isEmulated: Bool

  /// What every container has from its engine or kernel, what describes a host or belongs to its users, and
  /// what loaders and resolvers look for and do without.
  private static let passedOver: [RootPath] = [
    "/.emulator", "/proc", "/sys", "/dev", "/etc/hosts", "/etc/resolv.conf", "/etc/hostname",
    "/etc/ld.so.cache", "/etc/ld.so.preload", "/etc/gai.conf", "/etc/host.conf", "/etc/mtab",
    "/run/systemd", "/var/run/nscd", "/root", "/home",
  ]
  /// What other presets bring that need a program to point to something.
  private static let registered: [(place: RootPath, topic: String)] = [
    ("/etc/ssl/openssl.cnf", "openssl"), ("/usr/lib/ssl/openssl.cnf", "openssl"),
    ("/etc/pam.d", "pam"), ("/etc/krb5.conf", "krb5"), ("/etc/pkcs11", "p11-kit"),
    ("/etc/ssl/certs", "ca-certificates"), ("/usr/lib/ssl/certs", "ca-certificates"),
    ("/usr/lib/ssl/cert.pem", "ca-certificates"), ("/etc/pki/tls", "ca-certificates"),
    ("/etc/fonts", "fontconfig"), ("/usr/share/fonts", "fonts"),
    ("/usr/lib/locale", "locale"), ("/etc/localtime", "timezone"),
    ("/usr/share/zoneinfo", "timezone"),
  ]
  /// In lines of a report.
  private static let limit = 20

  /// - Parameter paths: in the order of looking; what isn't in the source either is counted only.
  func result(of looks: [MissedLook]?) -> RungResult {
    guard let looks else {
      return RungResult(
        .missed,
        .skipped(
          isEmulated ? "an emulated run isn't watched" : "this system lets nobody watch a run"))
    }
    var resolver = PathResolver(tree: source)
    var missed: [RootPath] = []
    var others = 0
    var seen: Set<RootPath> = []
    for look in looks {
      let text = look.path
      let path = RootPath(normalising: text)
      guard !Self.passedOver.contains(where: { path.isInside($0) }), seen.insert(path).inserted
      else { continue }
      if let file = try? resolver.resolve(text) {
        if Self.isWorthTelling(path, file) { missed.append(path) }
      } else {
        others += 1
      }
    }
    return RungResult(
      .missed, .passed, "\(missed.count) that the root has, \(others) that it hasn't either",
      findings: findings(missed))
  }

  /// Libraries and runtimes try the usual directories one by one, and files that they would make.
  private static func isWorthTelling(_ path: RootPath, _ file: ResolvedPath) -> Bool {
    if path.names.contains("__pycache__") { return false }
    guard file.status.kind == .directory, let top = path.names.first else { return true }
    return ["tmp", "run", "var", "srv", "opt"].contains(top)
      && (path.names.count > 1 || top == "tmp")
  }

  private func findings(_ missed: [RootPath]) -> [VerifyFinding] {
    guard !missed.isEmpty else { return [] }
    let places =
      PresetContents.places(in: source).map { ($0.place, $0.topic.name) } + Self.registered
    let shown = missed.prefix(Self.limit).map { path in
      VerifyFinding(
        .warns, path.description, "was looked for and isn't in the bundle",
        flag: Self.flag(for: path, places))
    }
    let rest = missed.count - shown.count
    return shown + (rest > 0 ? [VerifyFinding(.warns, "", "and \(rest) more files")] : [])
  }

  private static func flag(
    for path: RootPath, _ places: [(place: RootPath, topic: String)]
  ) -> String {
    if let preset = places.first(where: { path.isInside($0.place) }) {
      return "--with \(preset.topic)"
    }
    let name = path.name.description
    // A library is searched by its name where all are, and by its path anywhere else.
    guard name.hasSuffix(".so") || name.contains(".so.") else { return "--add \(path)" }
    let isSearched = path.parent.names.allSatisfy {
      $0 == "usr" || $0.hasPrefix("lib") || $0.contains("-linux-")
    }
    return "--load \(isSearched ? path.name : path.text)"
  }
}

extension ByteString {
  fileprivate func contains(_ part: String) -> Bool { description.contains(part) }
}
