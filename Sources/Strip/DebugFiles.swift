internal import FileTree
internal import Glibc
internal import Image
package import SystemPackage

/// Debugging data that was split off, by its place in a directory that is laid out as gdb looks for it.
///
/// The temporary files that hold it last as long as this does.
/// Source: gdb's manual, "Debugging Information in Separate Files".
package struct DebugFiles: Sendable {
  struct File: Sendable {
    /// Below the directory.
    let place: RootPath
    /// In the bundle: what it was split off.
    let object: RootPath
    let scratch: ScratchDirectory
    /// In the scratch directory.
    let path: RootPath
  }

  private var files: [RootPath: File] = [:]

  package init() {}

  package var count: Int { files.count }

  /// Where the debugging data of an object goes, below the directory.
  ///
  /// - Parameters:
  ///   - path: in the bundle, for an object without a build id.
  ///   - folder: what keeps such a path apart from the same one of another platform.
  static func place(buildID: [UInt8]?, path: RootPath, folder: ByteString?) -> RootPath {
    // Of SHA-1, 20 bytes; a name has an end.
    guard let buildID, (2...64).contains(buildID.count) else {
      let name = path.name + ".debug"
      guard let folder else { return path.parent.appending(name) }
      return RootPath(normalising: "/" + folder + path.parent.text).appending(name)
    }
    let digits = buildID.map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return RootPath.root.appending(".build-id").appending(ByteString(digits[0]))
      .appending(ByteString(digits.dropFirst().joined() + ".debug"))
  }

  // MARK: Collecting

  /// Adds those of another platform.
  package mutating func add(_ others: DebugFiles) -> [StripWarning] {
    others.files.values.sorted { $0.place < $1.place }.compactMap { add($0) }
  }

  /// One build at two paths has its debugging data once. Where two differ, the larger is kept: one of
  /// the objects was stripped in part before.
  mutating func add(_ file: File) -> StripWarning? {
    guard let known = files[file.place] else {
      files[file.place] = file
      return nil
    }
    guard !Self.areEqual(known, file) else { return nil }
    let isLarger = Self.size(file) > Self.size(known)
    let (kept, lost) = isLarger ? (file, known) : (known, file)
    files[file.place] = kept
    return .debuggingDataTwice(place: file.place, kept: kept.object, lost: lost.object)
  }

  private static func size(_ file: File) -> UInt64 {
    (try? file.scratch.tree.status(of: file.path).size) ?? 0
  }

  private static func areEqual(_ left: File, _ right: File) -> Bool {
    guard let first = try? left.scratch.tree.open(left.path),
      let second = try? right.scratch.tree.open(right.path)
    else { return false }
    return
      (try? StripComparison.areEqual(first, 0..<first.size, second, 0..<second.size)) ?? false
  }

  // MARK: Publishing

  /// Whether files can be put into a directory, so far as that can be told without doing it: this is
  /// asked before the outputs are written.
  ///
  /// - Parameter directory: on the host; it needn't exist.
  package static func check(_ directory: FilePath) throws(StripError) {
    var place = directory
    while true {
      var status = stat()
      let found = unsafe place.withPlatformString { unsafe stat($0, &status) }
      if found == 0 {
        guard FileStatus(status).kind == .directory else {
          throw .debugDirectory(directory, .notDirectory)
        }
        guard unsafe place.withPlatformString({ unsafe access($0, W_OK | X_OK) }) == 0 else {
          throw .debugDirectory(directory, Errno(rawValue: errno))
        }
        return
      }
      guard errno == ENOENT, place != "." else {
        throw .debugDirectory(directory, Errno(rawValue: errno))
      }
      let parent = place.removingLastComponent()
      place = parent.isEmpty ? "." : parent
    }
  }

  /// Puts each file at its place; one that is there is replaced when the new one is on the disk.
  ///
  /// - Parameter directory: on the host; it is made if it isn't there.
  package func publish(to directory: FilePath) throws(StripError) {
    for file in files.values.sorted(by: { $0.place < $1.place }) {
      let target = FilePath(ByteString(directory) + file.place.text)
      do {
        try Self.makeDirectories(target.removingLastComponent())
        try Self.write(file.scratch.tree.open(file.path), to: target)
      } catch {
        throw .debugFile(target, error)
      }
    }
  }

  private static func write(
    _ source: borrowing OpenFile, to target: FilePath
  ) throws(Errno) {
    do {
      let file = try AtomicFile(target: target)
      try file.descriptor.append(source)
      try file.complete()
      try file.publish()
    } catch ArchiveError.target(_, let cause) {
      throw cause
    } catch CopyError.reading(let cause), CopyError.writing(let cause) {
      throw cause
    } catch {
      throw .ioError
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
}
