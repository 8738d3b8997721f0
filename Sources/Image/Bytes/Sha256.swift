internal import Crypto

/// A SHA-256 digest in the making.
struct Sha256 {
  private var state = SHA256()

  mutating func update(_ bytes: [UInt8]) {
    unsafe bytes.withUnsafeBytes { unsafe state.update(bufferPointer: $0) }
  }

  func finish() -> BlobDigest {
    BlobDigest(Array(state.finalize()))
  }
}
