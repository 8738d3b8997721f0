internal import FileTree

/// Users and groups that a system makes when it starts and that aren't there yet, as in a root that never
/// has: with the numbers that they would get.
///
/// Source: sysusers.d(5); systemd `src/sysusers/sysusers.c`.
struct DeclaredAccounts {
  /// As in passwd(5).
  private(set) var users: [[ByteString]] = []
  /// As in group(5).
  private(set) var groups: [[ByteString]] = []

  /// Where a number isn't said, the highest that is free (`SYS_UID_MAX`).
  private static let numbers: ClosedRange<UInt32> = 1...999
  /// No system has more.
  private static let limit = 1 << 12

  private struct Line {
    let isGroup: Bool
    let name: ByteString
    let identity: ByteString
    let home: ByteString
  }

  init(in root: inout RootView) {
    let lines = Self.lines(in: &root)
    guard !lines.isEmpty else { return }
    let passwd = AccountFile.users.records(in: &root)
    let group = AccountFile.groups.records(in: &root)
    var userNames = Set(passwd.map { $0[0] })
    var groupNumbers = Dictionary(group.map { ($0[0], $0[2]) }) { first, _ in first }
    var taken = Set((passwd + group).compactMap { UInt32($0[2].description) })
    for line in lines { taken.formUnion(Self.numbers(of: line.identity)) }
    func free() -> UInt32? {
      let number = Self.numbers.reversed().first { !taken.contains($0) }
      if let number { taken.insert(number) }
      return number
    }
    // Groups first: a user's group may be one of them.
    for line in lines.filter(\.isGroup) + lines.filter({ !$0.isGroup })
    where groupNumbers[line.name] == nil && Self.groupName(of: line.identity) == nil {
      guard let number = Self.numbers(of: line.identity).last ?? free() else { continue }
      groupNumbers[line.name] = ByteString("\(number)")
      groups.append([line.name, "x", ByteString("\(number)"), ""])
    }
    for line in lines where !line.isGroup && userNames.insert(line.name).inserted {
      let own = groupNumbers[Self.groupName(of: line.identity) ?? line.name]
      // One number for both, if it is free.
      guard let gid = own,
        let uid = Self.numbers(of: line.identity).first ?? UInt32(gid.description)
      else { continue }
      users.append(
        [line.name, "x", ByteString("\(uid)"), gid, "", line.home, "/usr/sbin/nologin"])
    }
  }

  private static func lines(in root: inout RootView) -> [Line] {
    ConfigurationDirectories.files(of: "sysusers.d", in: &root).flatMap { file in
      root.lines(at: file).compactMap { line(in: $0.text) }
    }.prefix(limit).map { $0 }
  }

  /// `TYPE NAME ID GECOS HOME SHELL`.
  private static func line(in text: ByteString) -> Line? {
    let words = UnitCommand.texts(of: text)
    guard words.count >= 2, let type = words[0].bytes.first, "ug".utf8.contains(type),
      !words[1].contains(UInt8(ascii: "%")), !words[1].contains(UInt8(ascii: ":"))
    else { return nil }
    let home = words.count > 4 && words[4].hasPrefix("/") ? words[4] : "/"
    return Line(
      isGroup: type == UInt8(ascii: "g"), name: words[1],
      identity: words.count > 2 ? words[2] : "-", home: home)
  }

  /// `UID`, or `UID:GID`.
  private static func numbers(of identity: ByteString) -> [UInt32] {
    identity.split { $0 == UInt8(ascii: ":") }.compactMap { UInt32($0.description) }
  }

  /// That of `UID:GROUP`.
  private static func groupName(of identity: ByteString) -> ByteString? {
    let parts = identity.split { $0 == UInt8(ascii: ":") }
    return parts.count == 2 && UInt32(parts[1].description) == nil ? parts[1] : nil
  }
}
