/// Tells secrets in text files.
enum SecretText {
  /// Beside a block's marker, what the rows of the table look for.
  private static let rows = TextTable.rows
  private static let companions = Array(Set(rows.compactMap(\.companion)))
  private static let blocks = MarkerSearch(PemBlock.markers)
  private static let all = MarkerSearch(PemBlock.markers + rows.map(\.marker) + companions)

  /// - Parameters:
  ///   - bytes: of a text file, from its beginning.
  ///   - onlyBlocks: whether the table is left out.
  static func rule(of bytes: [UInt8], onlyBlocks: Bool) -> SecretRule? {
    var found: SecretRule?
    var pending: [(row: TextRow, place: Int)] = []
    var companions: Set<Int> = []
    let isPem = PemBlock.begins(bytes)
    (onlyBlocks ? blocks : all).each(in: bytes) { marker, place in
      let row = marker - PemBlock.markers.count
      if row < 0 {
        found = found ?? PemBlock.rule(at: place, in: bytes, isPem: isPem)
      } else if row >= rows.count {
        companions.insert(row - rows.count)
      } else if rows[row].holds(at: place, in: bytes) {
        pending.append((rows[row], place))
      }
    }
    if let found { return found }
    let words = companions.map { Self.companions[$0] }
    return pending.first { $0.row.companion.map(words.contains) ?? true }?.row.rule
      ?? (onlyBlocks ? nil : loneKey(bytes))
  }

  /// The key that `wg genkey` writes: 32 bytes in Base64 and nothing else. What X25519 leaves out of a key
  /// tells it from a public one (RFC 7748 5, `decodeScalar25519`).
  private static func loneKey(_ bytes: [UInt8]) -> SecretRule? {
    guard bytes.count < 64 else { return nil }
    let text = bytes.filter { $0 > 0x20 }
    guard text.count == 44, let key = base64(text), key.count == 32, key[0] & 7 == 0,
      key[31] & 0xC0 == 0x40
    else { return nil }
    return SecretRule(name: "wireguard", what: "a private key of WireGuard")
  }

  private static func base64(_ text: [UInt8]) -> [UInt8]? {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var bytes: [UInt8] = []
    var (bits, count) = (0, 0)
    for digit in text where digit != UInt8(ascii: "=") {
      guard let value = alphabet.firstIndex(of: digit) else { return nil }
      bits = bits << 6 | value
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> count))
        bits &= 1 << count - 1
      }
    }
    return bytes
  }
}
