internal import FileTree

/// `/etc/ld.so.preload`: names between white space and colons, comments from `#` to the line's end.
///
/// Source: glibc `elf/rtld.c` (`dl_main`).
enum PreloadFile {
  static let path: ByteString = "/etc/ld.so.preload"

  static func names(in text: ByteString) -> [ByteString] {
    var bytes = text.bytes
    blankComments(&bytes)
    return ByteString(bytes)
      .split { byte in
        [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: ":")]
          .contains(byte)
      }
      .filter { !$0.isEmpty }
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
