package import FileTree

/// Something that is wrong with an input, or that readers take differently, without keeping it from being
/// read.
package struct Violation: Hashable, Sendable {
  package enum Fault: Hashable, Sendable {
    // MARK: An image's documents

    /// A blob's content has another digest than it is named by.
    case digest(stated: ContentDigest, actual: ContentDigest)
    /// A layer without its compression has another digest than the configuration says.
    case diffID(stated: String, actual: ContentDigest)
    /// What a descriptor or a document says it is, and what is there.
    case mediaType(stated: String, actual: String)
    case layoutVersion(String)
    /// The platform that an index gives an image isn't that of the image's configuration.
    case platform(stated: ImagePlatform, actual: ImagePlatform)
    /// The configuration has another number of diff ids than there are layers.
    case diffIDCount(Int, layers: Int)
    /// The configuration's history has another number of entries with a layer than there are layers.
    case historyCount(Int, layers: Int)
    /// Something that isn't read refers to a blob that isn't there, such as another platform's.
    case missingBlob
    /// A file of an image that nothing refers to.
    case unreferenced
    /// A configuration in docker's archives is named by another digest than its own, which nobody compares.
    case configurationName(stated: ContentDigest, actual: ContentDigest)
    /// `manifest.json`, which docker reads, has an image that `index.json` doesn't lead to.
    case dockerManifest

    // MARK: Archives

    /// The archive has no entry for a directory that others lie in; it is made with the permissions 0755.
    case missingParent
    /// The entry for a directory stands behind what is in it.
    case parentAfterContent
    /// An entry that isn't in bytewise order behind the one before, directories ending in `/`. Told of the
    /// first one only.
    case unsorted(after: ByteString)
    /// A name that begins with `/`; it is read as one in the root.
    case absoluteName
    /// The same directory twice, with the same permissions, owner and time.
    case repeatedDirectory
    /// A path that comes twice, of which the last counts; engines take no layer that has it.
    case repeatedEntry
    /// A link, directory or special file that is said to have a content, which nobody looks for.
    case strayContent(UInt64)
    /// A number that tars read and engines don't.
    case oddNumber(field: String)
    /// A file with holes in GNU tar's older form, which engines don't unpack.
    case sparse
    /// A file of POSIX's type for contiguous ones, which engines don't unpack.
    case contiguous
    /// A PAX header for all entries, which umoci takes no layer with.
    case globalHeader
    /// A link's text leads above the root by `..`; inside of the bundle that stays at the root.
    case linkLeavesRoot(text: ByteString)
    /// Another owner, time or permissions than the file that it is a further name of.
    case hardLinkMetadata
    /// A hard link to a file of a lower layer, which only some engines find.
    case hardLinkToLowerLayer
    /// A directory takes the place of a lower layer's link, or the other way round.
    case replacesLink
    case replacesDirectory
    /// A whiteout of what no lower layer has.
    case whiteoutOfNothing
    /// A whiteout behind what the same layer has there: some engines remove that, some keep it, some refuse
    /// the layer.
    case whiteoutBehind
    /// Something below what the same layer hides, without an entry for the directory: engines that keep
    /// layers apart refuse it.
    case belowWhiteout
    /// A directory that the same layer hides and makes anew: engines that keep layers apart go on to show
    /// what lower layers have in it.
    case renewedDirectory
    /// An opaque root, which engines that keep layers apart don't heed.
    case opaqueRoot
    /// A PAX record that comes twice before one entry; the last one counts.
    case repeatedRecord(keyword: ByteString)
    /// No mark that a tar archive is complete: two blocks of zeros.
    case missingEnd
    /// No mark that a cpio archive is complete.
    case missingTrailer
    /// A single block of zeros with something else behind it, where engines refuse to go on.
    case loneZeroBlock
    /// Something else than zeros behind the archive's end.
    case bytesBehindEnd
    /// Something else than zeros between a content and the next header.
    case padding
    /// Bytes behind a compressed stream that belong to none.
    case bytesBehindCompression

    /// A FIFO, device or socket, which is told of and neither unpacked nor looked at.
    case special(FileStatus.Kind)
    /// So many more than are listed.
    case more(Int)
  }

  package let place: ArchivePlace
  package let fault: Fault

  package init(_ fault: Fault, at place: ArchivePlace) {
    self.place = place
    self.fault = fault
  }
}
