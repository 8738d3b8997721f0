internal import FileTree

/// The descriptions of the terminals that people and engines use; terminfo(5).
enum Terminals {
  private static let names: [ByteString] = [
    "ansi", "dumb", "linux", "rxvt", "rxvt-unicode-256color", "screen", "screen-256color", "tmux",
    "tmux-256color", "vt100", "vt102", "vt220", "xterm", "xterm-256color", "xterm-color",
  ]
  private static let directories: [ByteString] = [
    "/etc/terminfo", "/lib/terminfo", "/usr/lib/terminfo", "/usr/share/terminfo",
  ]

  /// For each, the first description; it lies below its first letter, or that letter's number.
  static func wishes(in root: inout RootView) -> [Wish] {
    names.compactMap { name in
      guard let first = name.bytes.first else { return nil }
      for directory in directories {
        for letter in [ByteString([first]), ByteString(String(first, radix: 16))] {
          let path = directory + "/" + letter + "/" + name
          if root.isFile(path) { return .path(path, at: nil) }
        }
      }
      return nil
    }
  }
}
