internal import ELF
internal import FileTree

/// Short texts in a program's code: compilers put the beginning of an array of characters into operands.
enum CodeTexts {
  /// What one operand holds. In bytes.
  static let operandSize = 8
  /// In bytes; no program has more code.
  private static let limit: UInt64 = 256 << 20
  /// In bytes.
  private static let windowSize: UInt64 = 1 << 20

  /// Those of some texts that stand in a file's code.
  ///
  /// - Parameter file: physical.
  static func those(
    _ texts: [ByteString], of file: RootPath, in root: RootView
  ) -> [ByteString] {
    guard !texts.isEmpty else { return [] }
    return root.store.strings(.init(file: file, parts: texts, match: .inCode)) {
      guard let file = try? root.tree.open(file) else { return [] }
      return search(texts, in: file)
    }
  }

  private static func search(
    _ texts: [ByteString], in file: borrowing OpenFile
  ) -> [ByteString] {
    let ranges = (try? ElfImage.constantRanges(of: file, in: .executable, limit: limit)) ?? []
    var found: Set<ByteString> = []
    for range in ranges {
      let range = range.clamped(to: 0..<file.size)
      var start = range.lowerBound
      while start < range.upperBound, found.count < texts.count {
        let end = min(range.upperBound, start + windowSize)
        let upper = min(range.upperBound, end + UInt64(operandSize))
        guard let bytes = try? file.read(at: start, count: Int(upper - start)) else { break }
        found.formUnion(texts.filter { find($0.bytes, in: bytes) != nil })
        start = end
      }
    }
    return found.sorted()
  }
}
