internal import ELF
internal import FileTree

/// What the C library's name service switch needs: its configuration, made anew, and its modules.
///
/// Source: nsswitch.conf(5); glibc `nss/nsswitch.c`, `nss/nss_module.c`.
enum NameServices {
  private static let configuration: ByteString = "/etc/nsswitch.conf"
  /// What programs look up.
  static let databases = ["passwd", "group", "hosts", "services", "protocols"]

  /// Services that ask a daemon of the host, which an image hasn't: nss-systemd(8), nss-resolve(8),
  /// nss-mymachines(8), sssd(8), winbindd(8), nslcd(8), and the README of nss-mdns.
  private static let daemons: Set<ByteString> = [
    "systemd", "resolve", "mymachines", "sss", "winbind", "wins", "ldap", "mdns", "mdns4",
    "mdns6", "mdns_minimal", "mdns4_minimal", "mdns6_minimal",
  ]

  /// - Parameters:
  ///   - databases: `hosts`, `passwd` and their like.
  ///   - asksDaemons: whether services count that ask a daemon.
  static func wishes(
    databases: [String], asksDaemons: Bool = false, in root: inout RootView
  ) -> [Wish] {
    var lines: [ByteString] = []
    var modules: [Wish] = []
    var files: [Wish] = []
    for database in databases {
      let services = services(of: database, asksDaemons: asksDaemons, in: &root)
      lines.append(
        ByteString(database + ": ")
          + ByteString(Array(services.map(\.bytes).joined(separator: [UInt8(ascii: " ")]))))
      if database == "hosts", services.contains("files") { files = [localNames] }
      for service in services where service.bytes.first != UInt8(ascii: "[") {
        if isBuiltIn(service, in: &root) { continue }
        modules.append(
          .library(names: ["libnss_" + service + ".so.2"], caller: PresetWishes.libc))
      }
    }
    return [.lines(RootPath(normalising: configuration), lines)] + files + modules
  }

  /// What `files` says of host names. Engines mount a file of their own over it; a bundle that runs
  /// without one has no other place that knows `localhost`.
  private static let localNames = Wish.lines(
    "/etc/hosts", ["127.0.0.1 localhost", "::1 localhost ip6-localhost ip6-loopback"])

  /// Services of a database that the configuration names and that only a daemon can answer.
  static func daemonNeeds(
    of database: String, purpose: String, in root: inout RootView
  ) -> [RuntimeNeed] {
    guard let line = line(of: database, in: &root) else { return [] }
    // systemd's knows no user that the files don't, but those of services that it starts itself.
    return line.services.filter {
      daemons.contains($0) && $0 != "systemd" && hasModule($0, in: &root)
    }.map {
      service in
      RuntimeNeed(
        topic: Topic("nss"), grade: .registered,
        evidence: Evidence(file: configuration, mark: .line(line.number)),
        wishes: wishes(databases: [database], asksDaemons: true, in: &root), isEssential: false,
        purpose: purpose + " by asking a daemon (\(service))")
    }
  }

  /// Host names by an own hosts file and DNS alone.
  static func standaloneHosts(in root: inout RootView) -> [Wish] {
    let modules = (["files", "dns"] as [ByteString]).filter { !isBuiltIn($0, in: &root) }
    return [
      .lines(RootPath(normalising: configuration), ["hosts: files dns"]),
      localNames,
    ] + modules.map { .library(names: ["libnss_" + $0 + ".so.2"], caller: PresetWishes.libc) }
  }

  /// The services of a database with the actions between them, as the root's configuration says, or
  /// as glibc does without one.
  private static func services(
    of database: String, asksDaemons: Bool, in root: inout RootView
  ) -> [ByteString] {
    var usable: [ByteString] = []
    var isUsable = false
    for word in line(of: database, in: &root)?.services ?? [] {
      // An action says what comes of the service before it, and goes with that.
      if word.bytes.first != UInt8(ascii: "[") {
        // A service whose module isn't in the root is one that the root does without.
        isUsable =
          (asksDaemons || !daemons.contains(word))
          && (isBuiltIn(word, in: &root) || hasModule(word, in: &root))
      }
      if isUsable { usable.append(word) }
    }
    if !usable.isEmpty { return usable }
    return database == "hosts" ? ["files", "dns"] : ["files"]
  }

  /// What the configuration's line of a database says.
  private static func line(
    of database: String, in root: inout RootView
  ) -> (number: Int, services: [ByteString])? {
    for (number, line) in root.lines(at: configuration) {
      let text = line.bytes.prefix { $0 != UInt8(ascii: "#") }
      guard let colon = text.firstIndex(of: UInt8(ascii: ":")),
        ByteString(text[..<colon].filter { !isSpace($0) }) == ByteString(database)
      else { continue }
      return (number, words(text[(colon + 1)...]))
    }
    return nil
  }

  /// Words, an action in brackets being one with all that is in it.
  private static func words(_ text: ArraySlice<UInt8>) -> [ByteString] {
    var words: [ByteString] = []
    var word: [UInt8] = []
    var isAction = false
    for byte in text {
      if byte == UInt8(ascii: "[") { isAction = true }
      if isSpace(byte) && !isAction {
        if !word.isEmpty { words.append(ByteString(word)) }
        word = []
      } else {
        word.append(byte)
      }
      if byte == UInt8(ascii: "]") { isAction = false }
    }
    if !word.isEmpty { words.append(ByteString(word)) }
    return words
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }

  /// Whether libc has the service itself: `files` and `dns` since glibc 2.34, under these names.
  private static func isBuiltIn(_ service: ByteString, in root: inout RootView) -> Bool {
    let symbol: ByteString
    switch service {
    case "files": symbol = "_nss_files_getpwnam_r"
    case "dns": symbol = "_nss_dns_gethostbyname4_r"
    default: return false
    }
    for directory in root.systemDirectories {
      guard let file = try? root.open(directory + PresetWishes.libc) else { continue }
      return (try? ElfImage.symbols([symbol], areDefinedIn: file)) ?? false
    }
    return false
  }

  private static func hasModule(_ service: ByteString, in root: inout RootView) -> Bool {
    root.systemDirectories.contains { root.isFile($0 + "libnss_" + service + ".so.2") }
  }
}
