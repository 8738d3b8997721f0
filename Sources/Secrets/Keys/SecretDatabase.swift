internal import FileTree

/// Databases that programs keep secrets in, by the names of their tables.
///
/// Source: SQLite "Database File Format" 1.2 and 2.6; NSS `lib/softoken/sdb.c`; Chromium
/// `components/password_manager/core/browser/password_store/login_database.cc`; Google Cloud SDK
/// `googlecloudsdk/core/credentials/creds.py`.
enum SecretDatabase {
  private static let magic = Array("SQLite format 3\0".utf8)
  private static let tables: [(words: String, rule: SecretRule)] = [
    ("nssPrivate", SecretRule(name: "nss", what: "private keys of NSS")),
    ("password_value", SecretRule(name: "browser", what: "passwords of a browser")),
    ("encryptedPassword", SecretRule(name: "browser", what: "passwords of a browser")),
    ("TABLE \"credentials\"", SecretRule(name: "gcloud", what: "credentials of Google Cloud")),
    ("TABLE \"access_tokens\"", SecretRule(name: "gcloud", what: "credentials of Google Cloud")),
  ]

  static func isOne(_ head: [UInt8]) -> Bool { head.starts(with: magic) }

  /// - Parameter pages: the first of the file, where the tables are described.
  static func rule(of pages: [UInt8]) -> SecretRule? {
    tables.first { find(Array($0.words.utf8), in: pages) != nil }?.rule
  }
}
