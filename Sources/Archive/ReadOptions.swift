package import SystemPackage

/// What a caller may ask of a reading.
package struct ReadOptions {
  /// Which image of an input with several is read.
  package enum PlatformChoice: Hashable, Sendable {
    /// That of this platform, and no other.
    case only(ImagePlatform)
    /// That of this platform if there is one, otherwise the first.
    case preferring(ImagePlatform)
    case first
  }

  package var platform = PlatformChoice.first
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
