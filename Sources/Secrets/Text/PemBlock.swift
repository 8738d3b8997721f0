/// A private key between lines of dashes, as text files hold it: a file of its own, behind other text, or a
/// string of a document or of code.
///
/// Source: RFC 7468; openssl `crypto/pem/pem_lib.c` (a mark at the beginning of the file, blanks and controls
/// at the end of a line, what stands before the first block); RFC 9580 6.2 (OpenPGP); RFC 4716 (SSH 2);
/// openvpn(8).
enum PemBlock {
  /// What each block begins with, of which one begins with one dash less.
  static let markers: [[UInt8]] = [Array("-----BEGIN ".utf8), Array("---- BEGIN ".utf8)]
  private static let rule = SecretRule(name: "pem", what: "a private key")

  private static let secretEnds = ["PRIVATE KEY", "PRIVATE KEY BLOCK", "SECRET KEY BLOCK"]
  private static let secretLabels: Set<[UInt8]> = [
    Array("OpenVPN Static key V1".utf8), Array("OpenVPN tls-crypt-v2 client key".utf8),
    Array("OpenVPN tls-crypt-v2 server key".utf8), Array("PKCS12".utf8),
  ]
  /// What stands between a block and its text, first lines of it.
  private static let headers = [
    "Proc-Type:", "DEK-Info:", "Version:", "Comment:", "Charset:", "Hash:", "Key-ID:",
  ]
  /// In bytes.
  private static let labelLimit = 64
  private static let space = UInt8(ascii: " ")
  private static let dash = UInt8(ascii: "-")

  /// Whether a private key begins at a marker, or only speaks of one.
  ///
  /// - Parameters:
  ///   - place: of one of ``markers``.
  ///   - isPem: whether nothing but comments is before the file's first block.
  static func rule(at place: Int, in bytes: [UInt8], isPem: Bool) -> SecretRule? {
    let start = place + markers[0].count
    guard let end = labelEnd(in: bytes, from: start), isSecret(bytes[start..<end]) else {
      return nil
    }
    let rest = bytes[end...].drop { $0 == dash || $0 == space }
    let line = bytes[..<place].lastIndex { $0 == 0x0A || $0 == 0x0D }.map { $0 + 1 } ?? 0
    let before = bytes[line..<place]
    if isPem, before.allSatisfy({ !isText($0) || $0 >= 0x80 }), rest.first.map(isText) != true {
      return rule
    }
    return isBegun(rest, behind: before) ? rule : nil
  }

  /// Whether nothing but comments and what tools write about a key is before the first block.
  static func begins(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...].drop { !isText($0) || $0 >= 0x80 }
    while let first = rest.first, "#;".utf8.contains(first) {
      rest = rest.drop { $0 != 0x0A && $0 != 0x0D }.drop { !isText($0) }
    }
    let texts = ["-----BEGIN ", "---- BEGIN ", "Bag Attributes"]
    return texts.contains { rest.starts(with: $0.utf8) }
  }

  private static func labelEnd(in bytes: [UInt8], from start: Int) -> Int? {
    let limit = min(bytes.count, start + labelLimit)
    guard start < limit, let end = bytes[start..<limit].firstIndex(of: dash) else { return nil }
    // A dash may be in a name.
    guard bytes[end...].prefix(4).allSatisfy({ $0 == dash }) else {
      return labelEnd(in: bytes, from: end + 1)
    }
    return end
  }

  private static func isSecret(_ label: ArraySlice<UInt8>) -> Bool {
    let label = label.last == space ? label.dropLast() : label
    return secretLabels.contains(Array(label))
      || secretEnds.contains { label.suffix($0.utf8.count).elementsEqual($0.utf8) }
  }

  /// Whether the text of a block follows.
  ///
  /// - Parameter prefix: what stands before the block in its line, and so before each of its lines.
  private static func isBegun(_ rest: ArraySlice<UInt8>, behind prefix: ArraySlice<UInt8>) -> Bool {
    let isInString = rest.first.map { "\\\"'".utf8.contains($0) } ?? false
    var body = rest.drop { !isText($0) }
    guard isInString || body.startIndex > rest.startIndex else { return false }
    let mark = prefix.drop { !isText($0) }
    if isInString {
      body = skipEscapes(body)
    } else if !mark.isEmpty, body.starts(with: mark) {
      body = body.dropFirst(mark.count).drop { !isText($0) }
    }
    if headers.contains(where: { body.starts(with: $0.utf8) }) { return true }
    let run = body.prefix(while: TextAlphabet.base64.has)
    let endsLine =
      body[run.endIndex...].first.map { !isText($0) || $0 == UInt8(ascii: "\\") } ?? true
    return run.count >= (isInString || !endsLine ? 16 : 4)
  }

  /// The ends of lines as strings write them, and what joins such strings.
  private static func skipEscapes(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var rest = text
    while let first = rest.first {
      if first == UInt8(ascii: "\\") {
        rest = rest.dropFirst()
        if let next = rest.first, "nr".utf8.contains(next) { rest = rest.dropFirst() }
      } else if !isText(first) || "\"'+,.".utf8.contains(first) {
        rest = rest.dropFirst()
      } else {
        break
      }
    }
    return rest
  }

  private static func isText(_ byte: UInt8) -> Bool { byte > space && byte != 0x7F }
}
