internal import Crypto

/// A SHA-256 digest: of a file's content, a blob or a layer.
package struct ContentDigest: Hashable, Sendable {
  private let bytes: SIMD32<UInt8>

  fileprivate init(_ digest: SHA256Digest) {
    bytes = unsafe digest.withUnsafeBytes { unsafe $0.loadUnaligned(as: SIMD32<UInt8>.self) }
  }

  package init(of content: [UInt8]) {
    var digester = Digester()
    digester.append(content.span)
    self = digester.digest
  }

  /// Nil for all but `sha256:` and 64 lower-case digits, so that what is read from a document can't
  /// name any other file (OCI image-spec, descriptor.md, "Digests").
  package init?(text: String) {
    guard text.hasPrefix("sha256:") else { return nil }
    self.init(hexadecimal: text.dropFirst(7))
  }

  /// Nil for all but 64 lower-case digits.
  package init?(hexadecimal text: some StringProtocol) {
    let digits = Array(text.utf8)
    guard digits.count == 64 else { return nil }
    var bytes = SIMD32<UInt8>()
    for index in 0..<32 {
      guard let high = Self.value(of: digits[2 * index]),
        let low = Self.value(of: digits[2 * index + 1])
      else { return nil }
      bytes[index] = high << 4 | low
    }
    self.bytes = bytes
  }

  private static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }

  /// 64 lower-case digits.
  package var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    let text = (0..<32).flatMap { [digits[Int(bytes[$0] >> 4)], digits[Int(bytes[$0] & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }
}

extension ContentDigest: CustomStringConvertible {
  /// `sha256:` and the digits.
  package var description: String { "sha256:" + hexadecimal }
}

/// A SHA-256 digest in the making.
struct Digester {
  private var state = SHA256()

  mutating func append(_ bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer {
      unsafe state.update(bufferPointer: UnsafeRawBufferPointer($0))
    }
  }

  /// Appends zeros, piece by piece.
  ///
  /// - Parameter willAppend: asked before each piece, with its size.
  mutating func append<E: Error>(
    zeros count: UInt64, willAppend: (Int) throws(E) -> Void
  ) throws(E) {
    let piece = [UInt8](repeating: 0, count: Int(min(count, 1 << 18)))
    var rest = count
    while rest > 0 {
      let size = Int(min(rest, UInt64(piece.count)))
      try willAppend(size)
      append(piece.span.extracting(..<size))
      rest -= UInt64(size)
    }
  }

  /// Of all that was appended.
  var digest: ContentDigest { ContentDigest(state.finalize()) }
}
