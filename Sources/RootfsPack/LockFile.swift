internal import Diff
internal import FileTree
internal import Image
internal import Report
internal import SystemPackage

/// One `--lock FILE`: what a bundle held when it was packed first.
struct LockFile {
  /// On the host.
  private let path: FilePath
  /// Nil if there is no file yet.
  private let old: BundleLock?

  init(_ argument: String) throws(Diagnostic) {
    let name = ByteString(argument: argument)
    guard !name.isEmpty else {
      throw Diagnostic("--lock: the name is empty", remedy: "name a file", status: .usage)
    }
    path = FilePath(name)
    guard let bytes = try Self.read(path, name) else {
      old = nil
      return
    }
    old = try BundleLock(bytes, named: "--lock " + name)
  }

  /// Nil where there is no file.
  private static func read(
    _ path: FilePath, _ name: ByteString
  ) throws(Diagnostic) -> [UInt8]? {
    do {
      let descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
      defer { try? descriptor.close() }
      return try BundleLock.bytes(of: descriptor, named: "--lock " + name)
    } catch let diagnostic as Diagnostic {
      throw diagnostic
    } catch Errno.noSuchFileOrDirectory {
      return nil
    } catch {
      throw Diagnostic("--lock \(name): \(Diagnostic.describe(error as? Errno ?? .ioError))")
    }
  }

  /// Refuses bundles that hold something else than the lock says; what differs goes to standard output.
  ///
  /// - Returns: the lock to write; nil if there is one.
  func check(
    _ bundles: [ImageBundle], _ options: WriteOptions, _ style: TextStyle, isQuiet: Bool
  ) throws(Diagnostic) -> BundleLock? {
    let lock: BundleLock
    do {
      lock = try BundleLock(of: bundles, options: options)
    } catch {
      throw Diagnostic(error, neededSize: 0)
    }
    guard let old else { return lock }
    let changes = BundleDifference.all(
      from: old.platforms.map { BundleDescription($0) },
      to: lock.platforms.map { BundleDescription($0) })
    guard !changes.isEmpty else { return nil }
    if !isQuiet { try Terminal.write(renderDifferences(changes, style), to: .standardOutput) }
    let name = ByteString(path)
    throw Diagnostic(
      "--lock \(name): the bundle would hold something else: \(changes.summary); nothing was written",
      remedy: "remove \(name) to accept that", status: .findings)
  }

  /// Writes a lock whose outputs are complete.
  func write(_ lock: BundleLock) throws(Diagnostic) {
    do {
      let file = try AtomicFile(target: path)
      try file.descriptor.writeAll(try lock.bytes())
      try file.complete()
      try file.publish()
    } catch let error as ArchiveError {
      let cause = Diagnostic(error, neededSize: 0)
      throw Diagnostic("--lock: \(cause.message); the outputs are complete", remedy: cause.remedy)
    } catch {
      throw Diagnostic(
        "--lock \(ByteString(path)): \(Diagnostic.describe(error as? Errno ?? .ioError)); "
          + "the outputs are complete")
    }
  }
}
