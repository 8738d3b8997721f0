/// Stores of keys and certificates that Java programs write. Those that hold only certificates of
/// authorities are no secret.
///
/// Source: OpenJDK `sun/security/provider/JavaKeyStore.java`, `com/sun/crypto/provider/JceKeyStore.java`;
/// Bouncy Castle `jcajce/provider/keystore/bc/BcKeyStoreSpi.java`.
enum JavaKeyStore {
  private static let plain: [UInt8] = [0xFE, 0xED, 0xFE, 0xED]
  private static let extended: [UInt8] = [0xCE, 0xCE, 0xCE, 0xCE]
  private static let jks = SecretRule(name: "jks", what: "a key store of Java with a private key")
  private static let bks = SecretRule(name: "bks", what: "a key store of Bouncy Castle with a key")
  private static let sealed = SecretRule(name: "uber", what: "a sealed key store of Bouncy Castle")

  static func isOne(_ head: [UInt8]) -> Bool {
    head.starts(with: plain) || head.starts(with: extended) || hasBouncyCastleHead(head)
  }

  /// - Parameter bytes: the whole file.
  static func rule(of bytes: [UInt8]) -> SecretRule? {
    if hasBouncyCastleHead(bytes) {
      switch bouncyCastleHoldsKey(bytes) {
      case true?: return bks
      case false?: return nil
      // All of it is encrypted, or it is none.
      case nil: return sealed
      }
    }
    return onlyCertificates(bytes) ? nil : jks
  }

  private enum Entry {
    static let certificate = 2
  }

  /// Whether every entry can be read and is a certificate's.
  private static func onlyCertificates(_ bytes: [UInt8]) -> Bool {
    var reader = BigEndianReader(bytes, at: 4)
    guard let version = reader.number(4), (1...2).contains(version), let count = reader.number(4)
    else { return false }
    for _ in 0..<count {
      guard reader.number(4) == Entry.certificate, reader.counted(2) != nil, reader.skip(8),
        version == 1 || reader.counted(2) != nil, reader.counted(4) != nil
      else { return false }
    }
    return true
  }

  // MARK: Bouncy Castle

  /// A version, 20 bytes of salt with their number before them, and from 1024 to 2047 rounds.
  private static func hasBouncyCastleHead(_ bytes: [UInt8]) -> Bool {
    var reader = BigEndianReader(bytes)
    guard let version = reader.number(4), (1...2).contains(version), reader.number(4) == 20,
      reader.skip(20), let rounds = reader.number(4)
    else { return false }
    return (1024...2047).contains(rounds)
  }

  /// Nil if the entries can't be read.
  private static func bouncyCastleHoldsKey(_ bytes: [UInt8]) -> Bool? {
    var reader = BigEndianReader(bytes, at: 32)
    while let kind = reader.number(1) {
      if kind == 0 { return reader.left == 20 ? false : nil }
      guard kind <= 4, reader.counted(2) != nil, reader.skip(8), let chain = reader.number(4)
      else { return nil }
      if kind != 1 { return true }
      for _ in 0...chain {
        guard reader.counted(2) != nil, reader.counted(4) != nil else { return nil }
      }
    }
    return nil
  }
}
