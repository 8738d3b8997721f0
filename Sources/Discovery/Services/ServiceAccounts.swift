internal import FileTree

/// The users and groups of a root by name and by number: those that it has, and those that it declares.
struct ServiceAccounts {
  private let users: [[ByteString]]
  private let groups: [[ByteString]]

  init(in root: inout RootView) {
    users = AccountFile.users.records(in: &root) + root.declaredAccounts.users
    groups = AccountFile.groups.records(in: &root) + root.declaredAccounts.groups
  }

  /// The number of a user, by name or number.
  func user(_ word: ByteString) -> UInt32? { Self.number(word, in: users) }

  /// The number of a group, by name or number.
  func group(_ word: ByteString) -> UInt32? { Self.number(word, in: groups) }

  /// The name of a user, by name or number.
  func userName(_ word: ByteString) -> ByteString? { Self.record(word, in: users)?[0] }

  func groupName(_ word: ByteString) -> ByteString? { Self.record(word, in: groups)?[0] }

  /// The group that a user is in first, by number.
  func group(ofUser word: ByteString) -> UInt32? {
    Self.record(word, in: users).flatMap { UInt32($0[3].description) }
  }

  private static func number(_ word: ByteString, in records: [[ByteString]]) -> UInt32? {
    record(word, in: records).flatMap { UInt32($0[2].description) }
  }

  private static func record(_ word: ByteString, in records: [[ByteString]]) -> [ByteString]? {
    guard !word.isEmpty else { return nil }
    return records.first { $0[0] == word } ?? records.first { $0[2] == word }
  }
}
