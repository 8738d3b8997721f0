package import Bundle
internal import FileTree
internal import Glibc
package import SystemPackage

/// Writes a plan as a tar archive to a file.
package struct TarArchive {
  /// Seconds since 1970, for all entries.
  private let modificationTime: UInt64
  /// Told after each piece how many bytes of content were written.
  private let progress: (UInt64) -> Void

  private static let pieceSize = 1 << 20

  package init(modificationTime: UInt64, progress: @escaping (UInt64) -> Void = { _ in }) {
    self.modificationTime = modificationTime
    self.progress = progress
  }

  /// Writes the archive; the target changes only when all of it is on the disk.
  ///
  /// - Parameter target: a host path.
  /// - Returns: the archive's size in bytes.
  package func write(_ plan: BundlePlan, to target: FilePath) throws(ArchiveError) -> UInt64 {
    let place = try OutputTarget.check(target, plan: plan)
    var file = try AtomicFile(target: place)
    var output = BufferedOutput(descriptor: file.descriptor, target: target)
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
        guard file.size == status.size else { throw ArchiveError.sourceChanged(entry.path) }
        while offset < status.size {
          let piece = try file.read(
            at: offset, count: Int(min(UInt64(Self.pieceSize), status.size - offset)))
          guard !piece.isEmpty else { throw ArchiveError.sourceChanged(entry.path) }
          try output.append(piece)
          offset += UInt64(piece.count)
          contentDone += UInt64(piece.count)
          progress(contentDone)
        }
      } catch let error as ArchiveError {
        throw error
      } catch {
        throw .source(entry.path, error as? Errno ?? .ioError)
      }
    }
  }
}

/// What is checked before anything is written.
enum OutputTarget {
  /// The path that is to be replaced: the target, or what it links to.
  static func check(_ target: FilePath, plan: BundlePlan) throws(ArchiveError) -> FilePath {
    var status = stat()
    guard unsafe target.withPlatformString({ unsafe stat($0, &status) }) == 0 else {
      guard errno == ENOENT else { throw .target(target, Errno(rawValue: errno)) }
      return target
    }
    let existing = FileStatus(status)
    switch existing.kind {
    case .regular: break
    case .directory: throw .targetIsDirectory(target)
    default: throw .targetIsSpecial(target, existing.kind)
    }
    for entry in plan.entries {
      if case .file(.copy(_, let path, let source), _) = entry.node,
        source.identity == existing.identity
      {
        throw .targetIsInput(target, path)
      }
    }
    return resolved(target)
  }

  /// A rename would replace a link instead of the file behind it.
  private static func resolved(_ target: FilePath) -> FilePath {
    guard let text = unsafe target.withPlatformString({ unsafe realpath($0, nil) }) else {
      return target
    }
    defer { unsafe free(text) }
    return unsafe FilePath(platformString: text)
  }
}

/// Collects small pieces and passes large ones on.
private struct BufferedOutput: ~Copyable {
  private let descriptor: FileDescriptor
  private let target: FilePath
  private var buffer: [UInt8] = []
  /// Bytes appended so far.
  private(set) var count: UInt64 = 0

  private static let bufferSize = 1 << 18

  init(descriptor: FileDescriptor, target: FilePath) {
    self.descriptor = descriptor
    self.target = target
  }

  mutating func append(_ bytes: [UInt8]) throws(ArchiveError) {
    count += UInt64(bytes.count)
    if bytes.count >= Self.bufferSize {
      try flush()
      try write(bytes)
      return
    }
    buffer += bytes
    if buffer.count >= Self.bufferSize { try flush() }
  }

  mutating func flush() throws(ArchiveError) {
    try write(buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  private func write(_ bytes: [UInt8]) throws(ArchiveError) {
    if let signal = pendingSignal() { throw .interrupted(signal: signal) }
    do {
      try descriptor.writeAll(bytes)
    } catch {
      throw .target(target, error as? Errno ?? .ioError)
    }
  }
}

/// A signal that asks for the end and that the caller has blocked, so that it can be answered by an
/// orderly end.
private func pendingSignal() -> Int32? {
  var pending = sigset_t()
  guard unsafe sigpending(&pending) == 0 else { return nil }
  return [SIGINT, SIGTERM, SIGHUP].first { unsafe sigismember(&pending, $0) == 1 }
}
