/// How much is read of an input that nobody vouches for; memory and disk are bounded by these.
package struct ReadLimits: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case contentSize, compressionRatio, compressionWindow, entryCount, metadataSize, nameLength
    case depth, headerSize, documentSize, layerCount
  }

  /// Bytes that are read of all archives and layers of an input together, without their compression.
  package var contentSize: UInt64 = 64 << 30
  /// How many times as long as its compressed form a stream may be, once it is longer than
  /// ``ratioThreshold``. A file system's files come to about 3; zeros alone to 1,032 in gzip and 32,000 in
  /// zstd.
  package var compressionRatio: UInt64 = 250
  /// In bytes of content.
  package var ratioThreshold: UInt64 = 1 << 30
  /// The binary logarithm of what a zstd stream may look back on, which is kept in memory; 27, which are 128
  /// MiB, is what `zstd` itself takes without being asked.
  package var compressionWindow: Int32 = 27
  /// Of all layers together.
  package var entryCount: UInt64 = 1_000_000
  /// Bytes of names, link texts and extended attributes, all entries together: they stay in memory.
  package var metadataSize: UInt64 = 256 << 20
  /// The kernel's limit on a path without its NUL (`PATH_MAX`). In bytes.
  package var nameLength: UInt64 = 4095
  /// Directories above one another; each costs whoever walks the tree an open file.
  package var depth: UInt64 = 256
  /// What may stand before one entry of a tar archive to describe it; Go's archive/tar has the same limit.
  package var headerSize: UInt64 = 1 << 20
  /// Bytes of JSON, all documents of an image together.
  package var documentSize: UInt64 = 16 << 20
  /// What the kernel stacks (`OVL_MAX_STACK`, Linux fs/overlayfs/params.h).
  package var layerCount: UInt64 = 500
  /// How many violations are kept; the rest is counted.
  package var violationCount = 10_000

  package init() {}

  package func value(of kind: Kind) -> UInt64 {
    switch kind {
    case .contentSize: contentSize
    case .compressionRatio: compressionRatio
    case .compressionWindow: 1 << UInt64(max(0, compressionWindow))
    case .entryCount: entryCount
    case .metadataSize: metadataSize
    case .nameLength: nameLength
    case .depth: depth
    case .headerSize: headerSize
    case .documentSize: documentSize
    case .layerCount: layerCount
    }
  }
}
