/// Secret keys of OpenPGP in binary: a keyring, an export, or a key box.
///
/// Source: RFC 9580 4.2 (headers of packets), 5.5.1 and 5.5.3 (secret keys), 9.1 (algorithms); GnuPG
/// `kbx/keybox-blob.c`.
enum OpenPGPPackets {
  static let rule = SecretRule(name: "openpgp", what: "a secret key of OpenPGP")

  private static let secretTags: Set<Int> = [5, 7]
  /// What a keyring is made of beside: signatures, public keys, trust, names and marks.
  private static let otherTags: Set<Int> = [2, 6, 10, 12, 13, 14, 17, 21]
  private static let algorithms: Set<UInt8> = [
    1, 2, 3, 16, 17, 18, 19, 20, 22, 25, 26, 27, 28, 30, 31, 32, 33, 34, 35, 36,
  ]

  /// Whether a file may begin with a packet of a keyring.
  static func isOne(_ head: [UInt8]) -> Bool {
    guard let first = head.first, first & 0x80 != 0 else { return false }
    let tag = tag(of: first)
    return secretTags.contains(tag) || otherTags.contains(tag)
  }

  static func isKeyBox(_ head: [UInt8]) -> Bool {
    head.count > 32 && head[4] == 1 && head[8..<12].elementsEqual("KBXf".utf8)
  }

  /// Whether one of the packets is a secret key; what isn't made of packets ends the search.
  static func hold(_ bytes: ArraySlice<UInt8>) -> Bool {
    var rest = bytes
    while let first = rest.first, first & 0x80 != 0, let body = body(of: rest) {
      let tag = tag(of: first)
      if secretTags.contains(tag) { return isKey(body) }
      guard otherTags.contains(tag) else { return false }
      rest = rest[body.endIndex...]
    }
    return false
  }

  /// The same of a key box, whose blobs hold keyrings.
  static func keyBoxHolds(_ bytes: [UInt8]) -> Bool {
    var start = 0
    while true {
      var reader = BigEndianReader(bytes, at: start)
      guard let length = reader.number(4), length >= 16, start + length <= bytes.count,
        let kind = reader.number(1), reader.skip(3), let offset = reader.number(4),
        let size = reader.number(4)
      else { return false }
      let first = start + offset
      if kind == 2, offset <= length, size <= length - offset,
        hold(bytes[first..<first + size])
      {
        return true
      }
      start += length
    }
  }

  private static func tag(of first: UInt8) -> Int {
    first & 0x40 != 0 ? Int(first & 0x3F) : Int(first >> 2 & 0x0F)
  }

  /// What a packet's length covers; nil if that isn't all there. Keys have no partial lengths.
  private static func body(of packet: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard let first = packet.first, let second = packet.dropFirst().first else { return nil }
    var rest = packet.dropFirst()
    var size: Int?
    func number(_ count: Int) -> Int? {
      rest.count >= count ? rest.prefix(count).reduce(0) { $0 << 8 | Int($1) } : nil
    }
    if first & 0x40 == 0 {
      let bytes = 1 << Int(first & 3)
      guard bytes <= 4 else { return nil }
      size = number(bytes)
      rest = rest.dropFirst(bytes)
    } else if second < 192 {
      size = Int(second)
      rest = rest.dropFirst()
    } else if second < 224 {
      size = number(2).map { $0 - 0xC000 + 192 }
      rest = rest.dropFirst(2)
    } else if second == 255 {
      rest = rest.dropFirst()
      size = number(4)
      rest = rest.dropFirst(4)
    }
    guard let size, size <= rest.count else { return nil }
    return rest.prefix(size)
  }

  /// A version, a time, in some versions a number of two or four bytes, and an algorithm.
  private static func isKey(_ body: ArraySlice<UInt8>) -> Bool {
    guard let version = body.first, body.count > 12 else { return false }
    let place: Int? =
      switch version {
      case 2, 3: 7
      case 4, 5, 6: 5
      default: nil
      }
    return place.map { algorithms.contains(body[body.startIndex + $0]) } ?? false
  }
}
