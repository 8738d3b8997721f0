/// What a user may ask of a plan beside its programs and additions.
package struct PlanOptions: Sendable {
  /// Whether set-user-id and set-group-id bits ship; without, each is dropped with a warning.
  package var keepsSetID = false
  /// Whether capabilities and attributes of users ship; without, capabilities of programs are dropped
  /// with a warning.
  package var keepsExtendedAttributes = false

  package init() {}
}
