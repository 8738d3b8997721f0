/// Bytes in their order, piece by piece, so that nothing is ever held whole.
protocol ByteSource: AnyObject {
  /// The next bytes; none only at the end.
  func next() throws(ArchiveReadError) -> [UInt8]

  /// Passes over bytes without reading them; false, and nothing passed over, where that can't be done.
  func skip(_ count: UInt64) -> Bool
}

extension ByteSource {
  func skip(_ count: UInt64) -> Bool { false }

  /// At least so many of the next bytes, all of which are taken; fewer only at the end.
  func head(count: Int) throws(ArchiveReadError) -> [UInt8] {
    var head = try next()
    while head.count < count {
      let piece = try next()
      guard !piece.isEmpty else { break }
      head += piece
    }
    return head
  }
}

/// A source whose first bytes were taken to see what it is.
final class RejoinedSource: ByteSource {
  private var beginning: [UInt8]
  private let source: any ByteSource

  init(beginning: [UInt8], then source: any ByteSource) {
    self.beginning = beginning
    self.source = source
  }

  func next() throws(ArchiveReadError) -> [UInt8] {
    guard beginning.isEmpty else {
      defer { beginning = [] }
      return beginning
    }
    return try source.next()
  }
}

/// Digests all that passes through.
final class DigestingSource: ByteSource {
  private let source: any ByteSource
  private var digester = Digester()
  private(set) var size: UInt64 = 0

  init(_ source: any ByteSource) {
    self.source = source
  }

  /// Of what has passed.
  var digest: ContentDigest { digester.digest }

  func next() throws(ArchiveReadError) -> [UInt8] {
    let piece = try source.next()
    digester.append(piece.span)
    size += UInt64(piece.count)
    return piece
  }
}
