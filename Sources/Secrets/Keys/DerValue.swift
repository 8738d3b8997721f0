/// One value of ASN.1 in its distinguished encoding: a tag, a length and what that covers.
///
/// Of the basic rules only an indefinite length is known, with which old programs write PKCS #12.
/// Source: ITU-T X.690.
struct DerValue {
  enum Tag {
    static let integer: UInt8 = 0x02
    static let octets: UInt8 = 0x04
    static let identifier: UInt8 = 0x06
    static let sequence: UInt8 = 0x30
    /// Of the first two context-specific values.
    static let contextual: ClosedRange<UInt8> = 0xA0...0xA1
  }

  let tag: UInt8
  let content: ArraySlice<UInt8>

  /// The value at the beginning of bytes; nil if there is none, or not all of it.
  init?(_ bytes: ArraySlice<UInt8>) {
    guard let tag = bytes.first, tag & 0x1F != 0x1F, let first = bytes.dropFirst().first else {
      return nil
    }
    self.tag = tag
    var rest = bytes.dropFirst(2)
    var length = Int(first)
    if first == 0x80 {
      guard tag & 0x20 != 0 else { return nil }
      content = rest
      return
    }
    if first > 0x80 {
      let size = Int(first & 0x7F)
      guard size <= 4, rest.count >= size else { return nil }
      length = rest.prefix(size).reduce(0) { $0 << 8 | Int($1) }
      rest = rest.dropFirst(size)
    }
    guard length <= rest.count else { return nil }
    content = rest.prefix(length)
  }

  /// The values that it is made of, as many as can be read; at most some.
  var parts: [DerValue] {
    let limit = 16
    var parts: [DerValue] = []
    var rest = content
    while parts.count < limit, let part = DerValue(rest) {
      parts.append(part)
      rest = rest[part.content.endIndex...]
    }
    return parts
  }

  /// A number of one byte; nil for any other value.
  var smallNumber: UInt8? {
    tag == Tag.integer && content.count == 1 ? content.first : nil
  }

  /// Whether it is a sequence that begins with an object identifier below one of some others.
  ///
  /// - Parameter arcs: encoded, without tag and length.
  func names(_ arcs: [[UInt8]]) -> Bool {
    guard tag == Tag.sequence, let name = DerValue(content), name.tag == Tag.identifier else {
      return false
    }
    return arcs.contains { name.content.starts(with: $0) }
  }
}
