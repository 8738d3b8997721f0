internal import Archive
internal import Diff
internal import FileTree
internal import Image
internal import Loader
internal import SystemPackage

/// A bundle as a user names it: an archive, an image, a directory, or a lock.
struct BundleInput {
  /// One for each platform of a lock, and for each image.
  let descriptions: [BundleDescription]
  /// What is wrong with it, though it can be read.
  let faults: [Diagnostic]
  /// What wasn't looked at.
  let hint: Diagnostic?

  init(_ argument: String, _ options: ReadOptions) throws(Diagnostic) {
    let name = ByteString(argument: argument)
    guard !name.isEmpty else {
      throw Diagnostic(
        "a name is empty", remedy: "name an archive, an image, a directory or a lock",
        status: .usage)
    }
    let path = FilePath(name)
    if let bytes = try Self.lockBytes(at: path) {
      let lock = try BundleLock(bytes, named: name)
      descriptions = lock.platforms.map { BundleDescription($0) }
      (faults, hint) = ([], nil)
      return
    }
    do {
      let contents = try Self.read(path, options) { bundle in
        (
          BundleDescription(bundle, in: SearchEnvironment().inside(bundle)),
          bundle.diagnostics(of: path),
          bundle.hintOfOtherPlatforms(name.description, command: "compare")
        )
      }
      descriptions = contents.map(\.0)
      faults = contents.flatMap(\.1)
      hint = contents.compactMap(\.2).first
    } catch {
      throw Diagnostic(error, of: path)
    }
  }

  private static func read<Value>(
    _ path: FilePath, _ options: ReadOptions, _ body: (ReadBundle) -> Value
  ) throws(ArchiveReadError) -> [Value] {
    do {
      return try ArchiveReader(options: options).read(path) { $0.bundle.map(body) }
        .map { content throws(ArchiveReadError) in try content.get() }
    } catch .noImage(_, available: []) {
      // The name is the other side's: an image may be compared with a directory.
      var options = options
      options.image = nil
      return try read(path, options, body)
    }
  }

  /// Nil for what begins like no lock: whoever reads that tells what is wrong with it.
  private static func lockBytes(at path: FilePath) throws(Diagnostic) -> [UInt8]? {
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
      count == 1, head[0] == UInt8(ascii: "{")
    else { return nil }
    return try BundleLock.bytes(of: descriptor, named: ByteString(path))
  }
}

extension BundleLock {
  /// In bytes; a lock of 100,000 files has some thirty million.
  private static let sizeLimit = 256 << 20

  static func bytes(of descriptor: FileDescriptor, named name: ByteString) throws(Diagnostic)
    -> [UInt8]
  {
    do {
      guard let bytes = try HostFile.bytes(of: descriptor, limit: sizeLimit) else {
        throw Errno.fileTooLarge
      }
      return bytes
    } catch {
      throw Diagnostic("\(name): \(Diagnostic.describe(error as? Errno ?? .ioError))")
    }
  }

  /// - Parameter name: of the file.
  init(_ bytes: [UInt8], named name: ByteString) throws(Diagnostic) {
    do {
      try self.init(bytes)
    } catch {
      switch error {
      case .noLock:
        throw Diagnostic("\(name): is no lock", remedy: "name another file, or remove it")
      case .version(let version):
        throw Diagnostic(
          "\(name): is a lock of version \(version), not \(Self.currentVersion)",
          remedy: "make it anew with this rootfs-pack")
      case .entry(let path, let field):
        throw Diagnostic(
          "\(name): its entry \(path) has a \(field) that can't be",
          remedy: "make it anew")
      }
    }
  }
}
