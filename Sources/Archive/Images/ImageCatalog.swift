internal import FileTree

/// One image of an input, with all that its documents say.
struct CatalogedImage {
  var names: [String]
  let manifestDigest: ContentDigest?
  let configuration: ConfigurationDocument
  /// Of the configuration.
  let identifier: ContentDigest
  /// The lowest first.
  let layers: [CatalogedBlob]

  var platform: ImagePlatform { configuration.platform }

  var choice: ImageChoice {
    ImageChoice(
      names: names, platform: platform, manifestDigest: manifestDigest, identifier: identifier)
  }

  /// Whether it is the same image under another name.
  func isSame(as other: CatalogedImage) -> Bool {
    identifier == other.identifier && layers.map(\.file) == other.layers.map(\.file)
  }
}

/// A file of an image that isn't a document.
struct CatalogedBlob {
  let file: RootPath
  /// What it is named by; nil in docker's older archives.
  let digest: ContentDigest?
  let descriptor: DescriptorDocument?
}

/// Finds every image of an input by way of its documents.
struct ImageCatalog {
  private let files: any LayoutFiles
  private let documents: DocumentReader
  private let reading: Reading
  private(set) var images: [CatalogedImage] = []
  /// What something refers to that is no part of an image, such as an attestation.
  private(set) var otherBlobs: [CatalogedBlob] = []
  /// The first document that something refers to and that isn't there: why there may be no image.
  private(set) var firstMissing: ArchivePlace?

  /// An index of an index of an index is nothing that anybody writes.
  private static let indexDepth = 4

  init(
    _ kind: ArchiveFormat.Kind, files: any LayoutFiles, documents: DocumentReader,
    reading: Reading
  ) throws(ArchiveReadError) {
    self.files = files
    self.documents = documents
    self.reading = reading
    if kind == .dockerArchive {
      try readDockerImages()
    } else {
      try readLayout()
    }
  }

  // MARK: OCI

  private mutating func readLayout() throws(ArchiveReadError) {
    let version = try documents.document(at: "/oci-layout", as: LayoutDocument.self)
      .imageLayoutVersion
    if version != "1.0.0" {
      reading.report(.layoutVersion(version), at: ArchivePlace(file: "/oci-layout"))
    }
    let path: RootPath = "/index.json"
    let index = try documents.document(at: path, as: IndexDocument.self)
    documents.check(index.mediaType, is: .index, at: path)
    try read(index, names: [], depth: 1)
    guard try files.size(of: "/manifest.json") != nil else { return }
    // docker leaves the index empty for what it saves by its digest.
    let isEmpty = index.manifests?.isEmpty ?? true
    try isEmpty ? readDockerImages() : compareDockerImages()
  }

  /// - Parameter names: of what leads to the index.
  private mutating func read(
    _ index: IndexDocument, names: [String], depth: Int
  ) throws(ArchiveReadError) {
    for descriptor in index.manifests ?? [] {
      let (path, _) = try documents.blob(descriptor)
      let place = ArchivePlace(file: path)
      let names = names + Self.names(of: descriptor)
      guard try files.size(of: path) != nil else {
        // docker leaves out other platforms than its own.
        miss(path)
        continue
      }
      switch descriptor.mediaType.map({ MediaType($0) }) {
      case .index??:
        guard depth < Self.indexDepth,
          let (inner, _) = try documents.document(descriptor, as: IndexDocument.self)
        else { throw .damaged(place, .document(field: "manifests")) }
        documents.check(inner.mediaType, is: .index, at: path)
        try read(inner, names: names, depth: depth + 1)
      case .manifest??, nil:
        try readManifest(descriptor, names: names, at: path)
      default:
        // What a reader doesn't know it has to pass over (OCI image-spec, image-index.md).
        otherBlobs.append(try blob(descriptor))
      }
    }
  }

  private mutating func miss(_ path: RootPath) {
    let place = ArchivePlace(file: path)
    firstMissing = firstMissing ?? place
    reading.report(.missingBlob, at: place)
  }

