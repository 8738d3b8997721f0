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
    let opened = try open(for: bundles.map(\.plan))
    let codecs = Codecs(level: options.level)
    var images: [OciImage] = []
    for (index, bundle) in bundles.enumerated() {
      var sinks: [any EntrySink] = []
      for output in opened where index == 0 {
        if let sink = try output.entrySink(for: bundle, codecs) { sinks.append(sink) }
      }
      var layers: [LayerBlob] = []
      if hasImage {
        sinks.append(
          LayerSink(layering: options.layering) { stratum throws(ArchiveError) in
            let layer = try makeLayer(stratum, for: opened, codecs)
            layers.append(layer)
            return layer.entries
          })
      }
      try PlanReader(sinks: sinks, progress: options.progress).read(bundle.plan)
      if hasImage {
        images.append(try OciImage(bundle, layers: layers.sorted { $0.stratum < $1.stratum }))
      }
    }
    let layout = images.isEmpty ? nil : OciLayout(images, reference: reference)
    if let layout {
      for output in opened where output.output.format.isImage { try output.write(layout) }
    }
    for output in opened { try output.place.complete() }
    // The last moment at which nothing has changed.
    if let signal = options.interruption() { throw .interrupted(signal: signal) }
    for output in opened { try output.place.publish() }
    return opened.map { written($0, layout, bundles) }
  }

  private var hasImage: Bool { outputs.contains(where: \.format.isImage) }

  /// Opens all outputs; none may be another, or lie inside of it.
  private func open(for plans: [BundlePlan]) throws(ArchiveError) -> [OpenOutput] {
    var opened: [OpenOutput] = []
    for output in outputs {
      let next = try OpenOutput(output, plans: plans, options: options)
      for other in opened {
        guard other.target != next.target else { throw .targetTwice(output.name) }
        for (inner, outer) in [(other, next), (next, other)] {
          if let path = inner.target, let directory = outer.target, path.starts(with: directory) {
            throw .targetInsideTarget(inner.output.name, outer.output.name)
          }
        }
      }
      opened.append(next)
    }
    return opened
  }

  /// Layers are kept on the disk that an image goes to; it has room for them or the image fails
  /// anyway.
  private func makeLayer(
    _ stratum: Stratum, for outputs: [OpenOutput], _ codecs: Codecs
  ) throws(ArchiveError) -> LayerBlob {
    let image = outputs.first { $0.output.format.isImage && $0.target != nil }
    if let place = image?.target {
      return try LayerBlob(stratum, beside: place, options: options, codecs: codecs)
    }
    let directory = options.temporaryDirectory
    do {
      return try LayerBlob(
        stratum, beside: directory.appending("layer"), options: options, codecs: codecs)
    } catch .target(_, let cause) {
      throw .temporaryDirectory(directory, cause)
    }
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
