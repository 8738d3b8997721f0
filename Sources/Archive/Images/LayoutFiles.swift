internal import FileTree
internal import SystemPackage

/// The files that an image consists of: in a directory, or in a tar archive of one.
protocol LayoutFiles {
  /// The paths of all files, sorted.
  var paths: [RootPath] { get }

  /// The size of a file in bytes; nil if there is none.
  func size(of path: RootPath) throws(ArchiveReadError) -> UInt64?

  /// The content of a file that is there.
  func source(of path: RootPath) throws(ArchiveReadError) -> any ByteSource
}

extension LayoutFiles {
  private func has(_ path: RootPath) throws(ArchiveReadError) -> Bool {
    try size(of: path) != nil
  }

  /// What kind of image it is; nil if it is none.
  func imageKind(reading: Reading) throws(ArchiveReadError) -> ArchiveFormat.Kind? {
    // What else a layout lacks is told by whoever reads it (OCI image-spec, image-layout.md).
    let (isLayout, isDocker) = (try has("/oci-layout"), try has("/manifest.json"))
    if isLayout, try has("/index.json") || !isDocker { return .imageLayout }
    // Any tree may have a file of this name.
    guard isDocker else { return nil }
    let documents = DocumentReader(files: self, reading: reading)
    do {
      return try documents.dockerImages().isEmpty ? nil : .dockerArchive
    } catch .damaged(_, .document), .beyondLimit(_, .documentSize, _) {
      return nil
    }
  }
}

/// An image layout that is a directory.
final class LayoutDirectory: LayoutFiles {
  private let tree: DirectoryTree
  /// Links stay inside of the layout.
  private var resolver: PathResolver
  let paths: [RootPath]
  /// What has to outlive the files.
  private let owner: PrivateDirectory?

  /// - Parameter paths: those of all files in it.
  init(_ tree: DirectoryTree, paths: [RootPath], owner: PrivateDirectory? = nil) {
    self.tree = tree
    self.owner = owner
    self.paths = paths
    resolver = PathResolver(tree: tree)
  }

  func size(of path: RootPath) throws(ArchiveReadError) -> UInt64? {
    do {
      let status = try resolver.resolve(path.text).status
      return status.kind == .regular ? status.size : nil
    } catch .noSuchFileOrDirectory, .notDirectory {
      return nil
    } catch {
      throw .input(FilePath(tree.hostPath(path)), error)
    }
  }

  func source(of path: RootPath) throws(ArchiveReadError) -> any ByteSource {
    let hostPath: FilePath
    do {
      hostPath = FilePath(tree.hostPath(try resolver.resolve(path.text).real))
    } catch {
      throw .input(FilePath(tree.hostPath(path)), error)
    }
    return FileSource(try InputFile(path: hostPath))
  }
}

/// An image layout in a tar archive, of which only the headers were read.
final class LayoutArchive: LayoutFiles {
  private enum Node {
    case content(Range<UInt64>)
    case directory, special
    /// Where a link leads.
    case link(RootPath)
  }

  private let file: InputFile
  private var nodes: [RootPath: Node] = [:]
  /// Why an image in it isn't read, though a plain archive may be.
  private(set) var problem: ArchiveReadError?

  /// Reads the headers.
  ///
  /// - Parameter reading: it may be one of its own, since the archive may prove to be no image and be read
  ///   again.
  init(_ file: InputFile, reading: Reading) throws(ArchiveReadError) {
    self.file = file
    let stream = ArchiveStream(FileSource(file, reading: reading), reading: reading)
    let members = TarReader(stream, rules: .archive)
    while let member = try members.next() {
      try reading.spend(.entryCount, 1, at: member.place)
      try reading.spend(.metadataSize, member.name.count, at: member.place)
      let path = try member.path(for: reading)
      let node: Node =
        switch member.kind {
        case .file: .content(stream.offset..<(stream.offset + members.storedSize))
        case .directory: .directory
        case .special: .special
        case .symbolicLink(let text):
          // docker's older archives have one layer in several places.
          .link(
            RootPath(normalising: text.hasPrefix("/") ? text : path.parent.text + "/" + text))
        case .hardLink(let name): .link(RootPath(normalising: name))
        }
      if member.size != members.storedSize { note(.refused(member.place, .sparse)) }
      if let existing = nodes[path] {
        if case (.directory, .directory) = (existing, node) {
        } else {
          note(.refused(member.place, .duplicate))
        }
      }
      nodes[path] = node
    }
  }

  private func note(_ error: ArchiveReadError) {
    problem = problem ?? error
  }

  var paths: [RootPath] {
    nodes.compactMap { path, node in
      if case .directory = node { nil } else { path }
    }.sorted()
  }

  func size(of path: RootPath) -> UInt64? {
    range(of: path).map { UInt64($0.count) }
  }

  func source(of path: RootPath) -> any ByteSource {
    FileSource(file, range: range(of: path) ?? 0..<0)
  }

  private func range(of path: RootPath) -> Range<UInt64>? {
    var path = path
    for _ in 0..<PathResolver.linkLimit {
      switch nodes[path] {
      case .content(let range): return range
      case .link(let target): path = target
      case .directory, .special, nil: return nil
      }
    }
    return nil
  }
}
