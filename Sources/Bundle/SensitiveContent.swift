internal import Discovery
package import FileTree

/// What no bundle takes unless it is asked to: secrets of a host and of its users.
package struct SensitiveContent: Sendable {
  private let homes: [RootPath]
  /// Directories of the user's project, which may well lie in a home.
  private let projects: [RootPath]

  /// Where engines and orchestrators put secrets for containers.
  private static let secretDirectories: [RootPath] = ["/run/secrets", "/var/run/secrets"]
  /// Files of names and places that programs of Unix have had for their secrets for long.
  private static let credentialNames: Set<ByteString> = [
    ".ssh", ".gnupg", ".netrc", ".pgpass", ".git-credentials", ".aws", ".kube", ".npmrc", ".pypirc",
  ]
  /// shadow(5), gshadow(5), and the copies that shadow-utils keeps.
  private static let shadowNames: Set<ByteString> = ["shadow", "shadow-", "gshadow", "gshadow-"]

  /// - Parameters:
  ///   - tree: the root, whose passwd(5) tells where homes are.
  ///   - projects: in-root, links resolved.
  package init(tree: any FileTree, projects: [RootPath]) {
    self.projects = projects
    homes = Self.homes(in: tree)
  }

  /// The homes of people, by passwd(5); those of services hold data, not secrets.
  private static func homes(in tree: any FileTree) -> [RootPath] {
    var root = RootView(tree: tree)
    var homes: [RootPath] = ["/root"]
    for fields in AccountFile.users.records(in: &root) {
      guard let user = UInt32(fields[2].description), user >= 1000 && user < 65534 else { continue }
      let home = RootPath(normalising: fields[5])
      if home.names.count > 1 { homes.append(home) }
    }
    return homes
  }

  /// Why something isn't to be packed; nil if it may.
  ///
  /// - Parameters:
  ///   - path: physical.
  ///   - source: the tree that it is in.
  package func reason(
    for path: RootPath, _ status: FileStatus, in source: any FileTree
  ) -> SensitiveReason? {
    if let reason = placeReason(path) { return reason }
    guard status.kind == .regular else { return nil }
    return PrivateKey.isIn(path, status, source) ? .privateKey : nil
  }

  private func placeReason(_ path: RootPath) -> SensitiveReason? {
    if let place = Self.secretDirectories.first(where: { path.isInside($0) }) {
      return .secrets(place)
    }
    if Self.shadowNames.contains(path.name), path.parent.name == "etc" { return .shadow }
    if path.names.contains(where: Self.credentialNames.contains) { return .credentials }
    // Projects have directories of this name too.
    if path.name == "config.json", path.parent.name == ".docker" { return .credentials }
    guard let home = home(above: path) else { return nil }
    // Whoever packs a program that is installed in a home, hidden or not, means what belongs to it.
    if projects.contains(where: { $0 != home && $0.isInside(home) && path.isInside($0) }) {
      return nil
    }
    let below = path.names.dropFirst(home.names.count).first
    // All of a home is never meant, nor what programs hide in it for their user.
    guard let below, !below.hasPrefix(".") else { return .home(home) }
    // A project that is above a home says nothing of what is in that.
    return projects.contains { $0.isInside(home) && path.isInside($0) } ? nil : .home(home)
  }

  private func home(above path: RootPath) -> RootPath? {
    if let home = homes.first(where: { path.isInside($0) }) { return home }
    let names = path.names
    guard names.first == "home", names.count > 1 else { return nil }
    return RootPath.root.appending(names[0]).appending(names[1])
  }
}

/// Why something isn't packed by default.
package enum SensitiveReason: Hashable, Sendable {
  case privateKey
  case shadow
  case credentials
  case secrets(RootPath)
  case home(RootPath)
}

/// A file that holds the private half of a key.
///
/// Source: RFC 7468 (PEM), RFC 4880 6.2 (OpenPGP), krb5 `src/lib/krb5/keytab/kt_file.c` (keytabs).
private enum PrivateKey {
  /// In bytes; a chain of certificates with its key is some kilobytes.
  private static let sizeLimit: UInt64 = 1 << 20
  private static let headSize = 64

  /// A file whose first line that says anything begins a block; text that only speaks of keys doesn't.
  static func isIn(_ path: RootPath, _ status: FileStatus, _ tree: any FileTree) -> Bool {
    guard status.size > 0, status.size <= sizeLimit,
      let head = try? tree.head(of: path, count: headSize)
    else { return false }
    if head.starts(with: [5, 2]), path.name.hasSuffix("keytab") { return true }
    if path.name.hasSuffix(".p12") || path.name.hasSuffix(".pfx") { return head.first == 0x30 }
    if head.starts(with: "PuTTY-User-Key-File-".utf8) { return true }
    let text = head.drop { $0 == 0x20 || ($0 >= 0x09 && $0 <= 0x0D) }
    guard
      text.starts(with: "-----BEGIN ".utf8) || text.starts(with: "Bag Attributes".utf8)
        || text.starts(with: "#".utf8)
    else { return false }
    guard let bytes = (try? tree.open(path).readAll(limit: Int(sizeLimit))) ?? nil else {
      return false
    }
    return bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).contains { line in
      line.starts(with: "-----BEGIN ".utf8)
        && (ByteString(line).hasSuffix("PRIVATE KEY-----")
          || ByteString(line).hasSuffix("PRIVATE KEY BLOCK-----"))
    }
  }
}
