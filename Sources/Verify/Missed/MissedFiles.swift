internal import Discovery
internal import FileTree
internal import Sandbox

/// The last rung: what a run looked for and didn't find, and which option would have added it.
struct MissedFiles {
  /// The root that the bundle was packed from, or one like it.
  let source: any FileTree
  let bundle: any FileTree
  /// Whether an emulator ran the program: its own calls aren't the program's.
  let isEmulated: Bool

  /// What every container has from its engine or kernel, what describes a host or belongs to its users, and
  /// what loaders and resolvers look for and do without.
  private static let passedOver: [RootPath] = [
    "/.emulator", "/proc", "/sys", "/dev", "/etc/hosts", "/etc/resolv.conf", "/etc/hostname",
    "/etc/ld.so.cache", "/etc/ld.so.preload", "/etc/gai.conf", "/etc/host.conf", "/etc/mtab",
    "/usr/share/locale/locale.alias",
    "/run/systemd", "/run/nscd", "/var/run/nscd", "/root", "/home",
  ]
  /// In lines of a report.
  private static let limit = 20

  /// - Parameter run: nil where nobody watched.
  func result(of run: WatchedRun?) -> RungResult {
    guard let run else {
      return RungResult(
        .missed,
        .skipped(
          isEmulated ? "an emulated run isn't watched" : "this system lets nobody watch a run"))
    }
    var judgement = MissedJudgement(source: source, bundle: bundle)
    let looks = Self.merged(run)
    for look in looks { judgement.add(look) }
    let missed = judgement.missed + accounts(run)
    let others = looks.count - judgement.knownCount
    return RungResult(
      .missed, .passed,
      "\(judgement.knownCount) that the root has, \(others) that it hasn't either",
      findings: Self.findings(missed))
  }

  /// The looks that count, all at one path in one: what a program has made itself in the end isn't missed.
  private static func merged(_ run: WatchedRun) -> [MergedLook] {
    let made = Set(run.made.map { RootPath(normalising: $0) })
    var looks: [MergedLook] = []
    var places: [RootPath: Int] = [:]
    for look in run.missed {
      let path = RootPath(normalising: look.path)
      guard !path.isRoot, !passedOver.contains(where: { path.isInside($0) }),
        !made.contains(path), !path.names.contains("__pycache__")
      else { continue }
      if let place = places[path] {
        looks[place].purposes.insert(look.purpose)
        looks[place].isOfLoader = looks[place].isOfLoader && look.isOfLoader
      } else {
        places[path] = looks.count
        looks.append(
          MergedLook(
            path: path, text: look.path, purposes: [look.purpose], isOfLoader: look.isOfLoader))
      }
    }
    return looks
  }

  /// Users and groups of the root that were looked up and that the bundle doesn't know.
  private func accounts(_ run: WatchedRun) -> [MissedThing] {
    var (root, image) = (RootView(tree: source), RootView(tree: bundle))
    func missed(_ lookUps: Set<[ByteString]>, _ file: AccountFile) -> [ByteString] {
      guard !lookUps.isEmpty else { return [] }
      let names = Set(file.records(in: &root).map { $0[0] })
      let known = Set(file.records(in: &image, atLeast: 3).map { $0[0] })
      // What is farther off than the first name is something else of the program.
      let sought = Set(lookUps.compactMap { $0.first { names.contains($0) || known.contains($0) } })
      return sought.subtracting(known).sorted()
    }
    return missed(run.userWords, .users).map { MissedThing(account: "user", $0, "/etc/passwd") }
      + missed(run.groupWords, .groups).map { MissedThing(account: "group", $0, "/etc/group") }
  }

  private static func findings(_ missed: [MissedThing]) -> [VerifyFinding] {
    let shown = missed.prefix(limit).map(\.finding)
    let rest = missed.count - shown.count
    return shown + (rest > 0 ? [VerifyFinding(.warns, "", "and \(rest) more of the kind")] : [])
  }
}

/// All that a program wanted at one place.
struct MergedLook {
  let path: RootPath
  /// As the program wrote it first.
  let text: ByteString
  var purposes: Set<MissedLook.Purpose>
  /// Whether nobody but glibc's dynamic loader looked there.
  var isOfLoader: Bool
}
