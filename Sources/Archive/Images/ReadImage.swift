package import FileTree

/// What an image says beside its files.
package struct ReadImage: Hashable, Sendable {
  /// Full names with their tags, as the archive has them; none for an image without a name.
  package let names: [String]
  package let platform: ImagePlatform
  /// Of the manifest, computed; nil for docker's older archives, which have none.
  package let manifestDigest: ContentDigest?
  /// Of the configuration, computed: what engines call the image's id.
  package let identifier: ContentDigest
  package let configuration: RunConfiguration
  /// The lowest first.
  package let layers: [Layer]
  /// Every image of the input, in its order, this one among them.
  package let choices: [ImageChoice]

  package struct Layer: Hashable, Sendable {
    /// Where it lies in the input.
    package let file: RootPath
    /// In bytes, as it lies there.
    package let size: UInt64
    /// As it lies there, computed.
    package let digest: ContentDigest
    /// Without its compression, computed.
    package let diffID: ContentDigest
    /// Nil for none.
    package let compression: ArchiveCompression?
  }

  /// What this one is called by.
  package var choice: ImageChoice {
    ImageChoice(
      names: names, platform: platform, manifestDigest: manifestDigest, identifier: identifier)
  }
}

/// How an image's program is started.
///
/// Source: OCI image-spec, config.md, "Properties".
package struct RunConfiguration: Hashable, Sendable {
  package var entrypoint: [String] = []
  package var command: [String] = []
  /// `NAME=VALUE`, in order.
  package var environment: [String] = []
  /// As it stands there: names or numbers, `USER` or `USER:GROUP`.
  package var user: String?
  package var workingDirectory: String?
  /// `PORT/PROTOCOL`, sorted.
  package var exposedPorts: [String] = []
  /// Sorted.
  package var volumes: [String] = []
  package var stopSignal: String?
  package var labels: [String: String] = [:]
  /// A time as RFC 3339 writes it.
  package var created: String?

  package init() {}
}
