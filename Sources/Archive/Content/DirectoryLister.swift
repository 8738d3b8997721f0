internal import FileTree
internal import Parallel
internal import SystemPackage

/// Lists what lies below a directory of the host, as an archive of it would hold it. Nothing is written.
struct DirectoryLister {
  private let reading: Reading
  private let tree: DirectoryTree

  /// Bytes that are digested at a time, and between two looks for an interruption.
  private static let batchSize: UInt64 = 64 << 20

  private struct Found {
    let path: RootPath
    let status: FileStatus
    let node: Node

    enum Node {
      case directory
      case symbolicLink(ByteString)
      /// By the place among the files that are digested.
      case file(Int)
      case hardLink(of: RootPath, Int)
      case special
    }
  }

  init(_ tree: DirectoryTree, reading: Reading) {
    self.tree = tree
    self.reading = reading
  }

  func entries() throws(ArchiveReadError) -> [ArchiveEntry] {
    let (found, files) = try find()
    let contents = try digest(files)
    var entries: [ArchiveEntry] = []
    for item in found {
      let node: ArchiveEntry.Node =
        switch item.node {
        case .directory: .directory
        case .symbolicLink(let text): .symbolicLink(text)
        case .file(let index): .file(contents[index])
        case .hardLink(let first, let index): .hardLink(of: first, contents[index])
        case .special: .special(item.status.kind, item.status.device)
        }
      entries.append(
        ArchiveEntry(
          path: item.path, node: node, permissions: item.status.permissions,
          owner: item.status.owner,
          modificationTime: Self.seconds(item.status.modificationTime),
          attributes: try attributes(of: item.path)))
    }
    return entries
  }

  /// The paths of all that is no directory, sorted.
  func filePaths() throws(ArchiveReadError) -> [RootPath] {
    try find().0.compactMap { item in
      if case .directory = item.node { nil } else { item.path }
    }
  }

  // MARK: The walk

  /// Everything below the root, sorted by path, and each regular file once.
  private func find() throws(ArchiveReadError) -> ([Found], [(RootPath, FileStatus)]) {
    var paths: [(RootPath, FileStatus)] = []
    var directories = [RootPath.root]
    while let directory = directories.popLast() {
      for name in try read(directory, { () throws(Errno) in try tree.names(in: directory) }) {
        let path = directory.appending(name)
        let place = ArchivePlace(name: path.text)
        let status = try read(path) { () throws(Errno) in try tree.status(of: path) }
        try reading.spend(.entryCount, 1, at: place)
        try reading.spend(.metadataSize, path.text.count, at: place)
        try reading.spend(bytes: 0, at: place)
        if status.kind == .directory {
          try reading.check(.depth, UInt64(path.names.count), at: place)
          directories.append(path)
        }
        paths.append((path, status))
      }
    }
    paths.sort { $0.0 < $1.0 }
    var found: [Found] = []
    var files: [(RootPath, FileStatus)] = []
    var firstNames: [FileStatus.Identity: (RootPath, Int)] = [:]
    for (path, status) in paths {
      let node: Found.Node
      switch status.kind {
      case .directory: node = .directory
      case .symbolicLink:
        node = .symbolicLink(try read(path) { () throws(Errno) in try tree.linkText(of: path) })
      case .regular:
        if let (first, index) = firstNames[status.identity] {
          node = .hardLink(of: first, index)
        } else {
          node = .file(files.count)
          firstNames[status.identity] = (path, files.count)
          files.append((path, status))
        }
      case let kind:
        reading.report(.special(kind), at: ArchivePlace(name: path.text))
        // What runs in a directory leaves sockets in it; no tar archive would hold them.
        guard kind != .socket else { continue }
        node = .special
      }
      found.append(Found(path: path, status: status, node: node))
    }
    return (found, files)
  }

  private func attributes(of path: RootPath) throws(ArchiveReadError) -> [ExtendedAttribute] {
    try read(path) { () throws(Errno) in
      try tree.extendedAttributes(of: path) { ArchiveEntry.keeps(attribute: $0) }
    }
  }

  private func read<Value>(
    _ path: RootPath, _ body: () throws(Errno) -> Value
  ) throws(ArchiveReadError) -> Value {
    do {
      return try body()
    } catch {
      throw .input(FilePath(tree.hostPath(path)), error)
    }
  }

  private static func seconds(_ nanoseconds: Int64) -> Int64 {
    let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    return rest < 0 ? seconds - 1 : seconds
  }

  // MARK: Digests

  /// Digests files on all processors, some at a time so that an interruption is heeded.
  private func digest(
    _ files: [(RootPath, FileStatus)]
  ) throws(ArchiveReadError) -> [ArchiveEntry.Content] {
    try checkSize(of: files)
    let workers = Workers(count: Workers<Void>.processorCount) {}
    var contents: [ArchiveEntry.Content] = []
    var rest = files[...]
    while let first = rest.first {
      let place = ArchivePlace(name: first.0.text)
      try reading.spend(bytes: 0, at: place)
      guard first.1.size < Self.batchSize else {
        contents.append(
          try Self.content(of: first.0, first.1, in: tree) { () throws(ArchiveReadError) in
            try reading.spend(bytes: 0, at: place)
          })
        rest.removeFirst()
        continue
      }
      var (batch, size) = ([(RootPath, FileStatus)](), UInt64(0))
      while let next = rest.first, batch.count < 256, size < Self.batchSize,
        next.1.size < Self.batchSize
      {
        batch.append(next)
        size += next.1.size
        rest.removeFirst()
      }
      let tree = tree
      let results = workers.map(batch) { _, file in
        Result { () throws(ArchiveReadError) in
          try Self.content(of: file.0, file.1, in: tree) {}
        }
      }
      for result in results { contents.append(try result.get()) }
    }
    return contents
  }

  /// Before anything is read: files with holes have sizes that no disk has.
  private func checkSize(of files: [(RootPath, FileStatus)]) throws(ArchiveReadError) {
    var sum: UInt64 = 0
    for (path, status) in files {
      sum = sum.addingReportingOverflow(status.size).overflow ? .max : sum + status.size
      try reading.check(.contentSize, sum, at: ArchivePlace(name: path.text))
    }
  }

  /// - Parameter heed: called between pieces.
  private static func content(
    of path: RootPath, _ status: FileStatus, in tree: DirectoryTree,
    heed: () throws(ArchiveReadError) -> Void
  ) throws(ArchiveReadError) -> ArchiveEntry.Content {
    let hostPath = FilePath(tree.hostPath(path))
    do {
      let file = try tree.open(path)
      guard file.isUnchanged(since: status) else { throw ArchiveReadError.changed(hostPath) }
      var digester = Digester()
      var offset: UInt64 = 0
      while true {
        let piece = try file.read(at: offset, count: 1 << 18)
        guard !piece.isEmpty else { break }
        digester.append(piece.span)
        offset += UInt64(piece.count)
        try heed()
      }
      guard offset == status.size, file.isUnchanged(since: status) else {
        throw ArchiveReadError.changed(hostPath)
      }
      return ArchiveEntry.Content(size: offset, digest: digester.digest)
    } catch let error as ArchiveReadError {
      throw error
    } catch {
      throw .input(hostPath, error as? Errno ?? .ioError)
    }
  }
}
