package import Bundle

/// A plan, and the image that it makes.
package struct ImageBundle: Sendable {
  package let plan: BundlePlan
  /// Nil where the specification has no word for it; then no image can be made.
  package let platform: Platform?
  package let configuration: ImageConfiguration

  package init(plan: BundlePlan, platform: Platform?, configuration: ImageConfiguration) {
    self.plan = plan
    self.platform = platform
    self.configuration = configuration
  }
}
