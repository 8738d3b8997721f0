/// The types of an image's parts, docker's beside OCI's.
///
/// Source: OCI image-spec, media-types.md, with its table of compatible docker types.
enum MediaType: Hashable {
  case index
  case manifest
  case configuration
  case layer(ArchiveCompression?)

  /// Nil for what isn't a part of an image.
  init?(_ text: String) {
    switch text {
    case "application/vnd.oci.image.index.v1+json",
      "application/vnd.docker.distribution.manifest.list.v2+json":
      self = .index
    case "application/vnd.oci.image.manifest.v1+json",
      "application/vnd.docker.distribution.manifest.v2+json":
      self = .manifest
    case "application/vnd.oci.image.config.v1+json",
      "application/vnd.docker.container.image.v1+json":
      self = .configuration
    default:
      guard let layer = Self.layer(text) else { return nil }
      self = layer
    }
  }

  private static func layer(_ text: String) -> MediaType? {
    let stems = [
      "application/vnd.oci.image.layer.v1.tar",
      "application/vnd.oci.image.layer.nondistributable.v1.tar",
      "application/vnd.docker.image.rootfs.diff.tar",
      "application/vnd.docker.image.rootfs.foreign.diff.tar",
    ]
    guard let stem = stems.first(where: { text.hasPrefix($0) }) else { return nil }
    switch text.dropFirst(stem.count) {
    case "": return .layer(nil)
    case "+gzip", ".gzip": return .layer(.gzip)
    case "+zstd", ".zstd": return .layer(.zstd)
    default: return nil
    }
  }

  /// The type in OCI's words.
  var text: String {
    switch self {
    case .index: "application/vnd.oci.image.index.v1+json"
    case .manifest: "application/vnd.oci.image.manifest.v1+json"
    case .configuration: "application/vnd.oci.image.config.v1+json"
    case .layer(let compression):
      "application/vnd.oci.image.layer.v1.tar" + (compression.map { "+" + $0.rawValue } ?? "")
    }
  }
}
