internal import Glibc
internal import SystemPackage

/// Where an output is made, out of sight until all of it is there.
protocol OutputPlace: AnyObject {
  /// Everything was written: makes it last.
  func complete() throws(ArchiveError)
  /// Puts it under the target's name, in one step.
  func publish() throws(ArchiveError)
}

/// Standard output shows at once what is written to it.
final class StandardOutputPlace: OutputPlace {
  /// A file that it goes to may be on a full disk that tells so late; a pipe can't be synced.
  func complete() throws(ArchiveError) {
    guard fsync(STDOUT_FILENO) != 0, [ENOSPC, EDQUOT, EIO].contains(errno) else { return }
    throw .target("standard output", Errno(rawValue: errno))
  }

  func publish() {}
}

extension FilePath {
  /// The directory that holds this path's last name.
  var directory: FilePath {
    let directory = removingLastComponent()
    return directory.isEmpty ? "." : directory
  }

  /// A name beside this one that is hidden and, being random, nobody else's.
  func temporarySibling() -> FilePath {
    directory.appending(PartialClaim.partialName(of: .random(in: .min ... .max)))
  }

  /// Makes a new name last through a power failure, where the file system can do that.
  func syncDirectory() {
    let descriptor = try? FileDescriptor.open(
      directory, .readOnly, options: [.directory, .closeOnExec])
    guard let descriptor else { return }
    _ = fsync(descriptor.rawValue)
    try? descriptor.close()
  }
}
