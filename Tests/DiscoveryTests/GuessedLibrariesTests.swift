import FileTree
import Testing

@testable import Discovery

struct GuessedLibrariesTests {
  @Test(arguments: [
    ("liba.so", true), ("liba.so.1", true), ("liba.so.1.2.3", true), ("a.so", true),
    ("/opt/x/liba.so.1", true), ("lib-a+b_c.so", true),
    ("dir/liba.so", false), ("liba.so.", false), ("liba.so.x", false), ("liba.sock", false),
    (".so", false), ("/.so", false), ("liba.so.1 is missing", false), ("%s.so", false),
    ("liba.so:libb.so", false), ("", false),
  ])
  func `a text is a name if it is one as a whole`(text: String, isName: Bool) {
    let bytes = [0] + Array(text.utf8) + [0]
    let names = GuessedLibraries.names(in: bytes)
    #expect(names.map(\.0) == (isName ? [ByteString(text)] : []))
    if isName { #expect(names.map(\.1) == [1]) }
  }

  @Test func `every name of a table is found, each once`() {
    let bytes = Array("\0liba.so\0liba.so\0x\0libb.so.2\0libc.so".utf8)
    // The last has no end, so it is none.
    #expect(
      GuessedLibraries.names(in: bytes).map(\.0) == ["liba.so", "liba.so", "libb.so.2"])
  }
}
