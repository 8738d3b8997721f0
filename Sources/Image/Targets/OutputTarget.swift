internal import Bundle
internal import CLinux
internal import FileTree
internal import Glibc
internal import SystemPackage

/// What is checked before anything is written.
enum OutputTarget {
  /// The directory's own path: the target, or what it links to. Only an empty one is replaced.
  static func checkDirectory(_ target: FilePath) throws(ArchiveError) -> FilePath {
    guard let existing = try existing(at: target) else { return target }
    guard existing.kind == .directory else { throw .targetIsNoDirectory(target, existing.kind) }
    let place = resolved(target)
    let names: [ByteString]
    do {
      names = try DirectoryTree(root: place).names(in: .root)
    } catch {
      throw .target(target, error)
    }
    guard names.isEmpty else { throw .targetIsNotEmpty(target) }
    if unsafe place.withPlatformString({ unsafe clinux_is_mount_point($0) }) == 1 {
      throw .targetIsIrreplaceable(target, "is a mount point")
    }
    var here = stat()
    if unsafe stat(".", &here) == 0, FileStatus(here).identity == existing.identity {
      throw .targetIsIrreplaceable(target, "is the current directory")
    }
    return place
  }

  /// The path that is to be replaced: the target, or what it links to.
  static func checkFile(_ target: FilePath, plans: [BundlePlan]) throws(ArchiveError) -> FilePath {
    guard let existing = try existing(at: target) else { return target }
    switch existing.kind {
    case .regular: break
    case .directory: throw .targetIsDirectory(target)
    default: throw .targetIsSpecial(target, existing.kind)
    }
    for entry in plans.lazy.flatMap(\.entries) {
      if case .file(.copy(_, let path, let source), _) = entry.node,
        source.identity == existing.identity
      {
        throw .targetIsInput(target, path)
      }
    }
    return resolved(target)
  }

  /// What a target is, links followed; nil if nothing is there.
  private static func existing(at target: FilePath) throws(ArchiveError) -> FileStatus? {
    var status = stat()
    if unsafe target.withPlatformString({ unsafe stat($0, &status) }) == 0 {
      return FileStatus(status)
    }
    guard errno == ENOENT else { throw .target(target, Errno(rawValue: errno)) }
    guard unsafe target.withPlatformString({ unsafe lstat($0, &status) }) != 0 else {
      throw .targetIsDanglingLink(target)
    }
    return nil
  }

  /// A path by which two names of one target can be told; the target itself needn't exist.
  static func canonical(_ target: FilePath) -> FilePath {
    resolved(target.directory).appending(target.lastComponent ?? ".")
  }

  /// A rename would replace a link instead of the file behind it.
  private static func resolved(_ target: FilePath) -> FilePath {
    guard let text = unsafe target.withPlatformString({ unsafe realpath($0, nil) }) else {
      return target
    }
    defer { unsafe free(text) }
    return unsafe FilePath(platformString: text)
  }
}
