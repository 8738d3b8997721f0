import FileTree
import Testing

struct RootPathTests {
  @Test(arguments: [
    ("", "/"), ("/", "/"), ("//a///b/", "/a/b"), ("/a/./b/../c", "/a/c"), ("/../..", "/"),
    ("a/b", "/a/b"),
  ])
  func `normalises by letters`(text: String, expected: String) {
    #expect(RootPath(normalising: ByteString(text)).description == expected)
  }

  @Test func `knows its parts`() {
    let path: RootPath = "/usr/lib/libz.so"
    #expect(path.name == "libz.so")
    #expect(path.parent == "/usr/lib")
    #expect(path.ancestors == ["/usr", "/usr/lib"])
    #expect(RootPath.root.parent == .root)
    #expect(RootPath.root.name.isEmpty)
  }

  @Test func `is inside whole names only`() {
    #expect(("/usr/lib" as RootPath).isInside("/usr"))
    #expect(!("/usrlib" as RootPath).isInside("/usr"))
    #expect(("/usr" as RootPath).isInside(.root))
  }
}

struct ByteStringTests {
  @Test func `text that a terminal would act on is escaped`() {
    #expect(ByteString([0x61, 0x1B, 0x5B, 0x33]).description == "a\\x1B[3")
    #expect(ByteString([0x61, 0xFF, 0x62]).description == "a\\xFFb")
    #expect(ByteString("dev\\x2d1").description == "dev\\x5Cx2d1")
    #expect(ByteString("a\\b").description == "a\\b")
    #expect(ByteString("größe").description == "größe")
    #expect(ByteString("a\u{202E}b").description == "a\\xE2\\x80\\xAEb")
  }

  @Test func `orders bytewise`() {
    #expect(["b", "a/", "a", "B", "a-b"].sorted() as [ByteString] == ["B", "a", "a-b", "a/", "b"])
  }
}
