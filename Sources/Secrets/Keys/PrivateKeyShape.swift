internal import FileTree

/// The private half of a key in binary, by the shape of its ASN.1.
///
/// Source: RFC 8017 A.1.2 (PKCS #1), RFC 5958 (PKCS #8, plain and encrypted), RFC 5915 (SEC 1),
/// openssl `crypto/dsa/dsa_asn1.c`, RFC 7292 (PKCS #12), RFC 8018 and RFC 7292 B (the names of password-based
/// encryption), Bouncy Castle `asn1/bc/ObjectStore.java` (BCFKS).
enum PrivateKeyShape {
  private static let rsa = SecretRule(name: "pkcs1", what: "a private key (PKCS #1, DER)")
  private static let dsa = SecretRule(name: "dsa", what: "a private key (DSA, DER)")
  private static let sec1 = SecretRule(name: "sec1", what: "a private key (SEC 1, DER)")
  private static let plain = SecretRule(name: "pkcs8", what: "a private key (PKCS #8, DER)")
  private static let encrypted = SecretRule(
    name: "pkcs8-encrypted", what: "an encrypted private key (PKCS #8, DER)")
  private static let store = SecretRule(
    name: "pkcs12", what: "a store with a private key (PKCS #12)")
  private static let sealedStore = SecretRule(name: "bcfks", what: "a sealed key store (BCFKS)")

  /// `pkcs-5` and `pkcs-12PbeIds`.
  private static let passwordBased: [[UInt8]] = [
    [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05],
    [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x01],
  ]
  /// `pkcs-7`: what the safe of a PKCS #12 file is wrapped in.
  private static let wrapped: [[UInt8]] = [[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07]]
  private static let anyName: [[UInt8]] = [[]]

  /// `pkcs-12 bagtypes`, with tag and length; a bag's kind comes behind.
  private static let bagName: [UInt8] = [
    0x06, 0x0B, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x0A, 0x01,
  ]
  /// `keyBag`, `pkcs8ShroudedKeyBag` and `secretBag`; those of certificates are no secret.
  private static let secretBags: Set<UInt8> = [1, 2, 5]

  /// - Parameters:
  ///   - bytes: the whole file, which begins with a sequence.
  ///   - isStore: whether it is called as stores of PKCS #12 are: then it is one, unless it shows that it has
  ///     only certificates.
  static func rule(of bytes: [UInt8], isStore: Bool) -> SecretRule? {
    let parts = DerValue(bytes[...])?.parts ?? []
    guard let first = parts.first, parts.count > 1 else {
      // A text may begin with the same byte; no store is so short that its length is one byte.
      return isStore && bytes.count > 1 && bytes[1] >= 0x80 ? store : nil
    }
    if first.names(passwordBased), parts[1].tag == DerValue.Tag.octets {
      return parts.count == 2 ? encrypted : nil
    }
    if let inner = first.parts.first, inner.names(passwordBased),
      first.parts.last?.tag == DerValue.Tag.octets
    {
      return sealedStore
    }
    switch first.smallNumber {
    case 3 where parts[1].names(wrapped): return holdsKey(bytes) ? store : nil
    case 0, 1: return numbered(first.smallNumber, parts)
    default: return nil
    }
  }

  /// The shapes that begin with a version.
  private static func numbered(_ version: UInt8?, _ parts: [DerValue]) -> SecretRule? {
    let tags = parts.map(\.tag)
    if parts[1].names(anyName), parts.count > 2, tags[2] == DerValue.Tag.octets { return plain }
    if tags[1] == DerValue.Tag.octets {
      // The shortest curve has 112 bits, the longest 571.
      let isKey = version == 1 && (14...72).contains(parts[1].content.count)
      return isKey && tags.dropFirst(2).allSatisfy(DerValue.Tag.contextual.contains) ? sec1 : nil
    }
    let integers = tags.prefix { $0 == DerValue.Tag.integer }.count
    guard parts[1].content.count >= 32 else { return nil }
    return integers >= 9 ? rsa : integers == 6 && parts.count == 6 && version == 0 ? dsa : nil
  }

  /// Whether a bag of a PKCS #12 file is one for a key. Certificates may be encrypted as a whole; keys are
  /// by themselves, in bags that anybody sees.
  private static func holdsKey(_ bytes: [UInt8]) -> Bool {
    var from = 0
    while let place = find(bagName, in: bytes, from: from) {
      from = place + bagName.count
      if from < bytes.count, secretBags.contains(bytes[from]) { return true }
    }
    return false
  }
}
