internal import ELF
internal import FileTree
internal import Parallel
internal import SystemPackage

/// Finds the ELF files below a directory by their first four bytes.
///
/// Symbolic links aren't followed, so each file is met once.
struct ElfFileFinder {
  let tree: any FileTree
  /// Whether scripts that may be executed are found too.
  var includesScripts = false

  struct Result {
    /// Physical paths, in bytewise order.
    var files: [RootPath] = []
    /// Directories and files that can't be read.
    var failures: [Failure] = []
  }

  struct Failure: Sendable {
    let path: RootPath
    let cause: Errno
  }

  private struct Listing: Sendable {
    var files: [RootPath] = []
    var directories: [RootPath] = []
    var failures: [Failure] = []
  }

  /// - Parameter directory: a physical path.
  func find(below directory: RootPath) -> Result {
    let workers = Workers<Void> { () }
    var result = Result()
    var pending = [directory]
    while !pending.isEmpty {
      let listings = workers.map(pending) { [self] _, directory in list(directory) }
      pending = listings.flatMap(\.directories)
      result.files += listings.flatMap(\.files)
      result.failures += listings.flatMap(\.failures)
    }
    result.files.sort()
    result.failures.sort { $0.path < $1.path }
    return result
  }

  private func list(_ directory: RootPath) -> Listing {
    var listing = Listing()
    let entries: [DirectoryEntry]
    do {
      entries = try tree.entries(in: directory)
    } catch {
      listing.failures.append(Failure(path: directory, cause: error))
      return listing
    }
    for entry in entries {
      let path = directory.appending(entry.name)
      switch entry.kind {
      case .directory: listing.directories.append(path)
      case .regular:
        do {
          if try isWanted(path) { listing.files.append(path) }
        } catch {
          listing.failures.append(Failure(path: path, cause: error))
        }
      default: break
      }
    }
    return listing
  }

  private func isWanted(_ path: RootPath) throws(Errno) -> Bool {
    switch try tree.programFormat(of: path) {
    case .elf: true
    case .script where includesScripts: try tree.status(of: path).permissions & 0o111 != 0
    default: false
    }
  }
}
