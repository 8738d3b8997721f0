import Testing

@testable import Secrets

struct SecretTablesTests {
  /// Lines of a table that are neither empty nor a heading.
  private static func lines(_ text: String) -> Int {
    text.split(separator: "\n").count { !$0.hasPrefix("#") }
  }

  @Test func `every line of the tables is a row`() {
    #expect(TextTable.rows.count == Self.lines(TextTable.text))
    #expect(PlaceTable.rows.count == Self.lines(PlaceTable.text))
    #expect(MagicTable.rows.count == Self.lines(MagicTable.text))
  }
}
