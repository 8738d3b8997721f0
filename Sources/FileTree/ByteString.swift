internal import Glibc

/// A string of bytes without an encoding, as the kernel and ELF files hold names.
///
/// File names and sonames on Linux are any bytes but NUL (and `/` in a name). A Swift `String` would
/// replace what isn't UTF-8, so a file with such a name could no longer be opened.
package struct ByteString: Hashable, Sendable {
  package var bytes: [UInt8]

  package init(_ bytes: some Sequence<UInt8>) {
    self.bytes = Array(bytes)
  }

  // The usual sequences by themselves: from another module, the one above would ask the runtime for
  // their conformances, which takes longer than the copy.

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  package init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = Array(bytes)
  }

  /// A copy of memory.
  package init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = unsafe Array(unsafeUninitializedCapacity: bytes.count) { buffer, count in
      unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
      count = bytes.count
    }
  }

  package init(_ text: String) {
    bytes = Array(text.utf8)
  }

  package var isEmpty: Bool { bytes.isEmpty }
  package var count: Int { bytes.count }

  package static func + (left: ByteString, right: ByteString) -> ByteString {
    ByteString(left.bytes + right.bytes)
  }

  package func hasPrefix(_ prefix: ByteString) -> Bool {
    count >= prefix.count && Self.compare(self, prefix) == 0
  }

  package func hasSuffix(_ suffix: ByteString) -> Bool {
    guard count >= suffix.count else { return false }
    return unsafe bytes.withUnsafeBytes { all in
      unsafe suffix.bytes.withUnsafeBytes { end in
        guard let base = all.baseAddress, let endBase = end.baseAddress else { return true }
        return unsafe memcmp(base + (all.count - end.count), endBase, end.count) == 0
      }
    }
  }

  package func contains(_ byte: UInt8) -> Bool {
    bytes.contains(byte)
  }

  /// A path's text up to its last slash: `/` for a name in the root, `.` where there is no slash.
  package var directoryPart: ByteString {
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == 0 ? "/" : ByteString(bytes[..<slash])
  }

  /// The parts between separators, empty ones included, as C's `strsep` gives them.
  package func split(on isSeparator: (UInt8) -> Bool) -> [ByteString] {
    bytes.split(omittingEmptySubsequences: false, whereSeparator: isSeparator).map {
      ByteString($0)
    }
  }

  /// Calls `body` with the bytes as a NUL-terminated C string.
  package func withCString<R>(_ body: (UnsafePointer<CChar>) -> R) -> R {
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bytes.count + 1) { buffer in
      _ = unsafe buffer.initialize(from: bytes)
      unsafe buffer[bytes.count] = 0
      let terminated = unsafe UnsafeRawPointer(buffer.baseAddress.unsafelyUnwrapped)
      return unsafe body(terminated.assumingMemoryBound(to: CChar.self))
    }
  }

  package func hash(into hasher: inout Hasher) {
    unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
  }

  package static func == (left: ByteString, right: ByteString) -> Bool {
    left.bytes.count == right.bytes.count && compare(left, right) == 0
  }

  /// As `memcmp` of as many bytes as both have.
  private static func compare(_ left: ByteString, _ right: ByteString) -> Int32 {
    unsafe left.bytes.withUnsafeBytes { l in
      unsafe right.bytes.withUnsafeBytes { r in
        let shared = min(l.count, r.count)
        guard shared > 0, let lBase = l.baseAddress, let rBase = r.baseAddress else { return 0 }
        return unsafe memcmp(lBase, rBase, shared)
      }
    }
  }
}

extension ByteString: Comparable {
  /// Orders bytewise, independent of any locale.
  package static func < (left: ByteString, right: ByteString) -> Bool {
    let order = compare(left, right)
    return order == 0 ? left.count < right.count : order < 0
  }
}

extension ByteString: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) {
    self.init(value)
  }
}

extension ByteString: CustomStringConvertible {
  /// The bytes as UTF-8 text; control characters and bytes that aren't UTF-8 stand as `\xNN`, and so
  /// does a backslash that would look like the beginning of one.
  ///
  /// A name from a hostile file must not reach the terminal as an escape sequence.
  package var description: String {
    let backslash = UInt8(ascii: "\\")
    if bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != backslash }) {
      return String(decoding: bytes, as: UTF8.self)
    }
    var text = ""
    var rest = bytes[...]
    while let first = rest.first {
      let isEscape = first == backslash && rest.dropFirst().first == UInt8(ascii: "x")
      if !isEscape, let scalar = Self.decodeScalar(rest), !Self.isControl(scalar) {
        text.unicodeScalars.append(scalar)
        rest = rest.dropFirst(UTF8.width(scalar))
      } else {
        text += Self.escape(first)
        rest = rest.dropFirst()
      }
    }
    return text
  }

  /// Whether a text shows itself as it is, so that it can be the description of bytes.
  package static func isPlain(_ text: String) -> Bool {
    !text.unicodeScalars.contains { isControl($0) }
  }

  private static func decodeScalar(_ bytes: ArraySlice<UInt8>) -> Unicode.Scalar? {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return nil }
    return scalar
  }

  /// C0, DEL and C1 controls, and the marks that reorder text on a screen.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  private static func escape(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "\\x" + (digits.count == 1 ? "0" : "") + digits
  }
}
