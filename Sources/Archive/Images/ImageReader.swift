internal import FileTree

/// Reads the images of an input and recomputes every digest and size that their documents state.
struct ImageReader {
  private let files: any LayoutFiles
  private let reading: Reading
  private let documents: DocumentReader
  private let catalog: ImageCatalog
  /// Those that the options ask for, each once, in the order of the input.
  let images: [CatalogedImage]

  /// Names that docker's archives have beside what `manifest.json` names.
  private static let legacyNames: [ByteString] = ["repositories", "VERSION", "json", "layer.tar"]

  init(
    _ kind: ArchiveFormat.Kind, files: any LayoutFiles, reading: Reading
  ) throws(ArchiveReadError) {
    self.files = files
    self.reading = reading
    documents = DocumentReader(files: files, reading: reading)
    catalog = try ImageCatalog(kind, files: files, documents: documents, reading: reading)
    images = try Self.choose(from: catalog, reading.options)
  }

  /// Unpacks one of ``images``.
  func read(
    _ image: CatalogedImage, into unpacker: Unpacker
  ) throws(ArchiveReadError) -> ReadImage {
    try reading.check(.layerCount, UInt64(image.layers.count), at: ArchivePlace())
    var layers: [ReadImage.Layer] = []
    for (index, layer) in image.layers.enumerated() {
      layers.append(
        try unpack(layer, number: index, diffID: image.diffID(of: index), with: unpacker))
    }
    return ReadImage(
      names: image.names, platform: image.platform, manifestDigest: image.manifestDigest,
      identifier: image.identifier, configuration: image.configuration.runConfiguration,
      layers: layers, choices: catalog.images.map(\.choice))
  }

  private static func choose(
    from catalog: ImageCatalog, _ options: ReadOptions
  ) throws(ArchiveReadError) -> [CatalogedImage] {
    guard !catalog.images.isEmpty else {
      if let place = catalog.firstMissing { throw .damaged(place, .missing) }
      throw .damaged(ArchivePlace(), .noImage)
    }
    var images: [CatalogedImage] = []
    for image in catalog.images {
      if let known = images.firstIndex(where: { $0.isSame(as: image) }) {
        images[known].names += image.names.filter { !images[known].names.contains($0) }
      } else {
        images.append(image)
      }
    }
    if let name = options.image {
      let all = images
      images = ImageChoice.matches(name, in: all) { $0.choice }
      guard !images.isEmpty else { throw .noImage(name, available: all.map(\.choice.name)) }
    }
    func those(of platform: ImagePlatform) -> [CatalogedImage] {
      images.filter { $0.platform.satisfies(platform) }
    }
    let first = images.prefix(1).flatMap { those(of: $0.platform) }
    switch options.platform {
    case .first: return first
    case .preferring(let platform):
      let preferred = those(of: platform)
      return preferred.isEmpty ? first : preferred
    case .only(let platform):
      let chosen = those(of: platform)
      guard !chosen.isEmpty else {
        throw .noPlatform(platform, available: images.map(\.platform))
      }
      return chosen
    }
  }

  // MARK: Layers

  private func unpack(
    _ layer: CatalogedBlob, number: Int, diffID: String?, with unpacker: Unpacker
  ) throws(ArchiveReadError) -> ReadImage.Layer {
    let place = ArchivePlace(file: layer.file)
    guard let size = try files.size(of: layer.file) else { throw .damaged(place, .missing) }
    if let descriptor = layer.descriptor { try documents.check(size, descriptor, at: layer.file) }
    let blob = DigestingSource(try files.source(of: layer.file))
    let (plain, compression) = try DecompressingSource.open(
      blob, reading: reading, file: layer.file)
    let content = DigestingSource(plain)
    let irregularities = try unpacker.unpack(
      TarReader(ArchiveStream(content, reading: reading, file: layer.file), rules: .layer),
      layer: number)
    reading.report(irregularities)
    documents.check(layer.descriptor?.mediaType, is: .layer(compression), at: layer.file)
    if let stated = layer.digest { documents.check(blob.digest, stated, at: layer.file) }
    if let diffID, ContentDigest(text: diffID) != content.digest {
      reading.report(.diffID(stated: diffID, actual: content.digest), at: place)
    }
    return ReadImage.Layer(
      file: layer.file, size: size, digest: blob.digest, diffID: content.digest,
      compression: compression)
  }

  // MARK: What isn't unpacked

  /// Other platforms' blobs are digested, too; and every file has to be somebody's.
  func checkOthers() throws(ArchiveReadError) {
    var checked = Set(images.flatMap(\.layers).map(\.file))
    for image in catalog.images {
      for (index, layer) in image.layers.enumerated()
      where checked.insert(layer.file).inserted {
        try check(layer, diffID: image.diffID(of: index))
      }
    }
    for blob in catalog.otherBlobs where checked.insert(blob.file).inserted {
      try check(blob, diffID: nil)
    }
    for path in files.paths where !documents.referenced.contains(path) && !isLegacy(path) {
      reading.report(.unreferenced, at: ArchivePlace(file: path))
    }
  }

  /// Holds a blob against the digest that it is named by, or without one against the configuration's.
  private func check(_ blob: CatalogedBlob, diffID: String?) throws(ArchiveReadError) {
    let place = ArchivePlace(file: blob.file)
    guard let size = try files.size(of: blob.file) else {
      reading.report(.missingBlob, at: place)
      return
    }
    if let descriptor = blob.descriptor { try documents.check(size, descriptor, at: blob.file) }
    let stored = DigestingSource(try files.source(of: blob.file))
    guard blob.digest == nil, let diffID else {
      _ = try ArchiveStream(stored, reading: reading, file: blob.file).drain()
      if let stated = blob.digest { documents.check(stored.digest, stated, at: blob.file) }
      return
    }
    let (plain, _) = try DecompressingSource.open(stored, reading: reading, file: blob.file)
    let content = DigestingSource(plain)
    _ = try ArchiveStream(content, reading: reading, file: blob.file).drain()
    if ContentDigest(text: diffID) != content.digest {
      reading.report(.diffID(stated: diffID, actual: content.digest), at: place)
    }
  }

  /// Whether it belongs to docker's archives of before 2014, which newer ones still hold.
  private func isLegacy(_ path: RootPath) -> Bool {
    Self.legacyNames.contains(path.name)
  }
}

extension CatalogedImage {
  /// What the configuration says of a layer; nil where it says nothing.
  fileprivate func diffID(of layer: Int) -> String? {
    let diffIDs = configuration.rootfs.diffIDs
    return layer < diffIDs.count ? diffIDs[layer] : nil
  }
}
