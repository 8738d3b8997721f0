internal import FileTree

/// `/etc/ld.so.preload`: names between white space and colons, comments from `#` to the line's end.
///
/// Source: glibc `elf/rtld.c` (`dl_main`).
enum PreloadFile {
  static let path: ByteString = "/etc/ld.so.preload"

  static func names(in text: ByteString) -> [ByteString] {
    var bytes = text.bytes
    blankComments(&bytes)
    // A C string, so it ends where a NUL stands.
    return bytes.prefix { $0 != 0 }.split(whereSeparator: isSeparator).map { ByteString($0) }
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: ":"): true
    default: false
    }
  }

  /// The loader counts the bytes that are left from each comment on, but looks for the next one from
  /// the file's beginning: behind a long comment, a later one may be none (tried).
  private static func blankComments(_ bytes: inout [UInt8]) {
    var rest = bytes.count
    while rest > 0 {
      guard var index = bytes[..<rest].firstIndex(of: UInt8(ascii: "#")) else { return }
      rest -= index
      while true {
        bytes[index] = UInt8(ascii: " ")
        rest -= 1
        guard rest > 0 else { return }
        index += 1
        if bytes[index] == UInt8(ascii: "\n") { break }
      }
    }
  }
}
