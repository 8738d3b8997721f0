internal import ELF
internal import FileTree

/// Absolute paths that stand as whole texts among constants.
enum PathTexts {
  struct Text {
    let path: ByteString
    /// From the file's beginning. In bytes.
    let offset: UInt64
  }

  /// The texts that begin with one of some directories, in the file's order.
  ///
  /// - Parameter tops: each with a slash at both ends.
  static func below(_ tops: [ByteString], in segments: [ElfImage.Content]) -> [Text] {
    segments.flatMap { segment in
      tops.flatMap { texts(below: $0, in: segment) }.sorted { $0.offset < $1.offset }
    }
  }

  private static func texts(below top: ByteString, in segment: ElfImage.Content) -> [Text] {
    let pattern = [0] + top.bytes
    var texts: [Text] = []
    var position = 0
    while let hit = find(pattern, in: segment.bytes, from: position) {
      position = hit + 1
      guard
        let end = segment.bytes[position...].prefix(PathResolver.textLimit).firstIndex(of: 0)
      else { break }
      let text = ByteString(segment.bytes[position..<end])
      // A blank or a conversion of printf makes it a message or a part of a path.
      if text.bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "%") }) {
        texts.append(Text(path: text, offset: segment.offset + UInt64(position)))
      }
      position = end
    }
    return texts
  }
}
