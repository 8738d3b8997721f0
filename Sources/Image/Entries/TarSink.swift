internal import Bundle
internal import FileTree

/// Writes entries as a tar archive.
final class TarSink: EntrySink {
  private let output: any ByteSink
  private let metadata: EntryMetadata

  /// - Parameter comment: of the archive as a whole; nil for none.
  init(
    output: any ByteSink, metadata: EntryMetadata, comment: [UInt8]? = nil
  ) throws(ArchiveError) {
    self.output = output
    self.metadata = metadata
    if let comment { try output.append(TarHeader.comment(comment, metadata)) }
  }

  func begin(_ entry: BundleEntry) throws(ArchiveError) {
    for attribute in entry.attributes where attribute.name.contains(UInt8(ascii: "=")) {
      throw .unrepresentable(
        entry.path, "tar holds no attribute with = in its name, as in \(attribute.name)")
    }
    try output.append(TarHeader(entry, metadata.of(entry)).blocks())
  }

  func append(_ content: [UInt8]) throws(ArchiveError) {
    try output.append(content)
  }

  func end(_ entry: BundleEntry) throws(ArchiveError) {
    try output.append(TarHeader.padding(after: entry.size))
  }

  func finish() throws(ArchiveError) {
    try output.append(TarHeader.end)
    try output.finish()
  }
}