  private mutating func readManifest(
    _ descriptor: DescriptorDocument, names: [String], at path: RootPath
  ) throws(ArchiveReadError) {
    guard
      let (manifest, digest) = try documents.document(descriptor, as: ManifestDocument.self)
    else { return }
    documents.check(manifest.mediaType, is: .manifest, at: path)
    let isImage = descriptor.platform?.os != "unknown"
    guard isImage, manifest.config.mediaType.map({ MediaType($0) == .configuration }) ?? true
    else {
      // An attestation, or an artifact of another kind.
      for descriptor in [manifest.config] + manifest.layers {
        otherBlobs.append(try blob(descriptor))
      }
      return
    }
    let (configurationPath, _) = try documents.blob(manifest.config)
    guard
      let (configuration, identifier) = try documents.document(
        manifest.config, as: ConfigurationDocument.self)
    else {
      miss(configurationPath)
      return
    }
    var layers: [CatalogedBlob] = []
    for layer in manifest.layers { layers.append(try blob(layer)) }
    let image = CatalogedImage(
      names: names, manifestDigest: digest, configuration: configuration,
      identifier: identifier, layers: layers)
    if let stated = descriptor.platform?.platform, !stated.isSame(as: image.platform) {
      reading.report(
        .platform(stated: stated, actual: image.platform), at: ArchivePlace(file: path))
    }
    checkCounts(of: image, at: configurationPath)
    images.append(image)
  }

  private func blob(
    _ descriptor: DescriptorDocument
  ) throws(ArchiveReadError) -> CatalogedBlob {
    let (path, digest) = try documents.blob(descriptor)
    return CatalogedBlob(file: path, digest: digest, descriptor: descriptor)
  }

  private static func names(of descriptor: DescriptorDocument) -> [String] {
    // A full name, as containerd and docker take it, or else what skopeo has.
    let annotations = descriptor.annotations ?? [:]
    let name =
      annotations["io.containerd.image.name"] ?? annotations["org.opencontainers.image.ref.name"]
    return name.map { [$0] } ?? []
  }

  private func checkCounts(of image: CatalogedImage, at path: RootPath) {
    let place = ArchivePlace(file: path)
    let diffIDs = image.configuration.rootfs.diffIDs.count
    if diffIDs != image.layers.count {
      reading.report(.diffIDCount(diffIDs, layers: image.layers.count), at: place)
    }
    let history = image.configuration.history ?? []
    let count = history.count { $0.isEmptyLayer != true }
    if !history.isEmpty, count != image.layers.count {
      reading.report(.historyCount(count, layers: image.layers.count), at: place)
    }
  }

  // MARK: docker

  private mutating func readDockerImages() throws(ArchiveReadError) {
    for document in try documents.dockerImages() {
      let path = documents.file(named: document.config)
      let content = try documents.content(of: path)
      let configuration = try documents.decode(
        content, as: ConfigurationDocument.self, at: path)
      let identifier = ContentDigest(of: content)
      // The file's name is the digest: alone, with an end, or a blob's.
      let name = path.name.hasSuffix(".json") ? path.name.bytes.dropLast(5) : path.name.bytes[...]
      if let stated = ContentDigest(hexadecimal: String(decoding: name, as: UTF8.self)),
        stated != identifier
      {
        // What is no blob is named as whoever wrote it liked.
        let isBlob = path.isInside("/blobs/sha256")
        reading.report(
          isBlob
            ? .digest(stated: stated, actual: identifier)
            : .configurationName(stated: stated, actual: identifier),
          at: ArchivePlace(file: path))
      }
      let image = CatalogedImage(
        names: document.names ?? [], manifestDigest: nil, configuration: configuration,
        identifier: identifier,
        layers: document.layers.map { name in
          CatalogedBlob(file: documents.file(named: name), digest: nil, descriptor: nil)
        })
      checkCounts(of: image, at: path)
      images.append(image)
    }
  }

  /// What docker would load from the same archive.
  private func compareDockerImages() throws(ArchiveReadError) {
    for document in try documents.dockerImages() {
      let configuration = documents.file(named: document.config)
      let layers = document.layers.map { documents.file(named: $0) }
      let isKnown = images.contains { image in
        let path = RootPath(
          normalising: ByteString("/blobs/sha256/" + image.identifier.hexadecimal))
        return path == configuration && image.layers.map(\.file) == layers
      }
      if !isKnown {
        reading.report(
          .dockerManifest,
          at: ArchivePlace(file: "/manifest.json", name: ByteString(document.config)))
      }
    }
  }
}
