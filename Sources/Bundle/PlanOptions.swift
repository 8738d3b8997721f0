/// What a user may ask of a plan beside its programs and additions.
package struct PlanOptions: Sendable {
  /// Whether set-user-id and set-group-id bits ship; without, each is dropped with a warning.
  package var keepsSetID = false
  /// Whether capabilities and attributes of users ship; without, capabilities of programs are dropped
  /// with a warning.
  package var keepsExtendedAttributes = false
  /// Whether the root links of a merged `/usr` are left out, since the image that the bundle is
  /// unpacked onto has them: over its directories they would delete what is in there.
  package var omitsRootLinks = false

  package init() {}
}
