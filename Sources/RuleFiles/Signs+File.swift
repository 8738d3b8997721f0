internal import Rules

extension Signs {
  /// The keys of `[when]`, `if` and `by`.
  init(_ reader: inout TableReader) throws(RuleFileError) {
    self.init(
      sonames: try reader.texts("soname"), imports: try reader.texts("imports"),
      definitions: try reader.texts("defines"), constants: try reader.texts("constant"),
      texts: try reader.texts("text"), interpreters: try reader.texts("interpreter"),
      ofPrograms: try reader.flag("program"))
  }

  /// The table below a key; no signs without it.
  init(_ key: String, of reader: inout TableReader) throws(RuleFileError) {
    guard var table = try reader.table(key) else {
      self.init()
      return
    }
    try self.init(&table)
    try table.finish()
    guard !isEmpty else { throw table.error("says nothing") }
  }
}
