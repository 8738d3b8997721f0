package import Verify

/// One image of a bundle, or what is none, and what came of its verification.
package struct VerifiedContent {
  package let verification: Verification
  /// What it is called by; nil for what is no image, or can't be read as one.
  let image: String?
  /// The digest of its configuration.
  let identifier: String?
  let platform: String?

  package init(
    _ verification: Verification, image: String? = nil, identifier: String? = nil,
    platform: String? = nil
  ) {
    self.verification = verification
    self.image = image
    self.identifier = identifier
    self.platform = platform
  }
}
