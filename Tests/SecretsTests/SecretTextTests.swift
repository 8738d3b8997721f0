import FileTree
import Testing

@testable import Secrets

/// What stands in text files.
struct SecretTextTests {
  static let body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIB"
  static let key = "-----BEGIN PRIVATE KEY-----\n\(body)\n-----END PRIVATE KEY-----\n"
  static let certificate = "-----BEGIN CERTIFICATE-----\n\(body)\n-----END CERTIFICATE-----\n"

  // MARK: Blocks

  @Test(
    arguments: [
      "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY",
      "ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY", "ANY PRIVATE KEY", "X25519 PRIVATE KEY",
      "PGP PRIVATE KEY BLOCK", "PGP SECRET KEY BLOCK", "OpenVPN Static key V1",
      "OpenVPN tls-crypt-v2 client key", "NEBULA ED25519 PRIVATE KEY", "PKCS12",
    ])
  func `every kind of private key`(label: String) throws {
    #expect(try secretRule("-----BEGIN \(label)-----\n\(Self.body)\n") == "pem")
    #expect(try secretRule("-----BEGIN \(label)-----\nVersion: 1\n\n\(Self.body)\n") == "pem")
  }

  @Test(
    arguments: [
      "CERTIFICATE", "PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE REQUEST", "X509 CRL",
      "DH PARAMETERS", "EC PARAMETERS", "PGP PUBLIC KEY BLOCK", "PGP MESSAGE", "PGP SIGNATURE",
      "PKCS7", "SSH SIGNATURE", "AGE ENCRYPTED FILE",
    ])
  func `no kind of public thing`(label: String) throws {
    #expect(try secretRule("-----BEGIN \(label)-----\n\(Self.body)\n") == nil)
  }

  /// As openssl reads a file: a mark at its beginning, blanks and controls at the end of a line, and
  /// anything in lines before.
  @Test(
    arguments: [
      key, certificate + key, "\u{FEFF}" + key, "; of the server\n" + key, "# a\n\n  # b\n" + key,
      "issuer=CN = a\nsubject=CN = b\n" + key, "Bag Attributes\n    friendlyName: x\n" + key,
      key.replacing("\n", with: "\r\n"), key.replacing("-----\n", with: "----- \t \n"),
      key.replacing("\n", with: "\r"), "x = '''\n\(key)'''\n", "<key>\n\(key)</key>\n",
      "\n\n" + key, "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: x\n\(body)\n",
      "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,0\n\n",
      // What no reader of keys takes is one after a little editing.
      "tls.key: |\n  " + key.replacing("\n", with: "\n  "),
      "# " + key.replacing("\n", with: "\n# "),
      "> " + key.replacing("\n", with: "\n> "), "\t" + key.replacing("\n", with: "\n\t"),
      "{\"k\": \"" + key.replacing("\n", with: "\\n") + "\"}", "KEY='" + key + "'\n",
      "k = \"" + key.replacing("\n", with: "\\n\" +\n    \"") + "\"\n",
      "export K=\"" + key.replacing("\n", with: "\\\\n") + "\"\n",
      // A file that is nothing else needn't be right.
      "-----BEGIN PRIVATE KEY-----\n", "-----BEGIN RSA PRIVATE KEY-----",
    ])
  func `wherever it stands`(text: String) throws {
    #expect(try secretRule(text) == "pem", "\(text)")
  }

  @Test(
    arguments: [
      "if line == '-----BEGIN PRIVATE KEY-----': # a key", "BEGIN PRIVATE KEY\n", "",
      "Look for\n-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----\n",
      "the markers \"-----BEGIN PRIVATE KEY-----\" and \"-----END PRIVATE KEY-----\"",
      "a\n-----BEGIN PRIVATE KEY-----\n[the key]\n", certificate, "-----BEGIN",
      "a\n-----BEGIN PRIVATE KEY-----\n<base64>\n",
      "-----BEGIN \(String(repeating: "A", count: 99))",
      "const (\n  begin = \"-----BEGIN RSA PRIVATE KEY-----\"\n  end = \"-----END\"\n)",
    ])
  func `what only speaks of it is none`(text: String) throws {
    #expect(try secretRule(text) == nil, "\(text)")
  }

  @Test func `of large files the beginning is looked at`() throws {
    let filler = String(repeating: "a line of text\n", count: 50_000)
    #expect(try secretRule(filler + Self.key) == "pem")
    #expect(try secretRule(filler + filler + Self.key) == nil)
    #expect(try secretRule(Self.key + filler + filler) == "pem")
  }

  // MARK: Tokens

  static let token = "16C7e42F292c6912E7710c838347Ae178B4a"

