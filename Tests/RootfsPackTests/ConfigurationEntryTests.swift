import Testing

@testable import RootfsPack

struct ConfigurationEntryTests {
  func read(_ text: String) throws -> [ConfigurationEntry] {
    try ConfigurationEntry.read(Array(text.utf8), tables: ["inspect"])
  }

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
}
