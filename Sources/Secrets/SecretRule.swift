/// What a file was taken for when it was taken for a secret.
package struct SecretRule: Hashable, Sendable {
  /// By which a false alarm is told: `pem`, `jks`.
  package let name: String
  /// What such a file is, in a few words.
  package let what: String

  package init(name: String, what: String) {
    self.name = name
    self.what = what
  }
}
