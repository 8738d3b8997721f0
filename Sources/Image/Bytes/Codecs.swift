/// The codecs of one run: streams of one kind share the contexts of its library, which may be large.
final class Codecs {
  private let level: Int?
  private var made: [Compression: any BlockCodec] = [:]

  /// - Parameter level: nil for each compression's default.
  init(level: Int?) {
    self.level = level
  }

  /// A codec for one stream; nil where nothing is compressed.
  func codec(_ compression: Compression) -> (any BlockCodec)? {
    if let codec = made[compression] { return codec }
    let level = level ?? compression.defaultLevel
    let codec: (any BlockCodec)? =
      switch compression {
      case .gzip: GzipCodec(level: level)
      case .zstd: ZstdCodec(level: level)
      case .none: nil
      }
    // Kept as it is before its first stream.
    made[compression] = codec
    return codec
  }
}
