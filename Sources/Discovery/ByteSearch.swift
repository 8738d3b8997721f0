internal import CLinux
internal import FileTree

/// Words that end a text, looked for all at once.
struct WordSearch: Sendable {
  private var words: [UInt8: [ByteString]] = [:]
  private var isLast = [UInt8](repeating: 0, count: 256)

  /// - Parameter words: none is empty.
  init(_ words: [ByteString]) {
    for word in words {
      guard let last = word.bytes.last else { continue }
      self.words[last, default: []].append(word)
      isLast[Int(last)] = 1
    }
  }

  var isEmpty: Bool { words.isEmpty }

  /// Calls for each place at which one of the words stands before a zero byte, whatever stands before it.
  func each(in bytes: [UInt8], _ body: (_ word: ByteString, _ start: Int) -> Void) {
    guard !isEmpty else { return }
    var position = 0
    while let end = nextEnd(in: bytes, from: position) {
      position = end + 1
      for word in words[bytes[end - 1]] ?? [] where word.count <= end {
        let start = end - word.count
        if bytes[start..<end].elementsEqual(word.bytes) { body(word, start) }
      }
    }
  }

  private func nextEnd(in bytes: [UInt8], from start: Int) -> Int? {
    let place = unsafe bytes.withUnsafeBytes { bytes in
      unsafe isLast.withUnsafeBufferPointer {
        unsafe clinux_next_word_end(
          bytes.baseAddress, UInt(bytes.count), UInt(start), $0.baseAddress)
      }
    }
    return place < 0 ? nil : place
  }
}

/// The next slash at or behind a place, and the printable ASCII around it: nothing for a slash before the end
/// of what was seen already.
func nextSlash(
  in bytes: [UInt8], from start: Int, seenTo: Int, limit: Int
) -> (slash: Int, text: Range<Int>)? {
  var (slash, first, end): (UInt, UInt, UInt) = (0, 0, 0)
  let isFound = unsafe bytes.withUnsafeBufferPointer { bytes in
    unsafe clinux_next_slash_text(
      bytes.baseAddress, UInt(bytes.count), UInt(start), UInt(seenTo), UInt(limit), &slash, &first,
      &end)
  }
  return isFound == 1 ? (Int(slash), Int(first)..<Int(end)) : nil
}

/// Texts that begin with a slash, looked for all at once.
struct SlashTexts: Sendable {
  /// By the byte behind the slash.
  private var texts = [[ByteString]](repeating: [], count: 256)

  /// - Parameter texts: each has two bytes at least.
  init(_ texts: [ByteString]) {
    for text in texts where text.count > 1 { self.texts[Int(text.bytes[1])].append(text) }
  }

  /// Calls for each text that stands at a slash.
  func each(in bytes: [UInt8], at slash: Int, _ body: (ByteString) -> Void) {
    guard slash + 1 < bytes.count else { return }
    for text in texts[Int(bytes[slash + 1])]
    where bytes[slash...].prefix(text.count).elementsEqual(text.bytes) {
      body(text)
    }
  }
}
