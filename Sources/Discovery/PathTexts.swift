internal import ELF
internal import FileTree

/// Absolute paths that stand as whole texts among constants.
enum PathTexts {
  struct Text: Sendable {
    let path: ByteString
    /// From the file's beginning. In bytes.
    let offset: UInt64
  }

  /// In texts of one object.
  private static let limit = 1 << 18

  /// All of them, in the file's order. A blank or a conversion of printf makes a text a message or a part
  /// of a path.
  static func all(in segments: [ElfImage.Content]) -> [Text] {
    var texts: [Text] = []
    for segment in segments {
      var position = 0
      while texts.count < limit,
        let hit = find([0, UInt8(ascii: "/")], in: segment.bytes, from: position)
      {
        position = hit + 1
        let rest = segment.bytes[position...].prefix(PathResolver.textLimit)
        let text = rest.prefix { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "%") }
        guard text.endIndex < rest.endIndex, segment.bytes[text.endIndex] == 0 else { continue }
        texts.append(Text(path: ByteString(text), offset: segment.offset + UInt64(position)))
        position = text.endIndex
      }
    }
    return texts
  }
}

extension RootView {
  /// The paths among an object's constants that begin with one of some directories.
  ///
  /// - Parameter tops: each with a slash at both ends.
  mutating func pathTexts(of object: ObservedObject, below tops: [ByteString]) -> [PathTexts.Text] {
    pathTexts(of: object).filter { text in tops.contains { text.path.hasPrefix($0) } }
  }
}
