internal import FileTree
internal import Glibc
internal import SystemPackage

/// A directory of debugging data, laid out as gdb looks for it.
///
/// Source: gdb's manual, "Debugging Information in Separate Files".
struct DebugFiles {
  /// On the host.
  let directory: FilePath

  /// Where the debugging data of an object goes, below the directory.
  ///
  /// - Parameter path: in the image, for an object without a build id.
  static func place(buildID: [UInt8]?, path: RootPath) -> RootPath {
    // Of SHA-1, 20 bytes; a name has an end.
    guard let buildID, (2...64).contains(buildID.count) else {
      return path.parent.appending(path.name + ".debug")
    }
    let digits = buildID.map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return RootPath.root.appending(".build-id").appending(ByteString(digits[0]))
      .appending(ByteString(digits.dropFirst().joined() + ".debug"))
  }

  /// Puts a copy of a file at its place; one that is there is replaced when the new one is complete.
  func add(_ file: borrowing OpenFile, at place: RootPath) throws(Diagnostic) {
    let target = FilePath(ByteString(directory) + place.text)
    do {
      try Self.makeDirectories(target.removingLastComponent())
      try Self.replace(target, with: file)
    } catch {
      throw Diagnostic(
        "\(ByteString(target)): can't be written: "
          + Diagnostic.describe(error as? Errno ?? .ioError),
        remedy: "name another place with --debug-dir")
    }
  }

  private static func makeDirectories(_ path: FilePath) throws(Errno) {
    guard !path.isEmpty, unsafe path.withPlatformString({ unsafe mkdir($0, 0o777) }) != 0 else {
      return
    }
    switch Errno(rawValue: errno) {
    case .fileExists: return
    case .noSuchFileOrDirectory:
      try makeDirectories(path.removingLastComponent())
      guard unsafe path.withPlatformString({ unsafe mkdir($0, 0o777) }) != 0 else { return }
      guard errno == EEXIST else { throw Errno(rawValue: errno) }
    case let error: throw error
    }
  }

  private static func replace(_ target: FilePath, with file: borrowing OpenFile) throws {
    let partial = target.removingLastComponent().appending(".rootfs-pack.\(getpid()).partial")
    func removePartial() { _ = unsafe partial.withPlatformString { unsafe unlink($0) } }
    // Left by an earlier process of the same number, which was killed.
    removePartial()
    let descriptor = try FileDescriptor.open(
      partial, .writeOnly, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
      permissions: [.ownerReadWrite, .groupRead, .otherRead])
    do {
      defer { try? descriptor.close() }
      try descriptor.append(file)
      let renamed = unsafe partial.withPlatformString { from in
        unsafe target.withPlatformString { to in unsafe rename(from, to) }
      }
      guard renamed == 0 else { throw Errno(rawValue: errno) }
    } catch {
      removePartial()
      throw error
    }
  }
}
