internal import Bundle
internal import SystemPackage

/// Writes plans to any number of outputs, with one read of each file.
package struct BundleWriter {
  private let outputs: [Output]
  private let reference: ImageReference
  private let options: WriteOptions

  /// - Parameter reference: the name of an image.
  package init(_ outputs: [Output], reference: ImageReference, options: WriteOptions) {
    self.outputs = outputs
    self.reference = reference
    self.options = options
  }

  /// Writes everything; the targets change only when all of it is on the disk.
  ///
  /// - Parameter bundles: at least one; those after the first are an image's further platforms.
  package func write(_ bundles: [ImageBundle]) throws(ArchiveError) -> [WrittenOutput] {
    var opened: [OpenOutput] = []
    for output in outputs {
      let next = try OpenOutput(output, plans: bundles.map(\.plan), options: options)
      guard !opened.contains(where: { $0.target == next.target }) else {
        throw .targetTwice(output.name)
      }
      opened.append(next)
    }
    var images: [OciImage] = []
    for (index, bundle) in bundles.enumerated() {
      var sinks: [any EntrySink] = []
      for output in opened where index == 0 {
        if let sink = try output.entrySink(for: bundle.plan) { sinks.append(sink) }
      }
      let layers = LayerCollector(beside: layerPlace, options: options)
      if hasImage { sinks.append(layers.sink) }
      try PlanReader(sinks: sinks, progress: options.progress).read(bundle.plan)
      if hasImage { images.append(try OciImage(bundle, layers: layers.layers)) }
    }
    let layout = images.isEmpty ? nil : OciLayout(images, reference: reference)
    if let layout {
      for output in opened where output.output.format.isImage { try output.write(layout) }
    }
    for output in opened { try output.place.complete() }
    for output in opened { try output.place.publish() }
    return opened.map { written($0, layout, bundles) }
  }

  private var hasImage: Bool { outputs.contains(where: \.format.isImage) }

  /// Layers are kept on the disk that an image goes to; it has room for them or the image fails
  /// anyway.
  private var layerPlace: FilePath {
    for output in outputs where output.format.isImage {
      if case .path(let path) = output.target { return path }
    }
    return options.temporaryDirectory.appending("layers")
  }

  private func written(
    _ output: OpenOutput, _ layout: OciLayout?, _ bundles: [ImageBundle]
  ) -> WrittenOutput {
    let isImage = output.output.format.isImage
    let size =
      output.fileSize
      ?? (isImage
        ? layout?.files.reduce(0) { $0 + $1.blob.size } : bundles.first?.plan.contentSize)
    return WrittenOutput(
      output: output.output, size: size ?? 0, digest: isImage ? layout?.digest.text : nil)
  }
}

/// The layers of one image while they are made, lowest first.
private final class LayerCollector {
  private let options: WriteOptions
  private let place: FilePath
  private var made: [LayerBlob] = []

  init(beside place: FilePath, options: WriteOptions) {
    self.place = place
    self.options = options
  }

  private(set) lazy var sink = LayerSink(layering: options.layering) {
    [unowned self] stratum throws(ArchiveError) in
    let layer = try LayerBlob(stratum, beside: place, options: options)
    made.append(layer)
    return layer.entries
  }

  var layers: [LayerBlob] { made.sorted { $0.stratum < $1.stratum } }
}
