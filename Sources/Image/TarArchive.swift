package import Bundle
internal import FileTree
package import SystemPackage

/// Writes a plan as a tar archive to a file.
package struct TarArchive {
  /// Seconds since 1970, for all entries.
  private let modificationTime: UInt64
  /// Asked before each write: the signal that asks for the end, if one came.
  private let interruption: () -> Int32?
  /// Told after each piece how many bytes of content were written.
  private let progress: (UInt64) -> Void

  private static let pieceSize = 1 << 20

  package init(
    modificationTime: UInt64, interruption: @escaping () -> Int32? = { nil },
    progress: @escaping (UInt64) -> Void = { _ in }
  ) {
    self.modificationTime = modificationTime
    self.interruption = interruption
    self.progress = progress
  }

  /// Writes the archive; the target changes only when all of it is on the disk.
  ///
  /// - Parameter target: a host path.
  /// - Returns: the archive's size in bytes.
  package func write(_ plan: BundlePlan, to target: FilePath) throws(ArchiveError) -> UInt64 {
    let place = try OutputTarget.check(target, plan: plan)
    var file = try AtomicFile(target: place)
    var output = BufferedOutput(
      descriptor: file.descriptor, target: target, interruption: interruption)
    var contentDone: UInt64 = 0
    for entry in plan.entries {
      try output.append(TarHeader(entry, modificationTime: modificationTime).blocks())
      if case .file(let source, _) = entry.node {
        try copy(source, of: entry, to: &output, &contentDone)
        try output.append(TarHeader.padding(after: source.size))
      }
    }
    // Two zero blocks end the archive.
    try output.append([UInt8](repeating: 0, count: 2 * TarHeader.blockSize))
    try output.flush()
    try file.commit()
    return output.count
  }

  private func copy(
    _ source: FileSource, of entry: BundleEntry, to output: inout BufferedOutput,
    _ contentDone: inout UInt64
  ) throws(ArchiveError) {
    switch source {
    case .generated(let bytes):
      try output.append(bytes)
      contentDone += UInt64(bytes.count)
    case .copy(let tree, let path, let status):
      var offset: UInt64 = 0
      do {
        let file = try tree.open(path)
        // What is packed must be what the plan was proved with.
        guard file.size == status.size, file.identity == status.identity || file.identity == nil
        else { throw ArchiveError.sourceChanged(entry.path) }
        while offset < status.size {
          let piece = try file.read(
            at: offset, count: Int(min(UInt64(Self.pieceSize), status.size - offset)))
          guard !piece.isEmpty else { throw ArchiveError.sourceChanged(entry.path) }
          try output.append(piece)
          offset += UInt64(piece.count)
          contentDone += UInt64(piece.count)
          progress(contentDone)
        }
        // A file that grows, or one of /proc that has content but no size, isn't cut in silence.
        guard try file.read(at: offset, count: 1).isEmpty else {
          throw ArchiveError.sourceChanged(entry.path)
        }
      } catch let error as ArchiveError {
        throw error
      } catch {
        throw .source(entry.path, error as? Errno ?? .ioError)
      }
    }
  }
}
