internal import Bundle
internal import FileTree

/// How much room outputs take while they are written: what was there before stays until all are complete.
package struct NeededSpace {
  /// In bytes; what is compressed counts as if nothing could be gained.
  package let size: UInt64

  private static let blockSize: UInt64 = 512
  /// What most file systems give out at a time.
  private static let pageSize: UInt64 = 4096
  /// Of an image, besides its layers: its documents with their headers, and blocks that are begun.
  private static let documentSize: UInt64 = 64 << 10

  package init(for bundles: [ImageBundle], in formats: [OutputFormat]) {
    let layers = bundles.reduce(Self.documentSize) { $0 + Self.archiveSize(of: $1.plan) }
    let archive = bundles.first.map { Self.archiveSize(of: $0.plan) } ?? 0
    let directory = bundles.first.map { Self.directorySize(of: $0.plan) } ?? 0
    var sum = formats.reduce(0) { sum, format in
      sum + (format.isImage ? layers : format == .directory ? directory : archive)
    }
    // An image's digests stand before its layers, so these are kept until the last is known.
    if formats.contains(where: \.isImage) { sum += layers }
    // What can't be compressed gets a little longer, and a file system needs some room for itself.
    size = sum + sum / 16
  }

  private static func archiveSize(of plan: BundlePlan) -> UInt64 {
    plan.entries.reduce(2 * blockSize + pageSize) { sum, entry in
      // A header, and a second one with its records where the first has no room.
      let names = UInt64(entry.path.text.count) + attributeSize(of: entry)
      let headers = names < 100 ? blockSize : 3 * blockSize + rounded(names, to: blockSize)
      return sum + headers + rounded(entry.size, to: blockSize)
    }
  }

  private static func directorySize(of plan: BundlePlan) -> UInt64 {
    plan.entries.reduce(pageSize) { $0 + pageSize + rounded($1.size, to: pageSize) }
  }

  private static func attributeSize(of entry: BundleEntry) -> UInt64 {
    entry.attributes.reduce(0) { $0 + UInt64($1.name.count + $1.value.count) }
  }

  private static func rounded(_ size: UInt64, to unit: UInt64) -> UInt64 {
    (size + unit - 1) / unit * unit
  }
}
