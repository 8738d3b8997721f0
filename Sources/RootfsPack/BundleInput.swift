internal import Archive
internal import Diff
internal import FileTree
internal import Image
internal import SystemPackage

/// A bundle as a user names it: an archive, an image, a directory, or a lock.
struct BundleInput {
  /// Nil for a lock.
  let bundle: ReadBundle?
  /// One for each platform.
  let descriptions: [BundleDescription]

  /// In bytes; a lock of 100,000 files has some thirty million.
  private static let lockLimit = 256 << 20

  init(_ argument: String, _ options: ReadOptions) throws(Diagnostic) {
    let name = ByteString(argument: argument)
    guard !name.isEmpty else {
      throw Diagnostic(
        "a name is empty", remedy: "name an archive, an image, a directory or a lock",
        status: .usage)
    }
    let path = FilePath(name)
    if let lock = Self.lock(at: path) {
      bundle = nil
      descriptions = lock.platforms.map { BundleDescription($0) }
      return
    }
    do {
      let bundle = try ArchiveReader(options: options).read(path)
      self.bundle = bundle
      descriptions = [BundleDescription(bundle)]
    } catch {
      throw Diagnostic(error, of: path)
    }
  }

  /// Nil for what is anything else: whoever reads that tells what is wrong with it.
  private static func lock(at path: FilePath) -> BundleLock? {
    guard
      let descriptor = try? FileDescriptor.open(
        path, .readOnly, options: [.closeOnExec, .nonBlocking])
    else { return nil }
    defer { try? descriptor.close() }
    var head = [UInt8](repeating: 0, count: 1)
    guard
      let count = try? unsafe head.withUnsafeMutableBytes({
        try unsafe descriptor.read(fromAbsoluteOffset: 0, into: $0)
      }),
      count == 1, head[0] == UInt8(ascii: "{"),
      let bytes = try? HostFile.bytes(of: descriptor, limit: lockLimit)
    else { return nil }
    return BundleLock(bytes)
  }
}
