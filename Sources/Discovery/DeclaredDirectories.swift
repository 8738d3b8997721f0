internal import FileTree

/// Directories that a system makes when it starts.
///
/// Source: tmpfiles.d(5).
struct DeclaredDirectories {
  struct Directory {
    let path: RootPath
    let permissions: UInt16
    /// By name or number; empty for root.
    let owner: ByteString
  }

  /// In the order of their paths.
  private(set) var all: [Directory] = []

  /// Of files with one name, the first hides the others.
  private static let places: [ByteString] = [
    "/etc/tmpfiles.d", "/run/tmpfiles.d", "/usr/local/lib/tmpfiles.d", "/usr/lib/tmpfiles.d",
  ]

  init(in root: inout RootView) {
    var seen: Set<ByteString> = []
    for place in Self.places {
      for name in root.names(in: place)
      where name.hasSuffix(".conf") && seen.insert(name).inserted {
        for (_, line) in root.lines(at: place + "/" + name) { read(line) }
      }
    }
    all.sort { $0.path < $1.path }
  }

  func at(_ path: RootPath) -> Directory? { all.first { $0.path == path } }

  /// `TYPE PATH MODE USER ...`, the type with modifiers behind it.
  private mutating func read(_ line: ByteString) {
    let words = ConfigurationText.quotedWords(line)
    guard words.count >= 2, let type = words[0].bytes.first, "dDvqQ".utf8.contains(type),
      words[1].hasPrefix("/"), !words[1].contains(UInt8(ascii: "%"))
    else { return }
    var path = words[1]
    // The older name of the same directory, which most systems have as a link.
    let old: ByteString = "/var/run/"
    if path.hasPrefix(old) { path = "/run/" + ByteString(path.bytes.dropFirst(old.count)) }
    let digits = words.count > 2 ? words[2].description.drop { !$0.isNumber } : ""
    all.append(
      Directory(
        path: RootPath(normalising: path),
        permissions: (UInt16(digits, radix: 8) ?? 0o755) & 0o1777,
        owner: words.count > 3 && words[3] != "-" ? words[3] : ""))
  }
}
