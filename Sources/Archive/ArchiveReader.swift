internal import FileTree
package import SystemPackage

/// Reads an archive, an image or a directory back, whoever wrote it.
///
/// What it is, its content tells and not its name. Nothing of it is trusted: what could lead out of its root,
/// or what readers would take differently, is refused; whatever is only wrong is told with the result. Files
/// are unpacked in a new directory that nobody else can enter, and nowhere else.
package struct ArchiveReader {
  private let options: ReadOptions

  package init(options: ReadOptions = ReadOptions()) {
    self.options = options
  }

  /// One content of an input: that of an image, or all that there is.
  package struct Content {
    /// What the image is called by; nil for what is none.
    package let image: ImageChoice?
    /// Whether others are read too.
    package let isOneOfSeveral: Bool
    /// An error is the fault of this image, and of no other.
    package let bundle: Result<ReadBundle, ArchiveReadError>
  }

  /// Reads the first content, and looks at the others too.
  ///
  /// - Parameter path: of the host; links are followed.
  package func read(_ path: FilePath) throws(ArchiveReadError) -> ReadBundle {
    let bundles = try read(path, \.bundle)
    guard let first = bundles.first else { throw .damaged(ArchivePlace(), .noImage) }
    return try first.get()
  }

  /// Reads each image that the options ask for, or what is no image.
  ///
  /// - Parameters:
  ///   - path: of the host; links are followed.
  ///   - body: what is done with one before the next is read. If that throws after all, it is of no use.
  package func read<Value>(
    _ path: FilePath, _ body: (Content) -> Value
  ) throws(ArchiveReadError) -> [Value] {
    let reading = Reading(options: options)
    let file = try InputFile(path: path)
    switch file.kind {
    case .directory: return try read(directory: path, reading, body)
    case .regular, .fifo: break
    case let kind: throw .inputKind(path, kind)
    }
    let values = try read(file, reading, body)
    guard file.kind == .fifo || file.isUnchanged else { throw .changed(path) }
    return values
  }

  /// Lists a directory of the host as if it were an archive's content, whatever it holds.
  ///
  /// - Parameter path: of the host; links are followed.
  package func entries(of path: FilePath) throws(ArchiveReadError) -> [ArchiveEntry] {
    try DirectoryLister(DirectoryTree(root: path), reading: Reading(options: options)).entries()
  }

  // MARK: Directories

  private func read<Value>(
    directory path: FilePath, _ reading: Reading, _ body: (Content) -> Value
  ) throws(ArchiveReadError) -> [Value] {
    let tree = DirectoryTree(root: path)
    // A whole root isn't listed to see whether it is an image.
    if let kind = try LayoutDirectory(tree, paths: []).imageKind(reading: reading) {
      let paths = try DirectoryLister(tree, reading: reading).filePaths()
      let files = LayoutDirectory(tree, paths: paths)
      return try read(kind, files, compression: nil, isArchive: false, reading, body)
    }
    try refuseImageName()
    let entries = try DirectoryLister(tree, reading: reading).entries()
    reading.checkLinks(entries)
    return [
      body(
        Content(
          ReadBundle(
            format: ArchiveFormat(kind: .directory), entries: entries, tree: tree, directory: path,
            violations: reading.findings)))
    ]
  }

  // MARK: Archives

  private func read<Value>(
    _ file: InputFile, _ reading: Reading, _ body: (Content) -> Value
  ) throws(ArchiveReadError) -> [Value] {
    let (source, compression) = try DecompressingSource.open(
      FileSource(file, reading: reading), reading: reading)
    let stream = ArchiveStream(source, reading: reading)
    let head = try stream.peek(Magic.headSize)
    guard let kind = Magic.kind(head) else {
      throw .unknownFormat(file.path, Magic.foreign(head))
    }
    if kind == .tar, compression == nil, file.kind == .regular {
      // What is found is found again when the tree is read.
      let probe = Reading(options: options)
      let archive = try LayoutArchive(file, reading: probe)
      if let image = try archive.imageKind(reading: probe) {
        if let problem = archive.problem { throw problem }
        reading.report(probe.findings)
        return try read(image, archive, compression: nil, isArchive: true, reading, body)
      }
    }
    let unpacker = try makeUnpacker(reading)
    let tar = kind == .cpio ? nil : TarReader(stream, rules: .archive)
    let irregularities = try unpacker.unpack(tar ?? CpioReader(stream))
    if kind == .tar, compression != nil || file.kind == .fifo,
      let image = try unpacker.imageLayout()
    {
      return try read(
        image.kind, image.files, compression: compression, isArchive: true, reading, body)
    }
    try refuseImageName()
    reading.report(irregularities)
    return [
      body(
        Content(
          try finish(
            unpacker, ArchiveFormat(kind: kind, compression: compression), image: nil,
            start: tar?.comment.flatMap { RunConfiguration(comment: $0) }, reading)))
    ]
  }

  /// What is no image has none of a name.
  private func refuseImageName() throws(ArchiveReadError) {
    if let name = options.image { throw .noImage(name, available: []) }
  }

  /// - Parameter isArchive: whether the images' files come out of a tar archive.
  private func read<Value>(
    _ kind: ArchiveFormat.Kind, _ files: any LayoutFiles, compression: ArchiveCompression?,
    isArchive: Bool, _ reading: Reading, _ body: (Content) -> Value
  ) throws(ArchiveReadError) -> [Value] {
    let format = ArchiveFormat(
      kind: kind == .imageLayout && isArchive ? .imageArchive : kind, compression: compression)
    let reader = try ImageReader(kind, files: files, reading: reading)
    var values: [Value] = []
    var hasCheckedOthers = false
    for image in reader.images {
      reading.beginImage()
      let bundle: Result<ReadBundle, ArchiveReadError>
      do {
        let unpacker = try makeUnpacker(reading)
        let read = try reader.read(image, into: unpacker)
        if !hasCheckedOthers { try reader.checkOthers() }
        hasCheckedOthers = true
        bundle = .success(try finish(unpacker, format, image: read, reading))
      } catch {
        guard reader.images.count > 1, error.isOfInput else { throw error }
        _ = reading.takeFindings()
        bundle = .failure(error)
      }
      values.append(
        body(
          Content(
            image: image.choice, isOneOfSeveral: reader.images.count > 1, bundle: bundle)))
    }
    return values
  }

  private func makeUnpacker(_ reading: Reading) throws(ArchiveReadError) -> Unpacker {
    let directory: PrivateDirectory
    do {
      directory = try PrivateDirectory(in: options.temporaryDirectory)
    } catch {
      throw .temporaryDirectory(options.temporaryDirectory, error)
    }
    return Unpacker(
      reading: reading, root: try UnpackedRoot(in: directory, keepsOwners: options.keepsOwners))
  }

  private func finish(
    _ unpacker: Unpacker, _ format: ArchiveFormat, image: ReadImage?,
    start: RunConfiguration? = nil, _ reading: Reading
  ) throws(ArchiveReadError) -> ReadBundle {
    let entries = try unpacker.finish(isLayered: image != nil)
    reading.checkLinks(entries)
    let start = format.kind == .cpio ? RunConfiguration(initramfs: entries) : start
    return ReadBundle(
      format: format, entries: entries, tree: unpacker.tree(entries), directory: unpacker.path,
      image: image, configuration: start, violations: reading.takeFindings(),
      owner: unpacker.directory)
  }
}

extension ArchiveReader.Content {
  /// What is no image.
  fileprivate init(_ bundle: ReadBundle) {
    self.init(image: nil, isOneOfSeveral: false, bundle: .success(bundle))
  }
}
