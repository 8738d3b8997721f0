internal import FileTree
internal import Glibc

/// The facts that stand as plain strings in a loader's own file.
///
/// Distributions compile different default directories into glibc, so the target's interpreter is
/// asked instead of a table. Source of the layout: glibc `elf/dl-load.c` (`system_dirs`: strings
/// that end in `/`, one behind the other), `elf/dl-cache.c` (`LD_SO_CACHE`), musl `ldso/dynlink.c`.
struct InterpreterStrings {
  /// Ending in `/`; empty if none were recognised.
  let glibcDefaultDirectories: [ByteString]
  let glibcCachePath: ByteString?
  /// `DL_DST_LIB`.
  let glibcLib: ByteString?
  let muslArchitecture: ByteString?
  /// Ending in `/`; empty if none were recognised.
  let muslDefaultDirectories: [ByteString]

  /// In bytes; no loader is larger than a few megabytes.
  static let segmentLimit: UInt64 = 16 << 20

  /// - Parameter constants: the contents of the read-only segments, where string literals are.
  init(constants: [[UInt8]]) {
    var directories: [ByteString] = []
    var run: [ByteString] = []
    var cachePath: ByteString?
    var muslPath: [ByteString] = []
    var architecture: ByteString?
    var libs: [ByteString] = []
    Self.forEachCandidate(in: Array(constants.joined(separator: [0]))) { text in
      switch text.first {
      case UInt8(ascii: "l"):
        if text.starts(with: "lib".utf8) { libs.append(ByteString(text)) }
      case UInt8(ascii: "/") where text.last == UInt8(ascii: "/") && text.count > 1:
        run.append(ByteString(text))
      default:
        // The longest run is the table; each directory stands there once.
        if run.count > directories.count { directories = run }
        run = []
        if text.hasSuffix("/ld.so.cache") { cachePath = cachePath ?? ByteString(text) }
        if text.contains(UInt8(ascii: ":")), text.starts(with: "/lib".utf8) {
          muslPath = text.split(separator: UInt8(ascii: ":")).map { ByteString($0) + "/" }
        }
        architecture = architecture ?? Self.architecture(ofPathFile: text)
      }
    }
    if run.count > directories.count { directories = run }
    glibcDefaultDirectories = cachePath == nil ? [] : Self.unique(directories)
    glibcCachePath = cachePath
    muslArchitecture = architecture
    muslDefaultDirectories = architecture == nil ? [] : muslPath
    // The directory of `$LIB` is one of the default ones without the slashes around it.
    glibcLib = libs.first { lib in directories.contains("/" + lib + "/") }
  }

  /// `x86_64` of `/etc/ld-musl-x86_64.path`, which may have a format directive before it.
  private static func architecture(ofPathFile text: ArraySlice<UInt8>) -> ByteString? {
    guard text.hasSuffix(".path") else { return nil }
    var name = text
    if name.starts(with: "%.*s".utf8) { name = name.dropFirst(4) }
    let prefix = "/etc/ld-musl-".utf8
    guard name.starts(with: prefix) else { return nil }
    return ByteString(name.dropFirst(prefix.count).dropLast(".path".utf8.count))
  }

  private static func unique(_ directories: [ByteString]) -> [ByteString] {
    var seen: Set<ByteString> = []
    return directories.filter { seen.insert($0).inserted }
  }

  /// Calls `body` with every NUL-terminated string that may be one of the facts: one that begins
  /// with `/`, `l` or `%` right behind a NUL.
  private static func forEachCandidate(
    in bytes: [UInt8], _ body: (ArraySlice<UInt8>) -> Void
  ) {
    // The file is mostly code and zeros: this loop is a good part of the start-up time.
    var ranges: [Range<Int>] = []
    unsafe bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return }
      var index = 0
      while index < buffer.count {
        let first = unsafe buffer[index]
        guard first != 0 else {
          index += 1
          continue
        }
        guard let end = unsafe memchr(base + index, 0, buffer.count - index) else { return }
        let next = unsafe UnsafeRawPointer(end) - base
        let isCandidate =
          first == UInt8(ascii: "/") || first == UInt8(ascii: "%") || first == UInt8(ascii: "l")
        if isCandidate, next - index < 4096 { ranges.append(index..<next) }
        index = next + 1
      }
    }
    for range in ranges { body(bytes[range]) }
  }
}

extension ArraySlice<UInt8> {
  fileprivate func hasSuffix(_ suffix: String) -> Bool {
    self.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
  }
}
