/// What a loader reads of an object once it is loaded: the symbols that it offers, those that it binds,
/// and the marks by which memory is protected.
package struct LinkTables: Sendable {
  package let symbols: DynamicSymbols
  /// Symbols that relocations bind, each once, in the table's order.
  package let references: [SymbolReference]
  package let marks: ProtectionMarks

  package init(
    symbols: DynamicSymbols, references: [SymbolReference], marks: ProtectionMarks
  ) {
    self.symbols = symbols
    self.references = references
    self.marks = marks
  }
}
