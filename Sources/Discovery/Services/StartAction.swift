internal import FileTree

/// What a command that a service's start has does for it: makes directories, gives them away, becomes a user.
///
/// Source: install(1), mkdir(1), chown(1), chgrp(1), chmod(1), start-stop-daemon(8), su(1), runuser(1),
/// setpriv(1); OpenRC `checkpath`; runit `chpst`; initscripts' `daemon`.
enum StartAction {
  static func facts(of words: [ByteString?], _ evidence: Evidence) -> ServiceFacts {
    let command = words.drop { word in
      word.map { ShellWords.prefixes.contains(ConfigurationText.name(of: $0)) } ?? false
    }
    guard let program = command.first ?? nil else { return ServiceFacts() }
    let rest = command.dropFirst()
    switch ConfigurationText.name(of: program) {
    case "install": return install(rest, evidence)
    case "mkdir": return mkdir(rest, evidence)
    case "chown", "chgrp", "chmod":
      return change(ConfigurationText.name(of: program), rest, evidence)
    case "checkpath": return checkpath(rest, evidence)
    case "start-stop-daemon": return startStopDaemon(rest, evidence)
    case "su", "runuser", "setpriv", "chpst", "gosu", "su-exec", "daemon", "sudo":
      return become(rest, evidence)
    default: return ServiceFacts()
    }
  }

  // MARK: Directories

  private static func install(
    _ words: ArraySlice<ByteString?>, _ evidence: Evidence
  ) -> ServiceFacts {
    let options = CommandOptions(words, letters: "mogtS", names: ["mode", "owner", "group"])
    guard options["d", "directory"] != nil else { return ServiceFacts() }
    return made(
      options.operands, mode: options["m", "mode"], user: options["o", "owner"],
      group: options["g", "group"], evidence)
  }

  private static func mkdir(
    _ words: ArraySlice<ByteString?>, _ evidence: Evidence
  ) -> ServiceFacts {
    let options = CommandOptions(words, letters: "m", names: ["mode"])
    return made(
      options.operands, mode: options["m", "mode"], user: nil, group: nil, evidence)
  }

  private static func checkpath(
    _ words: ArraySlice<ByteString?>, _ evidence: Evidence
  ) -> ServiceFacts {
    let options = CommandOptions(words, letters: "mo", names: ["mode", "owner"])
    guard options["d", "directory", "D", "directory-truncate"] != nil else {
      return ServiceFacts()
    }
    let owner = options["o", "owner"].map { Owner($0) }
    return made(
      options.operands, mode: options["m", "mode"], user: owner?.user, group: owner?.group,
      evidence)
  }

  private static func change(
    _ command: ByteString, _ words: ArraySlice<ByteString?>, _ evidence: Evidence
  ) -> ServiceFacts {
    let options = CommandOptions(words, letters: "", names: [])
    guard let value = options.operands.first, !value.hasPrefix("/") else { return ServiceFacts() }
    let paths = Array(options.operands.dropFirst())
    switch command {
    case "chmod":
      return made(paths, mode: value, user: nil, group: nil, isMade: false, evidence)
    case "chgrp":
      return made(paths, mode: nil, user: nil, group: value, isMade: false, evidence)
    default:
      let owner = Owner(value)
      return made(
        paths, mode: nil, user: owner.user, group: owner.group, isMade: false, evidence)
    }
  }

  private static func made(
    _ paths: [ByteString], mode: ByteString?, user: ByteString?, group: ByteString?,
    isMade: Bool = true, _ evidence: Evidence
  ) -> ServiceFacts {
    var facts = ServiceFacts()
    facts.directories = paths.filter { $0.hasPrefix("/") && $0.count < PathResolver.textLimit }.map
    {
      Stated(
        ServiceDirectory(
          path: RootPath(normalising: $0),
          permissions: mode.flatMap { UInt16($0.description, radix: 8) }, user: user,
          group: group.map { .named($0) }, isMade: isMade),
        evidence)
    }
    return facts
  }

  // MARK: Users

  private static func startStopDaemon(
    _ words: ArraySlice<ByteString?>, _ evidence: Evidence
  ) -> ServiceFacts {
    let options = CommandOptions(
      words, letters: "pxanucgsdrNPIkRe",
      names: [
        "pidfile", "exec", "startas", "name", "user", "chuid", "group", "signal", "chdir",
        "chroot", "nicelevel", "procsched", "iosched", "umask", "retry", "env", "stdout",
        "stderr",
      ])
    // Debian's `--user` only looks for who runs it; that is the same user all the same.
    return user(options["c", "chuid"] ?? options["u", "user"], options["g", "group"], evidence)
  }

  private static func become(
    _ words: ArraySlice<ByteString?>, _ evidence: Evidence
  ) -> ServiceFacts {
    let options = CommandOptions(
      words, letters: "ugsc", names: ["user", "group", "reuid", "regid", "shell", "command"])
    let user = options["u", "user", "reuid"] ?? options.operands.first { $0 != "-" }
    return Self.user(user, options["g", "group", "regid"], evidence)
  }

  private static func user(
    _ name: ByteString?, _ group: ByteString?, _ evidence: Evidence
  ) -> ServiceFacts {
    var facts = ServiceFacts()
    let owner = name.map { Owner($0) }
    if let user = owner?.user { facts.users.append(Stated(user, evidence)) }
    if let group = group ?? owner?.group { facts.groups.append(Stated(group, evidence)) }
    return facts
  }

  /// `USER`, `USER:GROUP` or `:GROUP`.
  struct Owner {
    let user: ByteString?
    let group: ByteString?

    init(_ text: ByteString) {
      let sign = text.bytes.firstIndex(of: UInt8(ascii: ":"))
      let parts = [
        ByteString(text.bytes[..<(sign ?? text.count)]),
        ByteString(text.bytes[min(text.count, (sign ?? text.count) + 1)...]),
      ]
      user = parts[0].isEmpty ? nil : parts[0]
      group = parts[1].isEmpty ? nil : parts[1]
    }
  }
}
