import Testing

@testable import RootfsPack

struct TomlDocumentTests {
  func read(_ text: String) throws -> [ConfigurationEntry] {
    try TomlDocument.read(Array(text.utf8), tables: ["inspect"])
  }

  func line(_ path: String..., of text: String) -> Int? { TomlKeyLines(Array(text.utf8))[path] }

  @Test func `values keep their type and place, and tables of commands are opened`() throws {
    let entries = try read(
      """
      # output = "no"
      user = "app"
      level = 4
      add = [
        "a", # ]
        'b]', \"""
      c = 1
      \"""]
      strip = true
      created = 2026-01-31T12:00:00Z

      [inspect]
      "sizes" = false
      """)
    let lines = Dictionary(
      uniqueKeysWithValues: entries.map { (($0.table ?? "") + "." + $0.key, $0) })
    #expect(lines[".user"]?.value == .text("app"))
    #expect(lines[".user"]?.line == 2)
    #expect(lines[".level"]?.value == .integer(4))
    #expect(lines[".add"]?.value == .list([.text("a"), .text("b]"), .text("c = 1\n")]))
    #expect(lines[".add"]?.line == 4)
    #expect(lines[".strip"]?.value == .boolean(true))
    #expect(lines[".strip"]?.line == 9)
    #expect(lines[".created"]?.value == .other("a date without quotes"))
    #expect(lines["inspect.sizes"]?.value == .boolean(false))
    #expect(lines["inspect.sizes"]?.line == 13)
    #expect(entries.count == 6)
    let dotted = try read("# x\ninspect.flat = true")
    #expect(
      dotted == [
        ConfigurationEntry(table: "inspect", key: "flat", value: .boolean(true), line: 2)
      ])
  }

  @Test func `another table is a value`() throws {
    #expect(
      try read("[label]\na = 'b'\n")
        == [ConfigurationEntry(table: nil, key: "label", value: .other("a table"), line: 1)])
    #expect(try read("user = { a = 1 }").first?.value == .other("a table"))
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
      try TomlDocument.read(damaged.bytes, tables: [])
    }
    #expect(error?.line == damaged.line)
    #expect(error?.message.contains(damaged.says) == true, "\(error?.message ?? "")")
  }

  @Test func `another encoding is an error with its line`() throws {
    let error = #expect(throws: TomlDocument.SyntaxError.self) {
      try TomlDocument.read(Array("a = 1\nb = \"".utf8) + [0xE4, 0x22], tables: [])
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
      _ = try? TomlDocument.read(cut, tables: ["a"])
    }
    #expect(TomlKeyLines(text)[["a", "f"]] == 3)
  }
}
