import Testing

@testable import Toml

struct TomlDocumentTests {
  func line(_ path: String..., of text: String) -> Int? { TomlKeyLines(Array(text.utf8))[path] }

  @Test func `values keep their type, and each its place`() throws {
    let entries = try TomlDocument.read(
      Array(
        """
        a = [1, 2.5,
          "x"]
        [t]
        b = { c = true, d.e = [{ f = 1 }] }
        [[u]]
        g = "1"
        [u.v]
        h = 1
        [[u]]
        [[u.w]]
        i = 2026-01-31
        """.utf8))
    #expect(
      entries.map(\.key) == ["a", "t", "u"])
    #expect(
      entries[0].node
        == TomlNode(
          .list([
            TomlNode(.integer(1), line: 1),
            TomlNode(.other("a number with a fraction"), line: 1),
            TomlNode(.text("x"), line: 2),
          ]), line: 1))
    let text = Array("[[u]]\n[[u]]\n[[u.w]]\ni = [\n{ j = 1 },\n{ k = 2 }]\n".utf8)
    let lines = TomlKeyLines(text)
    #expect(lines[["u"]] == 1)
    #expect(lines[["u", "#0"]] == 1)
    #expect(lines[["u", "#1"]] == 2)
    #expect(lines[["u", "#1", "w", "#0", "i"]] == 4)
    #expect(lines[["u", "#1", "w", "#0", "i", "#1", "k"]] == 6)
  }

  @Test func `lines are found behind strings of many lines and escapes`() {
    let text = #"""
      a = '''x
      b = 1'''''
      c = "\"" # [
      d = '\'
      [t] # x
      e = {f = [1,
      2]}
      g.h.i = """\"""
      j = 1"""""
      k = 1
      """#
    #expect(line("b", of: text) == nil)
    #expect(line("c", of: text) == 3)
    #expect(line("d", of: text) == 4)
    #expect(line("t", of: text) == 5)
    #expect(line("t", "e", of: text) == 6)
    #expect(line("t", "g", of: text) == 8)
    #expect(line("t", "j", of: text) == nil)
    #expect(line("t", "k", of: text) == 10)
  }

  struct Damaged: CustomTestStringConvertible {
    let bytes: [UInt8]
    let line: Int
    let says: String

    init(_ text: String, line: Int, says: String) {
      (bytes, self.line, self.says) = (Array(text.utf8), line, says)
    }

    var testDescription: String { "\(bytes.count) bytes: \(says)" }
  }

  static let damaged = [
    Damaged("a = \n", line: 1, says: "expected value"),
    Damaged("a = 1\nb\n", line: 2, says: "expected '='"),
    Damaged("a = 1\na = 2\n", line: 2, says: "cannot redefine"),
    Damaged("a = 1\nb = \"x\0y\"", line: 2, says: "NUL character"),
    Damaged("\n\n\"k\\u0000\" = 1", line: 3, says: "NUL character"),
    Damaged("a = " + String(repeating: "[", count: 60_000), line: 1, says: "nested value depth"),
    Damaged(String(repeating: "a.", count: 30_000) + "a = 1", line: 1, says: "dots"),
    Damaged(String(repeating: "'='.", count: 15_000) + "a = 1\nb = ", line: 1, says: "dots"),
    Damaged("[" + String(repeating: "a .", count: 20_000) + "a]\nb = 1", line: 1, says: "dots"),
  ]

  @Test(arguments: damaged)
  func `damaged and hostile text is an error with its line`(
    damaged: Damaged
  ) throws {
    let error = #expect(throws: TomlDocument.SyntaxError.self) {
      _ = try TomlDocument.read(damaged.bytes)
    }
    #expect(error?.line == damaged.line)
    #expect(error?.message.contains(damaged.says) == true, "\(error?.message ?? "")")
  }

  @Test func `another encoding is an error with its line`() throws {
    let error = #expect(throws: TomlDocument.SyntaxError.self) {
      _ = try TomlDocument.read(Array("a = 1\nb = \"".utf8) + [0xE4, 0x22])
    }
    #expect(error?.line == 2)
    #expect(error?.message == "isn't UTF-8")
  }

  /// Cut anywhere, a text is read or refused, and its lines are looked for without an end.
  @Test func `every beginning of a text is read or refused`() {
    let text = Array(
      "[a]\nb.\"c\" = [\"\\\"\", '''x''', {d = 1}] # e\n\"f\" = \"\"\"g\"\"\"\"\"\n".utf8)
    for end in 0...text.count {
      let cut = Array(text[..<end])
      _ = TomlKeyLines(cut)
      _ = try? TomlDocument.read(cut)
    }
    #expect(TomlKeyLines(text)[["a", "f"]] == 3)
  }
}
