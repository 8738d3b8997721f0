internal import FileTree

/// Reads one image of an input and recomputes every digest and size that its documents state.
struct ImageReader {
  private let files: any LayoutFiles
  private let kind: ArchiveFormat.Kind
  private let reading: Reading

  /// Names that docker's archives have beside what `manifest.json` names.
  private static let legacyNames: [ByteString] = ["repositories", "VERSION", "json", "layer.tar"]

  init(_ kind: ArchiveFormat.Kind, files: any LayoutFiles, reading: Reading) {
    self.kind = kind
    self.files = files
    self.reading = reading
  }

  /// Unpacks the image that the options ask for.
  func read(into unpacker: Unpacker) throws(ArchiveReadError) -> ReadImage {
    let documents = DocumentReader(files: files, reading: reading)
    let catalog = try ImageCatalog(kind, files: files, documents: documents, reading: reading)
    let image = try choose(from: catalog)
    try reading.check(.layerCount, UInt64(image.layers.count), at: ArchivePlace())
    var layers: [ReadImage.Layer] = []
    for (index, layer) in image.layers.enumerated() {
      let diffIDs = image.configuration.rootfs.diffIDs
      layers.append(
        try unpack(
          layer, number: index, diffID: index < diffIDs.count ? diffIDs[index] : nil,
          with: unpacker, documents))
    }
    try checkOthers(catalog, read: image, documents)
    return ReadImage(
      names: image.names, platform: image.platform, manifestDigest: image.manifestDigest,
      identifier: image.identifier, configuration: image.configuration.runConfiguration,
      layers: layers, choices: catalog.images.map(\.choice))
  }

  private func choose(from catalog: ImageCatalog) throws(ArchiveReadError) -> CatalogedImage {
    let images = catalog.images
    guard let first = images.first else {
      if let place = catalog.firstMissing { throw .damaged(place, .missing) }
      throw .damaged(ArchivePlace(), .noImage)
    }
    switch reading.options.platform {
    case .first: return first
    case .preferring(let platform):
      return images.first { $0.platform.satisfies(platform) } ?? first
    case .only(let platform):
      if let image = images.first(where: { $0.platform.satisfies(platform) }) { return image }
      throw .noPlatform(platform, available: images.map(\.platform))
    }
  }

  // MARK: Layers

  private func unpack(
    _ layer: CatalogedBlob, number: Int, diffID: String?, with unpacker: Unpacker,
    _ documents: DocumentReader
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
  private func checkOthers(
    _ catalog: ImageCatalog, read image: CatalogedImage, _ documents: DocumentReader
  ) throws(ArchiveReadError) {
    var checked = Set(image.layers.map(\.file))
    for blob in catalog.images.flatMap(\.layers) + catalog.otherBlobs {
      let path = blob.file
      guard checked.insert(path).inserted else { continue }
      guard let size = try files.size(of: path) else {
        reading.report(.missingBlob, at: ArchivePlace(file: path))
        continue
      }
      guard let descriptor = blob.descriptor, let stated = blob.digest else { continue }
      try documents.check(size, descriptor, at: path)
      let content = DigestingSource(try files.source(of: path))
      _ = try ArchiveStream(content, reading: reading, file: path).drain()
      documents.check(content.digest, stated, at: path)
    }
    for path in files.paths where !documents.referenced.contains(path) && !isLegacy(path) {
      reading.report(.unreferenced, at: ArchivePlace(file: path))
    }
  }

  /// Whether it belongs to docker's archives of before 2014, which newer ones still hold.
  private func isLegacy(_ path: RootPath) -> Bool {
    Self.legacyNames.contains(path.name)
  }
}
