/// The files of an image layout: one image, or an index of one for each platform.
///
/// It is docker's archive format too, and has what each engine looks for (image-layout.md; containerd
/// `images/archive`; docker `image/tarexport`).
struct OciLayout {
  /// Paths and contents, in the order of an archive: what describes before what is described.
  let files: [(path: String, blob: Blob)]
  /// What docker's archive has beside them.
  let dockerManifest: (path: String, blob: Blob)
  /// Of what `index.json` leads to.
  let digest: BlobDigest

  /// - Parameter images: one for each platform, at least one.
  init(_ images: [OciImage], reference: ImageReference) {
    var blobs: [Blob] = []
    var root: Descriptor
    if images.count == 1 {
      root = images[0].descriptor
      digest = images[0].manifest.digest
    } else {
      let index = Blob(OciDocuments.render(IndexDocument(manifests: images.map(\.descriptor))))
      root = Descriptor(MediaType.index, index.digest, size: index.size)
      digest = index.digest
      blobs.append(index)
    }
    root.annotations = [
      "io.containerd.image.name": reference.description,
      "org.opencontainers.image.ref.name": reference.tag,
    ]
    var known: Set<BlobDigest> = []
    blobs += images.flatMap(\.blobs)
    blobs = blobs.filter { known.insert($0.digest).inserted }
    files =
      [
        ("oci-layout", Blob(OciDocuments.layout)),
        ("index.json", Blob(OciDocuments.render(IndexDocument(manifests: [root])))),
      ] + blobs.map { ($0.digest.path, $0) }
    dockerManifest = ("manifest.json", Blob(Self.dockerManifest(images[0], reference)))
  }

  /// Docker knows one platform an archive: the first.
  private static func dockerManifest(
    _ image: OciImage, _ reference: ImageReference
  ) -> [UInt8] {
    OciDocuments.render([
      DockerManifest(
        config: image.configuration.digest.path, repoTags: [reference.description],
        layers: image.layers.map(\.blob.digest.path))
    ])
  }

  static let directories = ["blobs", "blobs/sha256"]
}
