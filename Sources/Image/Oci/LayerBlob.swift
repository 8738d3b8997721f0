internal import Bundle
internal import FileTree
internal import SystemPackage

/// One layer in the making: a tar archive that is digested, compressed, digested again, and kept in
/// a file without a name until its digest is known.
final class LayerBlob {
  let stratum: Stratum
  let compression: Compression
  /// Where the layer's entries go.
  let entries: TarSink
  private let file: AtomicFile
  private let content: DigestingSink
  private let compressed: FileSink

  init(
    _ stratum: Stratum, beside target: FilePath, options: WriteOptions
  ) throws(ArchiveError) {
    self.stratum = stratum
    compression = options.compression
    file = try AtomicFile(target: target)
    compressed = FileSink(
      descriptor: file.descriptor, target: target, digests: true,
      interruption: options.interruption)
    let codec = compression.codec(level: options.level)
    let next: any ByteSink =
      if let codec { try CompressedSink(codec: codec, next: compressed) } else { compressed }
    content = DigestingSink(next: next)
    entries = TarSink(output: content, metadata: options.metadata)
  }

  // Each is known once the entries are finished.

  /// Of the uncompressed archive.
  var diffID: BlobDigest { content.digest }

  var blob: Blob {
    Blob(
      digest: compressed.blobDigest ?? BlobDigest(of: []), size: compressed.count,
      content: .file(file.descriptor))
  }

  var descriptor: Descriptor {
    Descriptor(MediaType.layer(compression), blob.digest, size: blob.size)
  }
}

/// Digests what passes through.
final class DigestingSink: ByteSink {
  private let next: any ByteSink
  private var state = Sha256()

  init(next: any ByteSink) {
    self.next = next
  }

  var digest: BlobDigest { state.finish() }

  func append(_ bytes: [UInt8]) throws(ArchiveError) {
    state.update(bytes)
    try next.append(bytes)
  }

  func finish() throws(ArchiveError) {
    try next.finish()
  }
}

/// Content that is named by its digest.
struct Blob {
  enum Content {
    /// An open file, from its beginning.
    case file(FileDescriptor)
    case bytes([UInt8])
  }

  let digest: BlobDigest
  let size: UInt64
  let content: Content

  init(digest: BlobDigest, size: UInt64, content: Content) {
    self.digest = digest
    self.size = size
    self.content = content
  }

  init(_ bytes: [UInt8]) {
    self.init(
      digest: BlobDigest(of: bytes), size: UInt64(bytes.count), content: .bytes(bytes))
  }

  /// Hands over the content piece by piece.
  func read(_ body: ([UInt8]) throws(ArchiveError) -> Void, target: FilePath) throws(ArchiveError) {
    switch content {
    case .bytes(let bytes): try body(bytes)
    case .file(let descriptor):
      var offset: UInt64 = 0
      while offset < size {
        let piece: [UInt8]
        do {
          piece = try OpenFile.Content.descriptor(descriptor).read(
            at: offset, count: Int(min(1 << 20, size - offset)))
        } catch {
          throw .target(target, error)
        }
        guard !piece.isEmpty else { throw .target(target, .ioError) }
        try body(piece)
        offset += UInt64(piece.count)
      }
    }
  }
}
