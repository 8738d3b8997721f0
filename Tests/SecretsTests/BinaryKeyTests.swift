import FileTree
import Testing

@testable import Secrets

/// Keys and stores in binary, by their shapes.
struct BinaryKeyTests {
  // MARK: ASN.1

  static let keys: [(String, [UInt8])] = [
    (
      "pkcs1",
      Der.sequence(
        Der.integer(0), Der.number(128), Der.number(3), Der.number(128), Der.number(64),
        Der.number(64), Der.number(64), Der.number(64), Der.number(64))
    ),
    ("pkcs8", Der.sequence(Der.integer(0), Der.sequence(Der.rsa), Der.octets(300))),
    // With the public half: RFC 5958.
    (
      "pkcs8",
      Der.sequence(Der.integer(1), Der.sequence(Der.rsa), Der.octets(34), Der.value(0x81, [0]))
    ),
    ("pkcs8-encrypted", Der.sequence(Der.sequence(Der.pbes2, Der.octets(9)), Der.octets(300))),
    ("sec1", Der.sequence(Der.integer(1), Der.octets(32), Der.value(0xA0, Der.rsa))),
    (
      "dsa",
      Der.sequence(
        Der.integer(0), Der.number(128), Der.number(20), Der.number(128), Der.number(128),
        Der.number(20))
    ),
    ("pkcs12", Der.store(Der.bag(3), Der.bag(2))), ("pkcs12", Der.store(Der.bag(1))),
    (
      "bcfks",
      Der.sequence(
        Der.sequence(Der.sequence(Der.pbes2, Der.octets(9)), Der.octets(300)),
        Der.sequence(Der.octets(9)))
    ),
  ]

  @Test(arguments: keys)
  func `the private half of a key is told by its shape`(name: String, bytes: [UInt8]) throws {
    #expect(try secretRule(bytes) == name)
    // As openssl reads it: what is behind doesn't matter.
    #expect(try secretRule(bytes + [0x0A]) == name)
    #expect(try secretRule(Array(bytes.dropLast())) == nil, "its end is missing")
    #expect(try secretRule([0x20] + bytes) == nil)
  }

  static let others: [(String, [UInt8])] = [
    ("a public key", Der.sequence(Der.sequence(Der.rsa), Der.value(3, [0, 1, 2]))),
    ("the public half of PKCS #1", Der.sequence(Der.number(128), Der.number(3))),
    ("a group of Diffie and Hellman", Der.sequence(Der.number(128), Der.integer(2))),
    (
      "a certificate",
      Der.sequence(
        Der.sequence(Der.integer(2), Der.number(16)), Der.sequence(Der.rsa), Der.value(3, [0]))
    ),
    ("certificates in PKCS #12", Der.store(Der.bag(3), Der.bag(3))),
    ("a message of PKCS #7", Der.sequence(Der.data, Der.value(0xA0, Der.octets(40)))),
    ("numbers", Der.sequence(Der.integer(0), Der.integer(1), Der.integer(2))),
    ("a name and bytes", Der.sequence(Der.sequence(Der.rsa), Der.octets(20))),
    ("an empty sequence", [0x30, 0]), ("half a length", [0x30, 0x82]),
    ("a length that no file has", [0x30, 0x88, 255, 255, 255, 255, 255, 255, 255, 255, 1]),
  ]

  @Test(arguments: others)
  func `what is public has other shapes`(name: String, bytes: [UInt8]) throws {
    #expect(try secretRule(bytes) == nil, "\(name)")
  }

  @Test func `a store that is called one is one, unless it only has certificates`() throws {
    #expect(try secretRule([0x30, 0x82, 1, 2], at: "/srv/store.p12") == "pkcs12")
    #expect(try secretRule([0x30, 0x80, 1, 2], at: "/srv/STORE.PFX") == "pkcs12")
    #expect(try secretRule("0 pages", at: "/srv/page.p12") == nil)
    #expect(try secretRule(Der.store(Der.bag(3)), at: "/srv/trusted.p12") == nil)
  }

  @Test func `PKCS #12 without the lengths of its parts is read too`() throws {
    let head: [UInt8] = [0x30, 0x80, 2, 1, 3, 0x30, 0x80] + Der.data
    #expect(try secretRule(head + Der.bag(2)) == "pkcs12")
    #expect(try secretRule(head + Der.bag(3)) == nil)
  }

