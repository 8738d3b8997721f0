internal import FileTree

/// What a service has on a system: what it says, held against the accounts and directories of the root.
struct ServiceState {
  /// That the root knows, by name, each once for each place that says so; without root.
  private(set) var users: [Stated<ByteString>] = []
  private(set) var groups: [Stated<ByteString>] = []
  /// Wishes for directories, each path once.
  private(set) var directories: [Stated<Wish>] = []

  /// No service has more.
  private static let limit = 64
  private static let tops: [RootPath] = ["/var", "/run"]

  init(of facts: ServiceFacts, in root: inout RootView) {
    let accounts = ServiceAccounts(in: &root)
    for user in facts.users { add(user: user.value, user.evidence, accounts) }
    for group in facts.groups { add(group: group.value, group.evidence, accounts) }
    var stated = facts.directories
    if let directory = facts.workingDirectory {
      stated.append(Stated(ServiceDirectory(path: directory.value), directory.evidence))
    }
    for directory in stated.prefix(Self.limit) {
      if let user = directory.value.user { add(user: user, directory.evidence, accounts) }
      if case .named(let group) = directory.value.group {
        add(group: group, directory.evidence, accounts)
      }
    }
    stated += ownDirectories(in: &root)
    add(stated, accounts, in: &root)
  }

  private mutating func add(
    user word: ByteString, _ evidence: Evidence, _ accounts: ServiceAccounts
  ) {
    guard let name = accounts.userName(word), accounts.user(word) != 0, users.count < Self.limit
    else { return }
    let user = Stated(name, evidence)
    if !users.contains(user) { users.append(user) }
  }

  private mutating func add(
    group word: ByteString, _ evidence: Evidence, _ accounts: ServiceAccounts
  ) {
    guard let number = accounts.group(word), number != 0, groups.count < Self.limit,
      let name = accounts.groupName(word)
    else { return }
    // A user's own group comes with him.
    let isOwn = users.contains { accounts.group(ofUser: $0.value) == number }
    let group = Stated(name, evidence)
    if !isOwn, !groups.contains(group) { groups.append(group) }
  }

  // MARK: Directories

  /// Those that belong to a user whom a package made for its service, whoever made them: his home, and what
  /// lies where services keep their state.
  private func ownDirectories(in root: inout RootView) -> [Stated<ServiceDirectory>] {
    let made = Set(SystemAccounts.packageUsers(in: &root))
    var evidence: [UInt32: Evidence] = [:]
    let accounts = AccountFile.users.records(in: &root)
    for user in users where made.contains(user.value) {
      let record = accounts.first { $0[0] == user.value }
      if let number = record.flatMap({ UInt32($0[2].description) }), evidence[number] == nil {
        evidence[number] = user.evidence
      }
    }
    guard !evidence.isEmpty else { return [] }
    let homes = accounts.filter { record in
      UInt32(record[2].description).map { evidence[$0] != nil } ?? false
    }.map { RootPath(normalising: $0[5]) }
    let kept: [ByteString] = ["/var/lib", "/var/cache", "/var/log", "/var/spool", "/run"]
    let places = kept.flatMap { place in
      root.names(in: place).map { RootPath(normalising: place).appending($0) }
    }
    return (homes + places).compactMap { path in
      guard let status = root.resolve(path.text)?.status, status.kind == .directory,
        let evidence = evidence[status.owner.user]
      else { return nil }
      return Stated(ServiceDirectory(path: path), evidence)
    }
  }

  /// Brings together what is said of each directory: what is there counts before what is said of it.
  private mutating func add(
    _ stated: [Stated<ServiceDirectory>], _ accounts: ServiceAccounts, in root: inout RootView
  ) {
    var places: [RootPath: Int] = [:]
    var merged: [Stated<ServiceDirectory>] = []
    for directory in stated {
      let path = StateDirectories.current(directory.value.path)
      guard let place = places[path] else {
        places[path] = merged.count
        var own = ServiceDirectory(path: path, isMade: false)
        own.add(directory.value)
        merged.append(Stated(own, directory.evidence))
        continue
      }
      var known = merged[place].value
      known.add(directory.value)
      merged[place] = Stated(known, merged[place].evidence)
    }
    for directory in merged where Self.isState(directory.value.path) {
      guard directories.count < Self.limit else { return }
      guard let wish = wish(for: directory.value, accounts, in: &root) else { continue }
      directories.append(Stated(wish, directory.evidence))
    }
  }

  /// What every system has, and what is the system's own, is no service's.
  private static func isState(_ path: RootPath) -> Bool {
    tops.contains { path.isInside($0) && path != $0 } && path.parent != "/var"
      && !path.isInside("/run/systemd") && !path.isInside("/run/user") && path != "/run/lock"
  }

  /// Nil where nothing can be made: something else is there.
  private func wish(
    for directory: ServiceDirectory, _ accounts: ServiceAccounts, in root: inout RootView
  ) -> Wish? {
    let status = root.resolve(directory.path.text)?.status
    if let status, status.kind != .directory { return nil }
    if status == nil, !directory.isMade { return nil }
    let group =
      switch directory.group {
      case .named(let name): accounts.group(name)
      case .ofUser: directory.user.flatMap { accounts.group(ofUser: $0) }
      case nil: UInt32?.none
      }
    let said = FileStatus.Owner(
      user: directory.user.flatMap { accounts.user($0) } ?? 0, group: group ?? 0)
    let owner = status.map { $0.owner == .root ? said : $0.owner } ?? said
    return .directory(
      directory.path,
      permissions: (status?.permissions ?? directory.permissions ?? 0o755) & 0o1777,
      owner: owner == .root ? nil : owner)
  }
}
