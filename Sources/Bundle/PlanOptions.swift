/// What a user may ask of a plan beside its programs and additions.
package struct PlanOptions: Sendable {
  /// Whether set-user-id and set-group-id bits ship; without, each is dropped with a warning.
  package var keepsSetID = false

  package init() {}
}