  @Test(
    arguments: [
      ("ghp_\(token)", "github"), ("glpat-\(token)", "gitlab"), ("xoxb-\(token)", "slack"),
      ("AKIAQ3EGRIJ5KDF7YH2P", "aws"), ("sk_live_\(token)", "stripe"), ("npm_\(token)", "npm"),
      ("hvs.\(token)", "vault"), ("AGE-SECRET-KEY-1QQQQ", "age"), ("AIzaSy\(token)", "google"),
    ])
  func `a token is told by its prefix`(text: String, name: String) throws {
    #expect(try secretRule("key = \"\(text)\"\n") == name)
    #expect(try secretRule(text) == name)
    #expect(try secretRule("a" + text) == nil)
    #expect(try secretRule("#\n" + text, at: "/usr/share/doc/readme") == nil)
  }

  @Test(
    arguments: [
      "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "AKIAIOSFODNN7EXAMPLE", "ghp_short", "AKIA",
      "ghp_<your token>", "sk_live_your_key_goes_here_1", "glpat-XXXXXXXXXXXXXXXXXXXX",
    ])
  func `what stands for a token is none`(text: String) throws {
    #expect(try secretRule("token: \(text)\n") == nil)
  }

  // MARK: Documents

  static let secret = "aP9dJ2kLm4nQ7rS8tU1vWxYz"

  @Test(
    arguments: [
      ("{\"auths\": {\"ghcr.io\": {\"auth\": \"dXNlcjpwYXNz\"}}}", "docker"),
      ("{\"auths\": {\"ghcr.io\": {}}}", nil), ("{\"auth\": \"dXNlcjpwYXNz\"}", nil),
      ("users:\n- user:\n    client-key-data: \(secret)\n", "kubeconfig"),
      ("current-context: a\nusers:\n- user:\n    token: \(secret)\n", "kubeconfig"),
      ("current-context: a\nusers:\n- user:\n    client-key: /k.pem\n", nil),
      ("[Interface]\nPrivateKey = \(secret)\(secret)\n", "wireguard"),
      ("[Interface]\nListenPort = 1\n[Peer]\nPublicKey = \(secret)\(secret)\n", nil),
      ("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=\n", nil),
      ("{\"kty\":\"OKP\",\"x\":\"\(secret)\"}", nil),
      ("{\"kty\":\"OKP\",\"x\":\"\(secret)\",\"d\":\"\(secret)\"}", "jwk"),
      ("Private-key-format: v1.3\nAlgorithm: 13 (ECDSAP256SHA256)\n", "dnssec"),
      ("key \"k\" {\n  algorithm hmac-sha256;\n  secret \"\(secret)\";\n};\n", "tsig"),
      ("key \"k\" {\n  algorithm hmac-sha256;\n};\n", nil),
      ("root:$6$salt$0123456789abcdef0123456789abcdef:19000:0:99999:7:::\n", "password-hash"),
      ("me:$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/\n", "password-hash"),
      ("me:{SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n", "password-hash"),
      ("root:x:0:0:root:/root:/bin/sh\nroot:*:19000:0:99999:7:::\n", nil),
      ("PATH=/bin:$HOME/bin:$PATH\n", nil), ("a: {b}, c:{d}\n", nil),
      ("kind: Secret\napiVersion: v1\ndata:\n  a: YQ==\n", "kubernetes"),
      ("kind: ConfigMap\ndata:\n  a: b\n", nil),
      ("//registry.example.org/:_authToken=\(secret)\n", "npm"),
      ("//registry.example.org/:_authToken=${NPM_TOKEN}\n", nil),
      ("aws_secret_access_key = \(secret)\n", "aws"), ("aws_secret_access_key =\n", nil),
    ] as [(String, String?)])
  func `a document is told by what its fields hold`(text: String, name: String?) throws {
    #expect(try secretRule(text) == name, "\(text)")
  }

  /// RFC 7748 5: the lowest three bits of a private key are clear, and of the highest two the second is set.
  @Test(
    arguments: [
      ("cAdtCnMYpX08Fsc5fUpkQXkLJu8oBCrkN0sdqzIgLGo=\n", true),
      ("cQdtCnMYpX08Fsc5fUpkQXkLJu8oBCrkN0sdqzIgLGo=\n", false),
      ("cAdtCnMYpX08Fsc5fUpkQXkLJu8oBCrkN0sdqzIgLOo=\n", false),
      ("cAdtCnMYpX08Fsc5fUpkQXkLJu8oBCrkN0sdqzIgLCo=\n", false),
      ("cAdtCnMYpX08Fsc5fUpkQXkLJu8oBCrkN0sdqzIgLGo\n", false),
      ("cAdtCnMYpX08Fsc5fUpkQXkLJu8oBCrkN0sdqzIgLGo=\nand more text behind it\n", false),
    ])
  func `a key of WireGuard by itself, but no public one`(text: String, isKey: Bool) throws {
    #expect(try secretRule(text) == (isKey ? "wireguard" : nil))
  }
}
