/// A symbol that an object's relocations bind to whatever a loader finds.
package struct SymbolReference: Hashable, Sendable {
  /// How a symbol is used, so far as that decides which definitions a loader takes.
  package struct Uses: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
      self.rawValue = rawValue
    }

    /// The address of a function or of data.
    package static let address = Uses(rawValue: 1)
    /// A call through the procedure linkage table, or thread-local storage: what an object says of a
    /// symbol without defining it doesn't count (ELF_RTYPE_CLASS_PLT).
    package static let definition = Uses(rawValue: 2)
    /// A copy of a library's data in the program (ELF_RTYPE_CLASS_COPY).
    package static let copy = Uses(rawValue: 4)
  }

  /// In the object's symbol table.
  package let symbol: Int
  package let uses: Uses

  package init(symbol: Int, uses: Uses) {
    self.symbol = symbol
    self.uses = uses
  }
}
