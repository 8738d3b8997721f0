import Testing

@testable import RootfsPack

struct NearestKeyTests {
  static let names = ["output", "library-path", "add", "load", "level", "label", "user", "tag"]

  static let meant: [(written: String, name: String?)] = [
    ("outptu", "output"), ("ouput", "output"), ("Output", "output"),
    ("library_path", "library-path"),
    ("lib-path", "library-path"), ("levels", "level"), ("tg", "tag"), ("lable", "label"),
    ("foo", nil), ("x", nil), ("", nil), (String(repeating: "o", count: 5000), nil),
  ]

  @Test(arguments: meant)
  func `a name that is a few letters off is found, and no other`(
    meant: (written: String, name: String?)
  ) {
    #expect(NearestKey.find(meant.written, in: Self.names) == meant.name)
  }

  static let distances: [(String, String, Int)] = [
    ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("abc", "acb", 1),
    ("abc", "ab", 1), ("abc", "abcd", 1), ("abc", "xyz", 3), ("ca", "abc", 3),
  ]

  @Test(arguments: distances)
  func `a letter added, dropped, replaced or swapped is one step`(
    words: (String, String, Int)
  ) {
    #expect(NearestKey.distance(Array(words.0.utf8), Array(words.1.utf8)) == words.2)
    #expect(NearestKey.distance(Array(words.1.utf8), Array(words.0.utf8)) == words.2)
  }
}
