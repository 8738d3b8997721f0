internal import FileTree

/// The absolute paths that a text of a program holds, alone, in lists, or among other words.
enum PathsInText {
  /// In bytes: what ends a path in a text that is more.
  private static let separators = Set(" \t\n\r:;,=\"'`()<>|[]{}".utf8)

  /// Paths, each with a directory for what printf(3) or a template would fill in.
  static func all(in text: ByteString) -> [ByteString] {
    text.bytes.split(whereSeparator: separators.contains).compactMap { word in
      guard word.first == UInt8(ascii: "/"), word.count < PathResolver.textLimit else { return nil }
      let known = word.prefix { $0 != UInt8(ascii: "%") && $0 != UInt8(ascii: "$") }
      if known.endIndex < word.endIndex { return ByteString(known).directoryPart }
      // A sentence ends with a dot, no path does.
      return ByteString(word.last == UInt8(ascii: ".") ? word.dropLast() : word)
    }
  }
}
