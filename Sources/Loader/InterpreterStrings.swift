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
  /// The subdirectories of `glibc-hwcaps`, best first (`_dl_hwcaps_subdirs`).
  let glibcLevels: [ByteString]
  /// The minor number of glibc 2; nil before 2.33, which doesn't tell it.
  let glibcMinorVersion: Int?
  /// Whether Debian or a descendant built it, with its changes; nil before 2.33.
  let isDebianGlibc: Bool?
  let muslArchitecture: ByteString?
  /// Ending in `/`; empty if none were recognised.
  let muslDefaultDirectories: [ByteString]

  /// Whether the file shows itself as the loader of glibc or musl.
  var isKnownLoader: Bool { glibcCachePath != nil || muslArchitecture != nil }

  /// In bytes; no loader has more than a megabyte or two.
  static let segmentLimit: UInt64 = 4 << 20
  /// In directories; the longest table of any port has ten.
  private static let tableLimit = 32

  /// - Parameter constants: the contents of the read-only segments, where string literals are.
  init(constants: [[UInt8]]) {
    var directories: [ByteString] = []
    var run: [ByteString] = []
    var runEnd = 0
    var cachePath: ByteString?
    var muslPath: [ByteString] = []
    var architecture: ByteString?
    var libs: [ByteString] = []
    var levels: [ByteString] = []
    var version: Int?
    var isDebian: Bool?
    Self.forEachCandidate(in: Array(constants.joined(separator: [0]))) { text in
      switch text.first {
      case UInt8(ascii: "l"):
        if text.starts(with: "lib".utf8) { libs.append(ByteString(text)) }
        if version == nil, let number = Self.version(ofBanner: text) {
          version = number
          isDebian = Self.vendorIsDebian(text)
        }
      case UInt8(ascii: "x"), UInt8(ascii: "p"), UInt8(ascii: "z"):
        if levels.isEmpty { levels = Self.levels(text) }
      case UInt8(ascii: "/") where Self.isDirectory(text):
        // The longest run is the table: one string right behind the other.
        if text.startIndex != runEnd { run = [] }
        if run.count < Self.tableLimit { run.append(ByteString(text)) }
        runEnd = text.endIndex + 1
        if run.count > directories.count { directories = run }
      default:
        if text.hasSuffix("/ld.so.cache") { cachePath = cachePath ?? ByteString(text) }
        if text.contains(UInt8(ascii: ":")), text.starts(with: "/lib".utf8) {
          muslPath = text.split(separator: UInt8(ascii: ":")).map { ByteString($0) + "/" }
        }
        architecture = architecture ?? Self.architecture(ofPathFile: text)
      }
    }
    glibcDefaultDirectories = cachePath == nil ? [] : Self.unique(directories)
    glibcCachePath = cachePath
    glibcLevels = levels
    glibcMinorVersion = version
    isDebianGlibc = isDebian
    muslArchitecture = architecture
    muslDefaultDirectories = architecture == nil ? [] : muslPath
    // One of the default directories is called so, as a whole on Debian, or below the prefix that
    // the loader was built for.
    glibcLib =
      libs.first { lib in directories.contains("/" + lib + "/") }
      ?? libs.first { lib in
        let ending = "/" + lib + "/"
        return directories.contains { $0.hasSuffix(ending) }
      }
  }

  /// Whether a string may be one of the default directories; code holds bytes that look alike.
  private static func isDirectory(_ text: ArraySlice<UInt8>) -> Bool {
    let slash = UInt8(ascii: "/")
    return text.last == slash && text.allSatisfy(isPathByte)
      && text.contains { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") }
      && !zip(text, text.dropFirst()).contains { $0 == slash && $1 == slash }
  }

  private static func isPathByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."),
      UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "@"):
      true
    default: false
    }
  }

  /// `ld.so (Debian GLIBC 2.36-9) ...` or Ubuntu's.
  private static func vendorIsDebian(_ banner: ArraySlice<UInt8>) -> Bool {
    let vendor = banner.dropFirst("ld.so (".utf8.count)
    return vendor.starts(with: "Debian GLIBC".utf8) || vendor.starts(with: "Ubuntu GLIBC".utf8)
  }

  /// 36 of `ld.so (GNU libc) stable release version 2.36.`
  private static func version(ofBanner text: ArraySlice<UInt8>) -> Int? {
    guard text.starts(with: "ld.so (".utf8) else { return nil }
    let marker = Array(" release version 2.".utf8)
    guard
      let start = text.indices.first(where: { text[$0...].starts(with: marker) })
    else { return nil }
    let digits = text[(start + marker.count)...].prefix { $0 >= 0x30 && $0 <= 0x39 }
    return Int(String(decoding: digits, as: UTF8.self))
  }

  /// The parts of `x86-64-v4:x86-64-v3:x86-64-v2` and its like.
  private static func levels(_ text: ArraySlice<UInt8>) -> [ByteString] {
    let prefixes = ["x86-64-v", "power", "z1"]
    let parts = text.split(separator: UInt8(ascii: ":"))
    guard parts.count > 1,
      prefixes.contains(where: { prefix in
        parts.allSatisfy { $0.starts(with: prefix.utf8) && $0.count <= 16 }
      })
    else { return [] }
    return parts.map { ByteString($0) }
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

  /// Calls `body` with every NUL-terminated string that may be one of the facts, by its first letter.
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
        if isFirstLetter(first), next - index < 4096 {
          ranges.append(index..<next)
        } else if unsafe buffer[next - 1] == UInt8(ascii: "/") {
          // The table of directories may stand right behind something else than a string.
          var start = next - 1
          while start > index, unsafe isPathByte(buffer[start - 1]) { start -= 1 }
          while start < next, unsafe buffer[start] != UInt8(ascii: "/") { start += 1 }
          if next - start > 1, next - start < 4096 { ranges.append(start..<next) }
        }
        index = next + 1
      }
    }
    for range in ranges { body(bytes[range]) }
  }

  private static func isFirstLetter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "/"), UInt8(ascii: "%"), UInt8(ascii: "l"), UInt8(ascii: "p"),
      UInt8(ascii: "x"), UInt8(ascii: "z"):
      true
    default: false
    }
  }
}

extension ArraySlice<UInt8> {
  fileprivate func hasSuffix(_ suffix: String) -> Bool {
    self.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
  }
}
