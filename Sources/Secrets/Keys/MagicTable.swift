/// What files of secrets begin with: the table that a newcomer extends.
///
/// One row a line, four columns between bars: a name for the rule; the first bytes, each as two digits, or
/// as a text in quotes; what such a file is; the source of the rule.
enum MagicTable {
  struct Row: Sendable {
    let bytes: [UInt8]
    let rule: SecretRule
    let source: String

    /// Nil for a line that is no row.
    init?(_ line: Substring) {
      let columns = line.split(separator: "|").map { column in
        column.split(separator: " ").joined(separator: " ")
      }
      guard columns.count == 4, columns.allSatisfy({ !$0.isEmpty }) else { return nil }
      if columns[1].hasPrefix("\"") {
        bytes = Array(columns[1].utf8.dropFirst().dropLast())
      } else {
        let digits = columns[1].split(separator: " ").map { UInt8($0, radix: 16) }
        bytes = digits.compactMap { $0 }
        guard bytes.count == digits.count else { return nil }
      }
      rule = SecretRule(name: columns[0], what: columns[2])
      source = columns[3]
    }
  }

  static let rows = text.split(separator: "\n").compactMap { Row($0) }

  static func rule(of head: [UInt8]) -> SecretRule? {
    rows.first { head.starts(with: $0.bytes) }?.rule
  }

  static let text = """
    putty | "PuTTY-User-Key-File-" | a private key of PuTTY | PuTTY sshpubk.c, ppk_save_sb
    ssh1 | "SSH PRIVATE KEY FILE FORMAT 1.1" | a private key of SSH 1 | PuTTY sshpubk.c, rsa1_load_s
    gnupg | "(11:private-key" | a secret key of GnuPG | GnuPG agent/keyformat.txt
    gnupg | "(21:protected-private-key" | a secret key of GnuPG | the same
    msblob | 07 02 00 00 00 A4 00 00 52 53 41 32 | a private key (PRIVATEKEYBLOB) | openssl crypto/pem/pvkfmt.c
    msblob | 07 02 00 00 00 24 00 00 52 53 41 32 | a private key (PRIVATEKEYBLOB) | the same
    msblob | 07 02 00 00 00 22 00 00 44 53 53 32 | a private key (PRIVATEKEYBLOB) | the same
    pvk | 1E F1 B5 B0 | a private key (PVK) | the same, MS_PVKMAGIC
    tor | "== ed25519v1-secret: " | a secret key of Tor | Tor src/lib/crypt_ops/crypto_ed25519.c
    tor | "== ed25519v1-secret-" | a secret key of Tor | the same
    keepass | 03 D9 A2 9A 65 FB 4B B5 | a database of passwords (KeePass) | KeePass KeePassLib/Serialization/KdbxFile.cs
    keepass | 03 D9 A2 9A 66 FB 4B B5 | a database of passwords (KeePass) | the same
    keepass | 03 D9 A2 9A 67 FB 4B B5 | a database of passwords (KeePass) | the same
    pwsafe | "PWS3" | a database of passwords (Password Safe) | Password Safe docs/formatV3.txt
    keyring | "GnomeKeyring" | a keyring of passwords | gnome-keyring docs/file-format.txt
    kwallet | "KWALLET" | a wallet of passwords | KWallet src/runtime/ksecretd/backend/kwalletbackend.cc
    keychain | "kych" | a keychain of passwords | Apple Security, AppleDatabase.cpp
    git-crypt | 00 47 49 54 43 52 59 50 54 4B 45 59 | a key of git-crypt | git-crypt key.cpp
    ansible-vault | "$ANSIBLE_VAULT;" | a vault of Ansible | Ansible lib/ansible/parsing/vault/__init__.py
    signify | "untrusted comment: signify secret key" | a secret key of signify | signify(1)
    """
}
