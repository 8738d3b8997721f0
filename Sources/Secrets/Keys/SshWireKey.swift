/// Private keys as Dropbear writes them: the public half as SSH sends it, and what is secret behind.
///
/// Source: Dropbear `src/signkey.c`, `src/rsa.c`, `src/dss.c`, `src/ecdsa.c`, `src/ed25519.c`; RFC 4253 6.6.
enum SshWireKey {
  private static let rule = SecretRule(name: "dropbear", what: "a private key of Dropbear")

  /// The fields of public keys: one with a private half has more, or a longer last one.
  private static let publicFields: [(name: String, count: Int)] = [
    ("ssh-rsa", 2), ("ssh-dss", 4), ("ecdsa-sha2-nistp256", 2), ("ecdsa-sha2-nistp384", 2),
    ("ecdsa-sha2-nistp521", 2), ("ssh-ed25519", 1),
  ]
  /// Of Ed25519, whose private half is behind the public one in one field. In bytes.
  private static let pairSize = 64

  /// - Parameter bytes: the whole file.
  static func rule(of bytes: [UInt8]) -> SecretRule? {
    var reader = BigEndianReader(bytes)
    guard let name = reader.counted(4), name.count < 32,
      let kind = publicFields.first(where: { name.elementsEqual($0.name.utf8) })
    else { return nil }
    var last = 0
    for _ in 0..<kind.count {
      guard let field = reader.counted(4) else { return nil }
      last = field.count
    }
    let isPair = kind.name == "ssh-ed25519" && last == pairSize
    return isPair || reader.counted(4) != nil ? rule : nil
  }

  static func isOne(_ head: [UInt8]) -> Bool {
    head.count > 16 && head.starts(with: [0, 0, 0]) && head[3] < 32
      && head[4...6].elementsEqual("ssh".utf8)
      || head.starts(with: [0, 0, 0, 19]) && head.dropFirst(4).starts(with: "ecdsa-sha2-".utf8)
  }
}
