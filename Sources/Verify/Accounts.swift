internal import Discovery
internal import FileTree

/// The users and groups that a bundle knows.
///
/// Source: passwd(5), group(5); OCI image-spec, config.md, "User".
struct Accounts {
  let tree: any FileTree

  /// Of `USER` or `USER:GROUP`, each a name or a number; nil for what isn't known. Nobody named is root.
  func numbers(of text: String) -> (user: UInt32, group: UInt32)? {
    if text.isEmpty { return (0, 0) }
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let account = user(String(parts[0])) else { return nil }
    guard parts.count > 1 else { return account }
    return group(String(parts[1])).map { (account.user, $0) }
  }

  private func user(_ name: String) -> (user: UInt32, group: UInt32)? {
    let fields = entry(of: name, in: .users, with: 4)
    if let fields, let user = UInt32(fields[2]), let group = UInt32(fields[3]) {
      return (user, group)
    }
    // A number needs no entry; its group is then root's.
    return UInt32(name).map { ($0, 0) }
  }

  private func group(_ name: String) -> UInt32? {
    if let number = UInt32(name) { return number }
    return entry(of: name, in: .groups, with: 3).flatMap { UInt32($0[2]) }
  }

  /// The line of a name, or of the number in its third field, that has so many fields.
  private func entry(of name: String, in file: AccountFile, with count: Int) -> [String]? {
    var root = RootView(tree: tree)
    return file.records(in: &root, atLeast: count).lazy.map { $0.map(\.description) }.first {
      !name.isEmpty && ($0[0] == name || $0[2] == name)
    }
  }
}
