internal import FileTree

/// One compressed format.
protocol Decoder: AnyObject {
  /// Whether the input may end here, or another stream begin: nothing was decoded yet, or all of a stream.
  var isBetweenStreams: Bool { get }

  /// Whether there is more to come of the input that was given already.
  var hasPendingOutput: Bool { get }

  /// Decodes bytes of the input from a position on, which moves behind what was taken.
  ///
  /// - Throws: why the stream is damaged.
  func decode(_ input: [UInt8], from position: inout Int) throws(DecodingFailure) -> [UInt8]
}

enum DecodingFailure: Error {
  /// In the library's words.
  case damaged(String)
  /// It wants to look back on more than the limit.
  case window
}

/// The content of a compressed source: of all streams in it, one after the other.
final class DecompressingSource: ByteSource {
  private let source: any ByteSource
  private let compression: ArchiveCompression
  private let decoder: any Decoder
  private let reading: Reading
  /// The file of an image that it is.
  private let file: RootPath?
  private var input: [UInt8]
  private var position = 0
  /// Whether the source has no more.
  private var isAtEnd = false
  private var isFinished = false
  /// In bytes, of what the source gave and of the content.
  private var consumed: UInt64 = 0
  private var produced: UInt64 = 0

  /// - Parameters:
  ///   - source: behind `beginning`, which it gave already.
  ///   - file: the file of an image that it is.
  private init(
    _ compression: ArchiveCompression, beginning: [UInt8], then source: any ByteSource,
    reading: Reading, file: RootPath?
  ) {
    self.compression = compression
    self.source = source
    self.reading = reading
    self.file = file
    input = beginning
    decoder =
      switch compression {
      case .gzip: GzipDecoder()
      case .zstd: ZstdDecoder(window: reading.limits.compressionWindow)
      }
  }

  /// The content of a source, whether or not it is compressed, which its first bytes tell.
  static func open(
    _ source: any ByteSource, reading: Reading, file: RootPath? = nil
  ) throws(ArchiveReadError) -> (any ByteSource, ArchiveCompression?) {
    let beginning = try source.head(count: 4)
    guard let compression = Magic.compression(beginning[...]) else {
      return (RejoinedSource(beginning: beginning, then: source), nil)
    }
    let content = DecompressingSource(
      compression, beginning: beginning, then: source, reading: reading, file: file)
    return (content, compression)
  }

  func next() throws(ArchiveReadError) -> [UInt8] {
    while !isFinished {
      if decoder.isBetweenStreams, try !findStream() { return [] }
      if position == input.count, !decoder.hasPendingOutput {
        try fill()
        guard !isAtEnd else { throw .damaged(place, .truncated) }
      }
      let output = try decode()
      if !output.isEmpty { return output }
    }
    return []
  }

  private func decode() throws(ArchiveReadError) -> [UInt8] {
    let start = position
    let output: [UInt8]
    do throws(DecodingFailure) {
      output = try decoder.decode(input, from: &position)
    } catch {
      switch error {
      case .damaged(let reason): throw .damaged(place, .compression(compression, reason))
      case .window:
        let limit = reading.limits.value(of: .compressionWindow)
        throw .beyondLimit(place, .compressionWindow, limit)
      }
    }
    consumed += UInt64(position - start)
    produced += UInt64(output.count)
    let limits = reading.limits
    guard
      produced <= limits.ratioThreshold || produced / max(1, consumed) < limits.compressionRatio
    else { throw .beyondLimit(place, .compressionRatio, limits.compressionRatio) }
    return output
  }

  /// Whether another stream begins; what else there is behind the last one is told and passed over.
  private func findStream() throws(ArchiveReadError) -> Bool {
    while input.count - position < 4, !isAtEnd { try fill() }
    let rest = input[position...]
    if Magic.compression(rest) == compression { return true }
    isFinished = true
    guard !rest.isEmpty else { return false }
    reading.report(.bytesBehindCompression, at: place)
    // Whoever digests the source wants all of it.
    while true {
      let piece = try source.next()
      guard !piece.isEmpty else { return false }
      try reading.spend(bytes: piece.count, at: place)
    }
  }

  /// Appends the source's next piece to what is left of the last.
  private func fill() throws(ArchiveReadError) {
    let piece = try source.next()
    isAtEnd = piece.isEmpty
    input = position == input.count ? piece : Array(input[position...]) + piece
    position = 0
  }

  /// In the compressed bytes.
  private var place: ArchivePlace { ArchivePlace(file: file, offset: consumed) }
}
