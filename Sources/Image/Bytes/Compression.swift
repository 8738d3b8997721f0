/// How a stream is compressed.
package enum Compression: String, CaseIterable, Sendable {
  case gzip, zstd, none

  /// The levels that the library takes.
  package var levels: ClosedRange<Int> {
    switch self {
    case .gzip: 1...12
    case .zstd: 1...19
    case .none: 0...0
    }
  }

  package var defaultLevel: Int {
    switch self {
    case .gzip: 6
    case .zstd: 3
    case .none: 0
    }
  }
}

/// Compresses a stream in blocks that know nothing of each other, so that the bytes don't depend on
/// how many threads there are.
protocol BlockCodec: Sendable {
  /// In bytes of uncompressed content.
  var blockSize: Int { get }
  /// What stands before the first block.
  var head: [UInt8] { get }
  /// Compresses one block; called from many threads.
  func compress(_ block: [UInt8]) -> [UInt8]
  /// Takes notice of the stream's next bytes, in order.
  mutating func observe(_ block: [UInt8])
  /// What stands after the last block.
  var tail: [UInt8] { get }
}
