/// The digest by which a blob is named (OCI image-spec, descriptor.md, "Digests").
struct BlobDigest: Hashable, Sendable {
  /// 64 lower-case digits.
  let hexadecimal: String

  init(_ bytes: [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    hexadecimal = String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  init(of bytes: [UInt8]) {
    var state = Sha256()
    state.update(bytes)
    self = state.finish()
  }

  /// `sha256:` and the digits.
  var text: String { "sha256:" + hexadecimal }

  /// The blob's place in a layout (image-layout.md, "Blobs").
  var path: String { "blobs/sha256/" + hexadecimal }
}
