internal import Bundle
internal import FileTree

/// Takes the entries of a plan in its order, each regular file's content piece by piece.
protocol EntrySink: AnyObject {
  func begin(_ entry: BundleEntry) throws(ArchiveError)
  /// Content of the regular file that was begun last.
  func append(_ content: [UInt8]) throws(ArchiveError)
  /// The content is complete.
  func end(_ entry: BundleEntry) throws(ArchiveError)
  /// All entries are complete.
  func finish() throws(ArchiveError)
}

/// What all entries of an archive have in common.
package struct EntryMetadata: Sendable {
  /// Seconds since 1970.
  package let modificationTime: UInt64
  package let owner: UInt32
  package let group: UInt32

  package init(modificationTime: UInt64 = 0, owner: UInt32 = 0, group: UInt32 = 0) {
    self.modificationTime = modificationTime
    self.owner = owner
    self.group = group
  }

  /// The same for an entry that may have an owner of its own.
  func of(_ entry: BundleEntry) -> EntryMetadata {
    guard let owner = entry.owner else { return self }
    return EntryMetadata(
      modificationTime: modificationTime, owner: owner.user, group: owner.group)
  }
}
