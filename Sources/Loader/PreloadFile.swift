internal import FileTree

/// `/etc/ld.so.preload`: names between white space and colons, comments from `#` to the line's end.
///
/// Source: glibc `elf/rtld.c` (`dl_main`).
enum PreloadFile {
  static let path: ByteString = "/etc/ld.so.preload"

  static func names(in text: ByteString) -> [ByteString] {
    text.split { $0 == UInt8(ascii: "\n") }
      .map { ByteString($0.bytes.prefix { $0 != UInt8(ascii: "#") }) }
      .flatMap { line in
        line.split {
          $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: ":")
        }
      }
      .filter { !$0.isEmpty }
  }
}
