/// What an image runs on, in the words of the OCI image-spec (config.md), which are Go's.
package struct ImagePlatform: Hashable, Sendable {
  package let os: String
  package let architecture: String
  package let variant: String?

  package init(os: String = "linux", architecture: String, variant: String? = nil) {
    self.os = os
    self.architecture = architecture
    self.variant = variant
  }

  /// Nil for what isn't `OS/ARCHITECTURE` or `OS/ARCHITECTURE/VARIANT`.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard (2...3).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return nil }
    self.init(os: parts[0], architecture: parts[1], variant: parts.count == 3 ? parts[2] : nil)
  }

  /// Whether an image of this platform is one of the platform that is asked for, which needn't name a
  /// variant.
  package func satisfies(_ wanted: ImagePlatform) -> Bool {
    isSame(as: wanted)
      || wanted.variant == nil && os == wanted.os && architecture == wanted.architecture
  }

  /// Whether both mean the same, where one may name a variant that the other leaves out as the usual one.
  func isSame(as other: ImagePlatform) -> Bool {
    os == other.os && architecture == other.architecture && usualVariant == other.usualVariant
  }

  /// The variant that is meant where none is said (containerd platforms, `normalizeArch`).
  private var usualVariant: String? {
    switch (architecture, variant) {
    case ("arm64", "v8"), ("amd64", "v1"): nil
    case ("arm", nil): "v7"
    default: variant
    }
  }
}

extension ImagePlatform: CustomStringConvertible {
  /// `linux/amd64`, `linux/arm/v7`.
  package var description: String {
    "\(os)/\(architecture)" + (variant.map { "/" + $0 } ?? "")
  }
}
