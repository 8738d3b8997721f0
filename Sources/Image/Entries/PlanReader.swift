internal import Bundle
internal import FileTree
internal import SystemPackage

/// Reads each file of a plan once and hands it to all sinks.
struct PlanReader {
  let sinks: [any EntrySink]
  /// Told after each piece how many bytes were read.
  let progress: (UInt64) -> Void

  private static let pieceSize = 1 << 20

  func read(_ plan: BundlePlan) throws(ArchiveError) {
    for entry in plan.entries {
      for sink in sinks { try sink.begin(entry) }
      if case .file(let source, _) = entry.node { try read(source, of: entry) }
      for sink in sinks { try sink.end(entry) }
    }
    for sink in sinks { try sink.finish() }
  }

  private func append(_ bytes: [UInt8]) throws(ArchiveError) {
    for sink in sinks { try sink.append(bytes) }
    progress(UInt64(bytes.count))
  }

  private func read(_ source: FileSource, of entry: BundleEntry) throws(ArchiveError) {
    switch source {
    case .generated(let bytes): try append(bytes)
    case .copy(let tree, let path, let status):
      do {
        try read(tree.open(path), status, of: entry)
      } catch let error as ArchiveError {
        throw error
      } catch Errno.isDirectory, Errno.notDirectory, Errno.tooManySymbolicLinkLevels,
        Errno.invalidArgument
      {
        // The plan has seen a regular file there.
        throw .sourceChanged(entry.path)
      } catch {
        throw .source(entry.path, error as? Errno ?? .ioError)
      }
    }
  }

  /// What is packed must be what the plan was proved with.
  private func read(
    _ file: borrowing OpenFile, _ status: FileStatus, of entry: BundleEntry
  ) throws {
    guard file.isUnchanged(since: status) else { throw ArchiveError.sourceChanged(entry.path) }
    var offset: UInt64 = 0
    while offset < status.size {
      let piece = try file.read(
        at: offset, count: Int(min(UInt64(Self.pieceSize), status.size - offset)))
      guard !piece.isEmpty else { throw ArchiveError.sourceChanged(entry.path) }
      try append(piece)
      offset += UInt64(piece.count)
    }
    // A file that grows, or one of /proc that has content but no size, isn't cut in silence.
    guard try file.read(at: offset, count: 1).isEmpty, file.isUnchanged(since: status) else {
      throw ArchiveError.sourceChanged(entry.path)
    }
  }
}
