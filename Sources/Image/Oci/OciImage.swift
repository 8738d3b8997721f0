internal import Bundle

/// An image of one platform: its blobs, and the descriptor of its manifest.
struct OciImage {
  let platform: Platform
  let manifest: Blob
  let configuration: Blob
  let layers: [LayerBlob]

  init(_ bundle: ImageBundle, layers: [LayerBlob]) throws(ArchiveError) {
    guard let platform = bundle.platform else { throw .unknownPlatform }
    self.platform = platform
    self.layers = layers
    let created = OciDocuments.timestamp(bundle.configuration.created)
    configuration = Blob(
      OciDocuments.render(
        ConfigurationDocument(
          created: created, architecture: platform.architecture, os: platform.os,
          variant: platform.variant, config: .init(bundle.configuration),
          rootfs: .init(diffIDs: layers.map(\.diffID.text)),
          history: layers.map { .init(created: created, comment: $0.stratum.comment) })))
    let annotations = bundle.configuration.annotations
    manifest = Blob(
      OciDocuments.render(
        ManifestDocument(
          config: Descriptor(
            MediaType.configuration, configuration.digest, size: configuration.size),
          layers: layers.map(\.descriptor), annotations: annotations.isEmpty ? nil : annotations)
      ))
  }

  var descriptor: Descriptor {
    var descriptor = Descriptor(MediaType.manifest, manifest.digest, size: manifest.size)
    descriptor.platform = PlatformDocument(platform)
    return descriptor
  }

  var blobs: [Blob] { [configuration, manifest] + layers.map(\.blob) }
}

extension Stratum {
  /// What a layer holds, for an image's history.
  var comment: String {
    switch self {
    case .skeleton: "root links"
    case .libc: "C library and loader"
    case .libraries: "libraries"
    case .application: "application"
    }
  }
}
