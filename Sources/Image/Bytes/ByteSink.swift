/// Takes a stream of bytes in order: a file, or what compresses or digests on the way to one.
protocol ByteSink: AnyObject {
  func append(_ bytes: [UInt8]) throws(ArchiveError)
  /// Passes on whatever is held back; nothing is appended afterwards.
  func finish() throws(ArchiveError)
}
