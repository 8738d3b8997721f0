internal import FileTree

/// The users and groups that a bundle knows.
///
/// Source: passwd(5), group(5); OCI image-spec, config.md, "User".
struct Accounts {
  let tree: any FileTree

  /// In bytes; a directory of a hundred thousand users is smaller.
  private static let fileLimit = 16 << 20

  /// Of `USER` or `USER:GROUP`, each a name or a number; nil for what isn't known. Nobody named is root.
  func numbers(of text: String) -> (user: UInt32, group: UInt32)? {
    if text.isEmpty { return (0, 0) }
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let account = user(String(parts[0])) else { return nil }
    guard parts.count > 1 else { return account }
    return group(String(parts[1])).map { (account.user, $0) }
  }

  private func user(_ name: String) -> (user: UInt32, group: UInt32)? {
    let fields = entry(of: name, in: "/etc/passwd")
    if let fields, fields.count > 3, let user = UInt32(fields[2]), let group = UInt32(fields[3]) {
      return (user, group)
    }
    // A number needs no entry; its group is then root's.
    return UInt32(name).map { ($0, 0) }
  }

  private func group(_ name: String) -> UInt32? {
    if let number = UInt32(name) { return number }
    return entry(of: name, in: "/etc/group").flatMap { UInt32($0[2]) }
  }

  /// The line of a name, or of the number in its third field.
  private func entry(of name: String, in path: ByteString) -> [String]? {
    var resolver = PathResolver(tree: tree)
    guard !name.isEmpty, let file = try? resolver.resolve(path),
      let bytes = (try? tree.open(file.real).readAll(limit: Self.fileLimit)) ?? nil
    else { return nil }
    for line in ByteString(bytes).split(on: { $0 == UInt8(ascii: "\n") }) {
      let fields = line.split { $0 == UInt8(ascii: ":") }.map(\.description)
      if fields.count > 2, fields[0] == name || fields[2] == name { return fields }
    }
    return nil
  }
}
