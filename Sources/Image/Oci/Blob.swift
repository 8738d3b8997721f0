internal import FileTree
internal import SystemPackage

/// Content that is named by its digest.
struct Blob {
  enum Content {
    /// A file of its own, which lives as long as what refers to it.
    case file(AtomicFile)
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
    case .file(let file):
      var offset: UInt64 = 0
      while offset < size {
        let piece: [UInt8]
        do {
          piece = try OpenFile.Content.descriptor(file.descriptor).read(
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