  // MARK: Java

  static func text(_ text: String) -> [UInt8] { [0, UInt8(text.utf8.count)] + Array(text.utf8) }
  static let date = [UInt8](repeating: 1, count: 8)
  static let certificate = text("X.509") + [0, 0, 0, 3, 7, 7, 7]
  static func java(_ magic: [UInt8] = [0xFE, 0xED, 0xFE, 0xED], _ entries: [UInt8]...) -> [UInt8] {
    magic + [0, 0, 0, 2, 0, 0, 0, UInt8(entries.count)] + entries.flatMap(\.self)
      + [UInt8](repeating: 9, count: 20)
  }
  static let trusted: [UInt8] = [0, 0, 0, 2] + text("authority") + date + certificate
  static let privateKey: [UInt8] =
    [0, 0, 0, 1] + text("key") + date + [0, 0, 0, 2, 5, 5, 0, 0, 0, 1] + certificate

  @Test func `a store of Java is one if it has a key, or may have`() throws {
    let extended: [UInt8] = [0xCE, 0xCE, 0xCE, 0xCE]
    #expect(try secretRule(Self.java([0xFE, 0xED, 0xFE, 0xED], Self.trusted)) == nil)
    #expect(try secretRule(Self.java([0xFE, 0xED, 0xFE, 0xED])) == nil)
    #expect(
      try secretRule(Self.java([0xFE, 0xED, 0xFE, 0xED], Self.trusted, Self.privateKey)) == "jks")
    #expect(try secretRule(Self.java(extended, Self.trusted)) == nil)
    #expect(
      try secretRule(Self.java(extended, [0, 0, 0, 3] + Self.text("s") + Self.date)) == "jks")
    let broken = Self.java([0xFE, 0xED, 0xFE, 0xED], Self.trusted).prefix(30)
    #expect(try secretRule(Array(broken)) == "jks")
  }

  @Test func `a store of Bouncy Castle likewise`() throws {
    let head: [UInt8] =
      [0, 0, 0, 2, 0, 0, 0, 20] + [UInt8](repeating: 3, count: 20) + [0, 0, 5, 0]
    let end: [UInt8] = [0] + [UInt8](repeating: 4, count: 20)
    let trusted = [1] + Self.text("a") + Self.date + [0, 0, 0, 0] + Self.certificate
    #expect(try secretRule(head + trusted + end) == nil)
    let key: [UInt8] = [4] + Self.text("a") + Self.date + [0, 0, 0, 0, 0, 0, 0, 2, 1, 1]
    #expect(try secretRule(head + trusted + key + end) == "bks")
    // All of it is encrypted.
    #expect(try secretRule(head + [0xE1, 0x22, 0x93, 0x41, 0x55]) == "uber")
  }

  // MARK: OpenPGP

  /// A packet in the old format: with a length of two bytes.
  static func packet(_ tag: UInt8, _ body: [UInt8]) -> [UInt8] {
    [0x81 | tag << 2, UInt8(body.count >> 8), UInt8(body.count & 0xFF)] + body
  }
  static let keyBody: [UInt8] = [4, 0x60, 0, 0, 0, 22] + [UInt8](repeating: 8, count: 60)
  static let name = packet(13, Array("me".utf8))

  @Test func `a secret key of OpenPGP is told from a public one`() throws {
    #expect(try secretRule(Self.packet(5, Self.keyBody) + Self.name) == "openpgp")
    #expect(try secretRule([0xC5, 66] + Self.keyBody + Self.name) == "openpgp")
    #expect(try secretRule(Self.packet(6, Self.keyBody) + Self.name) == nil)
    let both = Self.packet(6, Self.keyBody) + Self.name + Self.packet(5, Self.keyBody)
    #expect(try secretRule(both) == "openpgp")
    // Bytes that begin alike.
    #expect(try secretRule([0x95, 0, 4, 4, 1, 1, 1]) == nil)
    #expect(try secretRule([0x95, 0, 66, 9] + Self.keyBody.dropFirst()) == nil)
  }

  @Test func `so it is in a key box`() throws {
    func blob(_ kind: UInt8, _ content: [UInt8]) -> [UInt8] {
      let length = UInt8(32 + content.count)
      return [0, 0, 0, length, kind, 1, 0, 0, 0, 0, 0, 32, 0, 0, 0, UInt8(content.count)]
        + [UInt8](repeating: 0, count: 16) + content
    }
    let first: [UInt8] = [0, 0, 0, 32, 1, 1, 0, 2] + Array("KBXf".utf8)
    let header = first + [UInt8](repeating: 0, count: 20)
    #expect(try secretRule(header + blob(2, Self.packet(6, Self.keyBody))) == nil)
    #expect(try secretRule(header + blob(2, Self.packet(5, Self.keyBody))) == "openpgp")
  }

  // MARK: Others

  @Test func `keys and tickets of Kerberos`() throws {
    let realm = Self.text("EXAMPLE.ORG")
    let entry: [UInt8] = [0, 0, 0, 60, 0, 1] + realm + [UInt8](repeating: 1, count: 60)
    #expect(try secretRule([5, 2] + entry) == "keytab")
    #expect(try secretRule([5, 2, 0, 0], at: "/etc/krb5.keytab") == "keytab")
    #expect(try secretRule([5, 2, 0, 0]) == nil)
    let principal: [UInt8] = [0, 0, 0, 1, 0, 0, 0, 1, 0, 0] + realm + [0, 0, 0, 2]
    #expect(try secretRule([5, 4, 0, 4, 1, 1, 0, 0] + principal) == "ccache")
    #expect(try secretRule([5, 3] + principal) == "ccache")
    #expect(try secretRule([5, 4, 0, 4, 1, 1, 0, 0, 9]) == nil)
  }

  @Test func `a key of Dropbear has more than a public one`() throws {
    func field(_ bytes: [UInt8]) -> [UInt8] { [0, 0, 0, UInt8(bytes.count)] + bytes }
    let rsa = field(Array("ssh-rsa".utf8)) + field([1, 0, 1]) + field([9, 9, 9, 9, 9, 9])
    #expect(try secretRule(rsa) == nil)
    #expect(try secretRule(rsa + field([5, 5])) == "dropbear")
    let pair = field(Array("ssh-ed25519".utf8))
    #expect(try secretRule(pair + field([UInt8](repeating: 1, count: 32))) == nil)
    #expect(try secretRule(pair + field([UInt8](repeating: 1, count: 64))) == "dropbear")
  }

  @Test func `databases by their tables, and a login of MySQL by its pieces`() throws {
    let head = Array("SQLite format 3\0".utf8) + [UInt8](repeating: 0, count: 100)
    #expect(try secretRule(head + Array("CREATE TABLE nssPrivate (id)".utf8)) == "nss")
    #expect(try secretRule(head + Array("CREATE TABLE nssPublic (id)".utf8)) == nil)
    let login: [UInt8] = [0, 0, 0, 0] + [UInt8](1...20) + [16, 0, 0, 0]
    #expect(try secretRule(login + [UInt8](repeating: 0xAA, count: 16)) == "mylogin")
    #expect(try secretRule(login + [1]) == nil)
    #expect(try secretRule([UInt8](repeating: 0, count: 64)) == nil)
  }

  @Test(
    arguments: [
      ("PuTTY-User-Key-File-3: ssh-ed25519\n", "putty"), ("(11:private-key(3:rsa", "gnupg"),
      ("$ANSIBLE_VAULT;1.1;AES256\n", "ansible-vault"), ("PWS3", "pwsafe"),
      ("== ed25519v1-secret: type0 ==\0\0\0", "tor"), ("\0GITCRYPTKEY\0", "git-crypt"),
    ])
  func `what begins with its magic`(text: String, name: String) throws {
    #expect(try secretRule(text) == name)
    #expect(try secretRule(" " + text) == nil)
  }

  @Test func `programs aren't searched`() throws {
    let key = Array("-----BEGIN PRIVATE KEY-----\nMIIB\n".utf8)
    #expect(try secretRule(Array("\u{7F}ELF\n".utf8) + key) == nil)
    #expect(try secretRule([0, 0x0A] + key) == nil)
    #expect(try secretRule([]) == nil)
  }
}
