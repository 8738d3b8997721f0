package import Bundle

/// A plan whose programs and libraries are without debugging data and tables of symbols.
///
/// The plan's new files last as long as the plan.
package struct StrippedPlan: Sendable {
  package let plan: BundlePlan
  /// In the plan's order.
  package let warnings: [StripWarning]
  package let strippedFileCount: Int
  /// In bytes.
  package let savedSize: UInt64
  /// None if they weren't wanted. They go to their places when the outputs are written.
  package let debugFiles: DebugFiles
}
