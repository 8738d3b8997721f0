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
