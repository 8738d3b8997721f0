/// What an output holds, and in which form.
package enum OutputFormat: String, CaseIterable, Sendable {
  case tar
  case tarGzip = "tar.gz"
  case tarZstd = "tar.zst"
  case directory
  /// An image layout in one archive, which is docker's format at the same time.
  case ociArchive = "oci-archive"
  case ociLayout = "oci-layout"
  case cpio
  case cpioGzip = "cpio.gz"

  private static let suffixes: [(String, OutputFormat)] = [
    (".oci.tar", .ociArchive), (".oci/", .ociLayout), (".oci", .ociLayout), ("/", .directory),
    (".tar", .tar), (".tar.gz", .tarGzip), (".tgz", .tarGzip), (".tar.zst", .tarZstd),
    (".tzst", .tarZstd), (".cpio", .cpio), (".cpio.gz", .cpioGzip),
  ]

  /// The format that a path asks for by its end; a name without a suffix, and standard output (`-`),
  /// are tar archives. Nil for a suffix that stands for something else.
  package init?(path: String) {
    // An image's layers are compressed by themselves.
    for suffix in [".oci.tar.gz", ".oci.tgz", ".oci.tar.zst", ".oci.tzst"]
    where path.hasSuffix(suffix) { return nil }
    if let known = Self.suffixes.first(where: { path.hasSuffix($0.0) }) {
      self = known.1
      return
    }
    let name = path.split(separator: "/").last ?? ""
    guard !name.dropFirst().contains(".") else { return nil }
    self = .tar
  }

  /// The end of a name that asks for it.
  package var suffix: String {
    // The first of several is the plain one.
    Self.suffixes.first { $0.1 == self }?.0 ?? ""
  }

  /// Whether it holds an image with its configuration, rather than files alone.
  package var isImage: Bool { self == .ociArchive || self == .ociLayout }

  package var isDirectory: Bool { self == .directory || self == .ociLayout }

  package var isInitramfs: Bool { self == .cpio || self == .cpioGzip }

  /// The compression of the whole output; nil for a directory and for images, whose layers are
  /// compressed as ``WriteOptions`` say.
  package var compression: Compression? {
    switch self {
    case .tar, .cpio: Compression.none
    case .tarGzip, .cpioGzip: .gzip
    case .tarZstd: .zstd
    case .directory, .ociArchive, .ociLayout: nil
    }
  }
}
