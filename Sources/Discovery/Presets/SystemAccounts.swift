internal import FileTree

/// Users and groups of the root that something names: what they are called and their numbers, and
/// nobody else's.
///
/// Source: passwd(5), group(5).
enum SystemAccounts {
  /// The lines for some names; a name that the root doesn't know is passed over.
  static func wishes(
    users: [ByteString] = [], groups: [ByteString] = [], in root: inout RootView
  ) -> [Wish] {
    var passwd = AccountFile.users.records(in: &root)
    var group = AccountFile.groups.records(in: &root)
    // Who isn't there may only not be there yet.
    if !Set(users).isSubset(of: passwd.map { $0[0] })
      || !Set(groups).isSubset(of: group.map { $0[0] })
    {
      passwd += root.declaredAccounts.users
      group += root.declaredAccounts.groups
    }
    let found = users.compactMap { name in passwd.first { $0[0] == name } }
    // A user's own group has a name as well.
    let named = groups.compactMap { name in group.first { $0[0] == name } }
    let own = found.compactMap { user in group.first { $0[2] == user[3] } }
    var wishes: [Wish] = []
    if !found.isEmpty { wishes.append(.lines("/etc/passwd", found.map(passwdLine))) }
    if !(own + named).isEmpty {
      wishes.append(.lines("/etc/group", (own + named).map { $0[0] + ":x:" + $0[2] + ":" }))
    }
    return wishes
  }

  /// Whether a user is neither root nor a person; Debian policy 9.2.2.
  static func isSystems(_ name: ByteString, in root: inout RootView) -> Bool {
    AccountFile.users.records(in: &root).contains { fields in
      guard fields[0] == name, let number = UInt32(fields[2].description) else { return false }
      return (1...999).contains(number) || (60_000...64_999).contains(number)
    }
  }

  /// The lines for a group, and for the user of the same name whose own it is: what is given to one is looked
  /// up for the other.
  static func wishes(ofGroup name: ByteString, in root: inout RootView) -> [Wish] {
    let number = AccountFile.groups.records(in: &root).first { $0[0] == name }?[2]
    let user = AccountFile.users.records(in: &root).first { $0[0] == name && $0[3] == number }
    return wishes(users: user.map { [$0[0]] } ?? [], groups: [name], in: &root)
  }

  /// The names of users that the root's packages have made for themselves.
  ///
  /// Source: Debian policy 9.2.2: from 100 to 999, and from 60000 to 64999; smaller numbers belong to
  /// users that every system has, and to words such as `mail`.
  static func packageUsers(in root: inout RootView) -> [ByteString] {
    AccountFile.users.records(in: &root).filter { fields in
      guard let number = UInt32(fields[2].description) else { return false }
      return (100...999).contains(number) || (60_000...64_999).contains(number)
    }.map { $0[0] }
  }

  /// Nobody logs in to a bundle, but programs do ask where a user's files are.
  private static func passwdLine(_ fields: [ByteString]) -> ByteString {
    fields[0] + ":x:" + fields[2] + ":" + fields[3] + ":" + fields[0] + ":" + fields[5]
      + ":/sbin/nologin"
  }

  /// The directories for a user's state: the home, and those that the system makes for him at its start.
  static func stateDirectories(of user: ByteString, in root: inout RootView) -> [Wish] {
    let record = AccountFile.users.records(in: &root).first { $0[0] == user }
    guard let record else { return [] }
    let home = record[5]
    var wishes: [Wish] = []
    if ["/var/", "/run/", "/srv/"].contains(where: { home.hasPrefix($0) }) {
      let status = root.resolve(home)?.status
      if status.map({ $0.kind == .directory }) ?? home.hasPrefix("/run/") {
        wishes.append(
          .directory(
            RootPath(normalising: home), permissions: (status?.permissions ?? 0o755) & 0o1777))
      }
    }
    return wishes
      + root.declaredDirectories.all.filter { $0.owner == user || $0.owner == record[2] }.map {
        .directory($0.path, permissions: $0.permissions)
      }
  }
}
