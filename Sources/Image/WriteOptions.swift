package import Bundle
package import SystemPackage

/// What all outputs of a run have in common.
package struct WriteOptions {
  package var metadata = EntryMetadata()
  /// Of an image's layers.
  package var compression = Compression.gzip
  /// Nil for each compression's default.
  package var level: Int?
  package var layering = Layering.shared
  /// Whether files of a directory output are given to the metadata's owner.
  package var changesOwner = false
  /// Where an image's layers are kept if it goes to standard output; a host path.
  package var temporaryDirectory: FilePath = "/tmp"
  package var interruption: Interruption = { nil }
  /// Told after each piece how many bytes of content it had.
  package var progress: (UInt64) -> Void = { _ in }

  package init() {}
}

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

/// One thing to write.
package struct Output: Sendable {
  package enum Target: Hashable, Sendable {
    /// A host path.
    case path(FilePath)
    case standardOutput
  }

  package let target: Target
  package let format: OutputFormat

  package init(_ target: Target, format: OutputFormat) {
    self.target = target
    self.format = format
  }

  /// What the user calls it.
  var name: FilePath {
    switch target {
    case .path(let path): path
    case .standardOutput: "standard output"
    }
  }
}

/// What became of an output.
package struct WrittenOutput: Sendable {
  package let output: Output
  /// In bytes: of the file, or of all files of a directory.
  package let size: UInt64
  /// `sha256:` and the digest of an image's manifest or index.
  package let digest: String?
}
