internal import FileTree

/// The bytes of an archive without its compression, in the portions that its format has.
final class ArchiveStream {
  let reading: Reading
  /// The file of an image that it is.
  let file: RootPath?
  private let source: any ByteSource
  private var piece: [UInt8]
  /// In the piece: behind what was taken.
  private var position = 0
  /// In bytes from the archive's beginning.
  private(set) var offset: UInt64 = 0

  /// - Parameter file: the file of an image that it is.
  init(_ source: any ByteSource, reading: Reading, file: RootPath? = nil) {
    self.source = source
    self.reading = reading
    self.file = file
    piece = []
  }

  var place: ArchivePlace { ArchivePlace(file: file, offset: offset) }

  /// The next bytes without taking them; fewer where the archive ends.
  func peek(_ count: Int) throws(ArchiveReadError) -> ArraySlice<UInt8> {
    while piece.count - position < count {
      let next = try source.next()
      guard !next.isEmpty else { break }
      try reading.spend(bytes: next.count, at: place)
      piece = Array(piece[position...]) + next
      position = 0
    }
    return piece[position...].prefix(count)
  }

  /// Takes the next bytes; fewer where the archive ends.
  func take(_ count: Int) throws(ArchiveReadError) -> ArraySlice<UInt8> {
    let bytes = try peek(count)
    position += bytes.count
    offset += UInt64(bytes.count)
    return bytes
  }

  /// Hands over the next bytes piece by piece.
  ///
  /// - Parameter place: of what has to be there whole.
  func pass(
    _ count: UInt64, of place: ArchivePlace, to body: (Span<UInt8>) throws(ArchiveReadError) -> Void
  ) throws(ArchiveReadError) {
    var rest = count
    while rest > 0 {
      guard try hasMore() else { throw .damaged(place, .truncated) }
      let current = piece
      let size = Int(min(rest, UInt64(current.count - position)))
      try body(current.span.extracting(position..<(position + size)))
      position += size
      offset += UInt64(size)
      rest -= UInt64(size)
    }
  }

  /// Passes over bytes, without reading them where that can be done.
  ///
  /// - Parameter place: of what has to be there whole.
  func skip(_ count: UInt64, of place: ArchivePlace) throws(ArchiveReadError) {
    let buffered = UInt64(piece.count - position)
    if count > buffered, source.skip(count - buffered) {
      (piece, position) = ([], 0)
      offset += count
      return
    }
    try pass(count, of: place) { _ in }
  }

  /// Reads all that is left.
  ///
  /// - Returns: where something else than zeros stands first, in bytes from the archive's beginning.
  func drain() throws(ArchiveReadError) -> UInt64? {
    var found: UInt64?
    while try hasMore() {
      let rest = piece[position...]
      if found == nil, let index = rest.firstIndex(where: { $0 != 0 }) {
        found = offset + UInt64(index - position)
      }
      offset += UInt64(rest.count)
      position = piece.count
    }
    return found
  }

  private func hasMore() throws(ArchiveReadError) -> Bool {
    guard position == piece.count else { return true }
    let next = try source.next()
    try reading.spend(bytes: next.count, at: place)
    (piece, position) = (next, 0)
    return !next.isEmpty
  }
}
