internal import ELF
internal import FileTree
internal import Packages

/// Files that stand by their path in a program and lie in a directory that belongs to it: its
/// configuration below `/etc`, its data below `/usr/share`, and programs below `/usr/lib` that it
/// starts; and what that configuration names in the same places.
///
/// What lies in `/etc` itself describes the host or is many programs': it doesn't go into an image unasked.
struct NamedFiles: NeedSource {
  private static let tops: [ByteString] = [
    "/etc/", "/usr/share/", "/usr/lib/", "/usr/libexec/", "/usr/bin/", "/usr/sbin/", "/bin/",
    "/sbin/", "/var/lib/",
  ]
  private static let stateTops: [ByteString] = ["/var/", "/run/"]
  /// What has presets or sources of its own, or is for people.
  private static let others: [RootPath] = [
    "/etc/pki", "/etc/ssl", "/usr/share/doc", "/usr/share/info", "/usr/share/locale",
    "/usr/share/man", "/usr/share/terminfo", "/usr/share/zoneinfo",
  ]
  /// Of `/etc`, what every engine or preset brings, or describes the host.
  private static let hostFiles: Set<RootPath> = [
    "/etc/adjtime", "/etc/environment", "/etc/fstab", "/etc/group", "/etc/gshadow",
    "/etc/host.conf", "/etc/hostname", "/etc/hosts", "/etc/localtime", "/etc/machine-id",
    "/etc/motd", "/etc/mtab", "/etc/nsswitch.conf", "/etc/passwd", "/etc/profile",
    "/etc/protocols", "/etc/resolv.conf", "/etc/rpc", "/etc/services", "/etc/shadow",
    "/etc/timezone",
  ]
  /// In names of files that are configuration wherever they lie.
  private static let configurationMarks: [ByteString] = ["conf", "cfg", ".ini"]
  /// In bytes: no configuration is larger, and data that is has its own rules.
  private static let sizeLimit: UInt64 = 4 << 20
  private static let limit = 256

