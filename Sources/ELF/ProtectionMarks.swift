/// What an object's headers and dynamic section say of how its memory is protected.
package struct ProtectionMarks: Hashable, Sendable {
  /// PT_GNU_STACK.
  package enum Stack: Hashable, Sendable {
    /// The port of the loader decides.
    case unmarked
    case executable
    case notExecutable
  }

  /// GNU_PROPERTY_X86_FEATURE_1_AND or GNU_PROPERTY_AARCH64_FEATURE_1_AND.
  package struct Features: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
      self.rawValue = rawValue
    }

    /// x86: indirect branches have to land on marked instructions.
    package static let ibt = Features(rawValue: 1)
    /// x86: a second stack holds return addresses.
    package static let shadowStack = Features(rawValue: 2)
    /// AArch64: as ``ibt``.
    package static let bti = Features(rawValue: 4)
    /// AArch64: return addresses are signed.
    package static let pointerAuthentication = Features(rawValue: 8)
  }

  package var stack = Stack.unmarked
  /// PT_GNU_RELRO: what was relocated is read-only afterwards.
  package var hasRelro = false
  /// DT_BIND_NOW, DF_BIND_NOW or DF_1_NOW: all symbols are bound at the start.
  package var bindsNow = false
  /// DT_JMPREL: there is something that could be bound later.
  package var hasLazyBindings = false
  /// DT_TEXTREL or DF_TEXTREL: the loader writes to read-only segments.
  package var hasTextRelocations = false
  package var features: Features = []

  package init() {}
}
