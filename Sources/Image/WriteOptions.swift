package import SystemPackage

/// What all outputs of a run have in common.
package struct WriteOptions {
  package var metadata = EntryMetadata()
  /// Of an image's layers.
  package var compression = Compression.gzip
  /// Nil for each compression's default.
  package var level: Int?
  package var layering = Layering.shared
  /// Whether tar archives are layers for another image, which no header for all entries may begin: not every
  /// engine takes such a layer.
  package var areLayers = false
  /// Whether files of a directory output are given to the metadata's owner.
  package var changesOwner = false
  /// Where an image's layers are kept if it goes to standard output; a host path.
  package var temporaryDirectory: FilePath = "/tmp"
  package var interruption: Interruption = { nil }
  /// Told after each piece how many bytes of content it had.
  package var progress: (UInt64) -> Void = { _ in }

  package init() {}
}

/// Asked now and then: the signal that asks for the end, if one came.
package typealias Interruption = () -> Int32?
