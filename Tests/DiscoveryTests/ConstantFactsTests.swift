import FileTree
import TestSupport
import Testing

@testable import Discovery

/// What is read of constants, wherever it lies in a file that is read in windows.
struct ConstantFactsTests {
  private static let window = 1 << 18

  /// The places of texts in a file of other bytes.
  private func bytes(_ texts: [(place: Int, text: String)], size: Int = 3 * window) -> [UInt8] {
    var bytes = [UInt8](repeating: 0x90, count: size)
    for (place, text) in texts {
      bytes.replaceSubrange(place..<(place + text.utf8.count), with: Array(text.utf8))
    }
    return bytes
  }

  private func facts(
    _ bytes: [UInt8], _ sought: ConstantFacts.Sought, ranges: [Range<UInt64>]? = nil
  ) throws -> ConstantFacts {
    let tree = InMemoryTree(["/f": .file(bytes)])
    return ConstantFacts(
      of: try tree.open("/f"), in: ranges ?? [0..<UInt64(bytes.count)], sought)
  }

  @Test(arguments: [-5000, -4097, -4096, -4095, -300, -30, -12, -2, -1, 0, 1, 2, 4095, 4096, 5000])
  func `each is told once, with its place`(distance: Int) throws {
    let place = 2 * Self.window + distance
    var sought = ConstantFacts.Sought()
    (sought.texts, sought.words, sought.libraries) = (
      SlashTexts(["/etc/x"]), WordSearch(["user", "r"]), true
    )
    let path = try facts(bytes([(place, "\0/etc/x\0")]), sought)
    #expect(path.paths.map(\.text) == ["/etc/x"])
    #expect(path.paths.map(\.offset) == [UInt64(place + 1)])
    #expect(path.texts["/etc/x"]?.offset == UInt64(place + 1))
    let library = try facts(bytes([(place, "\0liba.so.1\0")]), sought)
    #expect(library.libraries.map(\.text) == ["liba.so.1"])
    #expect(library.libraries.map(\.offset) == [UInt64(place + 1)])
    let word = try facts(bytes([(place, " user\0")]), sought)
    #expect(word.words["user"] == UInt64(place + 1))
    let other = try facts(bytes([(place, "auser\0")]), sought)
    #expect(other.words.isEmpty && other.paths.isEmpty && other.libraries.isEmpty)
  }

  @Test func `a text may be as long as a path, and no longer`() throws {
    let longest = "/" + String(repeating: "a", count: PathResolver.textLimit - 2)
    for (text, isTold) in [(longest, true), (longest + "aa", false)] {
      for place in [10, Self.window - 10, Self.window - 4000] {
        let paths = try facts(bytes([(place, "\0" + text + "\0")]), .init()).paths
        #expect(paths.map(\.text.count) == (isTold ? [text.count] : []), "\(place)")
      }
    }
  }

  @Test func `ranges are read by themselves, and no further than the file goes`() throws {
    let bytes = bytes([(100, "\0/a\0"), (300, "\0/b\0")], size: 400)
    #expect(try facts(bytes, .init(), ranges: [90..<200]).paths.map(\.text) == ["/a"])
    #expect(try facts(bytes, .init(), ranges: [290..<1 << 40]).paths.map(\.offset) == [301])
    #expect(try facts(bytes, .init(), ranges: [500..<600]).paths.isEmpty)
    // A text that another segment begins isn't whole.
    #expect(try facts(bytes, .init(), ranges: [0..<102]).paths.isEmpty)
  }
}
