import FileTree
import Testing

@testable import Discovery

/// The search for bytes, held against a plain one.
struct ByteSearchTests {
  private static func plain(_ pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    guard bytes.count >= pattern.count else { return nil }
    return (start...max(start, bytes.count - pattern.count)).first {
      bytes.dropFirst($0).starts(with: pattern)
    }
  }

  @Test func `finds the first place, wherever it lies and however long the pattern is`() {
    var generator = SystemRandomNumberGenerator()
    for size in 0..<120 {
      // Few letters, so that patterns are often there, or nearly.
      let bytes = (0..<size).map { _ in UInt8.random(in: 0...2, using: &generator) }
      for length in [1, 2, 3, 5, 16, 17, 70] {
        let start = Int.random(in: 0...size, using: &generator)
        let from = Int.random(in: 0...size, using: &generator)
        for pattern in [
          (0..<length).map { _ in UInt8.random(in: 0...2, using: &generator) },
          Array(bytes[start...].prefix(length)),
        ] where !pattern.isEmpty {
          #expect(
            find(pattern, in: bytes, from: from) == Self.plain(pattern, in: bytes, from: from),
            "\(pattern) in \(bytes) from \(from)")
        }
      }
    }
  }

  @Test func `finds every word before a zero byte`() {
    var generator = SystemRandomNumberGenerator()
    let words: [ByteString] = ["a", "ab", "bb", "aba"]
    for size in 0..<150 {
      let letters: [UInt8] = [0, 0, UInt8(ascii: "a"), UInt8(ascii: "b"), UInt8(ascii: "c")]
      let bytes = (0..<size).map { _ in letters.randomElement(using: &generator) ?? 0 }
      var found: Set<String> = []
      WordSearch(words).each(in: bytes) { word, start in
        #expect(found.insert("\(word) \(start)").inserted)
      }
      var expected: Set<String> = []
      for word in words {
        for start in bytes.indices where bytes[start...].starts(with: word.bytes + [0]) {
          expected.insert("\(word) \(start)")
        }
      }
      #expect(found == expected)
    }
  }

  @Test func `nothing is found of nothing, or behind the end`() {
    #expect(find([], in: [1, 2]) == nil)
    #expect(find([1], in: [1, 2], from: 3) == nil)
    #expect(find([2], in: [1, 2], from: 2) == nil)
    #expect(find([1, 2], in: []) == nil)
  }

  @Test func `what was seen of a text is looked at once, however many slashes it has`() throws {
    let bytes = Array("ab/cd/ef\0".utf8)
    let first = try #require(nextSlash(in: bytes, from: 0, seenTo: 0, limit: 100))
    #expect(first.slash == 2 && first.text == 0..<8)
    let second = try #require(
      nextSlash(in: bytes, from: 3, seenTo: first.text.upperBound, limit: 100))
    #expect(second.slash == 5 && second.text.isEmpty)
    #expect(nextSlash(in: bytes, from: 6, seenTo: first.text.upperBound, limit: 100) == nil)
  }
}