  private enum Kind { case data, command }

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    // Of scripts, only those that are started are looked at.
    guard object.isProgram || object.image == nil else { return [] }
    let family = PackageFamily(of: object.real, in: root)
    var search = Search(object: object, family: family)
    for path in NamedPaths.all(of: object, in: &root) { search.add(path, in: &root) }
    if !NeedSources.knowData(of: object, in: &root) { search.addConfiguration(in: &root) }
    search.followConfiguration(in: &root)
    return search.needs
  }

  /// What was found, and what of it may name more.
  private struct Search {
    let object: ObservedObject
    let family: PackageFamily
    private(set) var needs: [RuntimeNeed] = []
    private var seen: Set<ByteString> = []
    private var configuration: [ByteString] = []

    init(object: ObservedObject, family: PackageFamily) {
      self.object = object
      self.family = family
    }

    /// A path that stands in the object.
    mutating func add(_ path: NamedPaths.Path, in root: inout RootView) {
      guard tops.contains(where: { path.text.hasPrefix($0) }) else { return }
      add(path.text, .implied, Evidence(file: object.path, mark: path.mark), in: &root)
    }

    /// The configuration that the object's package, or one that is built with it, declares: what lies in a
    /// directory of its own, or has a name that stands in the object.
    mutating func addConfiguration(in root: inout RootView) {
      guard let package = family.package else { return }
      let evidence = Evidence(file: object.path, mark: .package(package.name))
      for path in family.configurationFiles(in: root) {
        add(path.text, .packaged, evidence, in: &root)
      }
    }

    mutating func add(
      _ path: ByteString, _ grade: Grade, _ evidence: Evidence, in root: inout RootView
    ) {
      guard needs.count < limit, !seen.contains(path),
        let (kind, isOwn) = kind(
          of: path, family, isConfigured: grade == .registered, in: &root)
      else { return }
      seen.insert(path)
      if kind == .data, !path.hasPrefix("/usr/") { configuration.append(path) }
      needs.append(
        RuntimeNeed(
          topic: Topic(kind == .data ? "files" : "commands"), grade: grade, evidence: evidence,
          wishes: [.path(path, at: nil)], isEssential: kind == .data || isOwn,
          purpose: kind == .data
            ? "a file of its own" : isOwn ? "a program of its own" : "a program that it starts"))
    }

    /// Other files that configuration names, also by patterns, and directories for state.
    mutating func followConfiguration(in root: inout RootView) {
      while let file = configuration.popLast(), needs.count < limit {
        addAccounts(of: file, in: &root)
        for (number, line) in root.lines(at: file) {
          for word in paths(in: ConfigurationText.withoutComment(line)) {
            follow(word, .line(number, of: file), in: &root)
          }
        }
      }
    }

    /// Users and groups of the system, of whom a program that looks them up has to know.
    private mutating func addAccounts(of file: ByteString, in root: inout RootView) {
      let facts = ConfiguredAccounts.facts(at: file, in: &root)
      func add(_ wishes: [Wish], _ evidence: Evidence, _ purpose: String) {
        guard !wishes.isEmpty, needs.count < limit else { return }
        needs.append(
          RuntimeNeed(
            topic: Topic("users"), grade: .registered, evidence: evidence, wishes: wishes,
            isEssential: true, purpose: purpose))
      }
      for user in facts.users where SystemAccounts.isSystems(user.value, in: &root) {
        add(
          SystemAccounts.wishes(users: [user.value], in: &root), user.evidence,
          "a user that its configuration names")
      }
      for group in facts.groups where group.value != "root" {
        add(
          SystemAccounts.wishes(ofGroup: group.value, in: &root), group.evidence,
          "a group that its configuration names")
      }
    }

    private mutating func follow(
      _ word: ByteString, _ evidence: Evidence, in root: inout RootView
    ) {
      if stateTops.contains(where: { word.hasPrefix($0) }) {
        addDirectory(for: word, evidence, in: &root)
      } else if tops.contains(where: { word.hasPrefix($0) }) {
        for path in PathPattern.paths(matching: word, in: &root) {
          add(path, .registered, evidence, in: &root)
        }
        // Some programs fail where a directory that is included isn't there.
        if PathPattern.isPattern(word) {
          addDirectory(for: word.directoryPart, evidence, in: &root)
        }
      }
    }

    private mutating func addDirectory(
      for text: ByteString, _ evidence: Evidence, in root: inout RootView
    ) {
      guard needs.count < limit, let directory = StateDirectories.directory(of: text, in: &root),
        seen.insert(directory.path.text + "/").inserted
      else { return }
      needs.append(
        RuntimeNeed(
          topic: StateDirectories.topic, grade: .registered, evidence: evidence,
          wishes: [directory.wish],
          isEssential: true, purpose: "a directory that its configuration names"))
    }
  }

  /// The absolute paths in a line, whatever stands around them.
  private static func paths(in line: ByteString) -> [ByteString] {
    line.split { byte in
      ConfigurationText.isBlank(byte) || "\"'`=;,(){}<>|".utf8.contains(byte)
    }.filter { $0.hasPrefix("/") && $0.count < PathResolver.textLimit }
  }

  /// What a file is, and whether it is of the object's own source package; nil for one that doesn't belong
  /// to a program.
  private static func kind(
    of text: ByteString, _ family: PackageFamily, isConfigured: Bool, in root: inout RootView
  ) -> (kind: Kind, isOwn: Bool)? {
    let path = RootPath(normalising: text)
    guard !others.contains(where: { path.isInside($0) }), let file = root.resolve(text),
      file.status.kind == .regular
    else { return nil }
    let isOwn = family.isOwn(file.real, in: root)
    let format = try? root.tree.programFormat(of: file.real)
    let isProgram =
      file.status.permissions & 0o111 != 0 && (format == .elf || format == .script)
    let isHelper = text.hasPrefix("/usr/lib")
    if isProgram {
      // Elsewhere are programs of everybody's, which a message may name.
      guard isHelper || isOwn, file.real != family.object else { return nil }
      return (.command, isOwn)
    }
    guard file.status.size <= sizeLimit,
      isOwn || mayBelong(path, isConfigured: isConfigured)
        || path.names.first == "etc" && !hostFiles.contains(path)
          && family.isWanted(file.real, in: root)
    else { return nil }
    return (.data, isOwn)
  }

  /// Whether a file lies in a directory of some program, or is configuration that is made of other files.
  ///
  /// - Parameter isConfigured: whether a program's own configuration names it: then it may be one of `/etc`
  ///   that many programs read.
  private static func mayBelong(_ path: RootPath, isConfigured: Bool) -> Bool {
    let depth = path.ancestors.count
    switch path.names.prefix(2) {
    case ["var", "lib"]:
      let name = ConfigurationText.lowercased(path.name)
      return depth >= 3 && configurationMarks.contains { ConfigurationText.contains($0, in: name) }
    case ["usr", "share"]: return depth >= 3
    case _ where path.names.first == "etc":
      return depth >= 2 || isConfigured && !hostFiles.contains(path)
    default: return false
    }
  }
}
