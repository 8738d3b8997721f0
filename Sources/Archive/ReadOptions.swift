package import SystemPackage

/// What a caller may ask of a reading.
package struct ReadOptions {
  /// Which images of an input with several are read, by their platforms.
  package enum PlatformChoice: Hashable, Sendable {
    /// Those of this platform, and no others.
    case only(ImagePlatform)
    /// Those of this platform if there are any, otherwise those of the first one's.
    case preferring(ImagePlatform)
    /// Those of the first one's.
    case first
  }

  package var platform = PlatformChoice.first
  /// The name, tag, digest or id of the image that is read, of an input with several; nil for all.
  package var image: String?
  package var limits = ReadLimits()
  /// Where the directory for the content is made; a host path.
  package var temporaryDirectory: FilePath = "/tmp"
  /// Whether unpacked files are given to the users that the archive names, with their set-user-id bits,
  /// which needs a privilege. Without it they belong to whoever reads, who may read each of them.
  package var keepsOwners = false
  /// Asked now and then: the signal that asks for the end, if one came.
  package var interruption: () -> Int32? = { nil }

  package init() {}
}
