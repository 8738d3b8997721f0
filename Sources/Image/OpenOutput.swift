internal import Bundle
internal import SystemPackage

/// An output that is being written.
final class OpenOutput {
  let output: Output
  let place: any OutputPlace
  /// Where it will be, by a path that is the same for every way to name it; nil for standard output.
  let target: FilePath?
  /// Where the bytes of a single file end; nil for a directory.
  private let file: FileSink?
  private let directory: FileDescriptor?
  private let options: WriteOptions

  /// Checks the target and opens a place for it; nothing is there under its name yet.
  init(
    _ output: Output, plans: [BundlePlan], options: WriteOptions
  ) throws(ArchiveError) {
    self.output = output
    self.options = options
    let descriptor: FileDescriptor
    switch output.target {
    case .standardOutput:
      place = StandardOutputPlace()
      (descriptor, directory, target) = (.standardOutput, nil, nil)
    case .path(let path) where output.format.isDirectory:
      let checked = try OutputTarget.checkDirectory(path)
      let made = try AtomicDirectory(target: checked)
      (place, file, directory) = (made, nil, made.descriptor)
      target = OutputTarget.canonical(checked)
      return
    case .path(let path):
      let checked = try OutputTarget.checkFile(path, plans: plans)
      let made = try AtomicFile(target: checked)
      (place, descriptor, directory) = (made, made.descriptor, nil)
      target = OutputTarget.canonical(checked)
    }
    file = FileSink(
      descriptor: descriptor, target: output.name, interruption: options.interruption)
  }

  /// What takes the entries of a bundle's plan; nil for an image, which is made of layers.
  func entrySink(
    for bundle: ImageBundle, _ codecs: Codecs
  ) throws(ArchiveError) -> (any EntrySink)? {
    if output.format == .directory, let directory { return directorySink(directory) }
    guard let file, let compression = output.format.compression else { return nil }
    let codec = codecs.codec(compression)
    let bytes: any ByteSink =
      if let codec { try CompressedSink(codec: codec, next: file) } else { file }
    return output.format.isInitramfs
      ? try CpioSink(bundle.plan, output: bytes, metadata: options.metadata)
      : try TarSink(
        output: bytes, metadata: options.metadata,
        comment: options.areLayers ? nil : bundle.configuration.tarComment)
  }

  func write(_ layout: OciLayout) throws(ArchiveError) {
    if let file {
      try OciArchive(metadata: options.metadata).write(layout, to: file, target: output.name)
    } else if let directory {
      try OciDirectory(sink: directorySink(directory), target: output.name).write(layout)
    }
  }

  /// In bytes, as far as a single file was written.
  var fileSize: UInt64? { file?.count }

  private func directorySink(_ directory: FileDescriptor) -> DirectorySink {
    DirectorySink(
      root: directory, target: output.name, metadata: options.metadata,
      // A layout's own files are nobody's in particular.
      changesOwner: options.changesOwner && output.format == .directory,
      interruption: options.interruption)
  }
}
