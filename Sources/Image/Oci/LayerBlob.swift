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
    _ stratum: Stratum, beside target: FilePath, options: WriteOptions, codecs: Codecs
  ) throws(ArchiveError) {
    self.stratum = stratum
    compression = options.compression
    file = try AtomicFile(target: target)
    compressed = FileSink(
      descriptor: file.descriptor, target: target, digests: true,
      interruption: options.interruption)
    let codec = codecs.codec(compression)
    let next: any ByteSink =
      if let codec { try CompressedSink(codec: codec, next: compressed) } else { compressed }
    content = DigestingSink(next: next)
    entries = try TarSink(output: content, metadata: options.metadata)
  }

  // Each is known once the entries are finished.

  /// Of the uncompressed archive.
  var diffID: BlobDigest { content.digest }

  var blob: Blob {
    Blob(
      digest: compressed.blobDigest ?? BlobDigest(of: []), size: compressed.count,
      content: .file(file))
  }

  var descriptor: Descriptor {
    Descriptor(MediaType.layer(compression), blob.digest, size: blob.size)
  }
}
