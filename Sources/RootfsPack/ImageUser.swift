internal import Bundle
internal import FileTree

/// One `--user UID[:GID]` or `--user NAME[:UID[:GID]]`.
struct ImageUser {
  let uid: UInt32
  /// Nil leaves the group to the engine: that of the user's entry, or 0.
  let gid: UInt32?
  /// Nil for a number alone, which needs no entry in `/etc/passwd`.
  let name: String?

  /// What images of distributions that have no other user call theirs.
  private static let defaultNumber: UInt32 = 65532

  init(_ word: String) throws(Diagnostic) {
    let parts = word.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let numbers = parts.map { UserNumber.parse($0[...]) }
    if parts.count <= 2, let uid = numbers[0], parts.count < 2 || numbers[1] != nil {
      (self.uid, gid, name) = (uid, parts.count == 2 ? numbers[1] : nil, nil)
      return
    }
    guard parts.count <= 3, Self.isName(parts[0]), !numbers.dropFirst().contains(nil) else {
      throw Diagnostic(
        "--user '\(ByteString(argument: word))': isn't a user",
        remedy: "write UID[:GID], or NAME[:UID[:GID]] with a name of lower-case letters",
        status: .usage)
    }
    guard parts[0] != "root" else {
      throw Diagnostic(
        "--user root: has a number that everybody knows", remedy: "write --user 0", status: .usage)
    }
    name = parts[0]
    let uid = numbers.dropFirst().first ?? Self.defaultNumber
    self.uid = uid ?? Self.defaultNumber
    gid = (numbers.count == 3 ? numbers[2] : nil) ?? self.uid
  }

  /// For an image's configuration: numbers, which need no look-up.
  var text: String { "\(uid)" + (gid.map { ":\($0)" } ?? "") }

  /// What `/etc/passwd` and `/etc/group` say; nil for a number alone.
  var planned: PlannedUser? {
    name.map { PlannedUser(name: ByteString($0), uid: uid, gid: gid ?? uid) }
  }

  /// useradd(8), "CAVEATS".
  private static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 32 else { return false }
    let isLetter = { (byte: UInt8) in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "_")
    }
    return isLetter(first)
      && text.utf8.allSatisfy {
        isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
          || $0 == UInt8(ascii: "-")
      }
  }
}
