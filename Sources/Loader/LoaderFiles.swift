internal import ELF
internal import FileTree
internal import SystemPackage

/// What the loader reads of one tree, each file and each answer once.
struct LoaderFiles {
  /// What reading one file gave.
  enum Entry {
    case image(ElfImage)
    /// The header can be read, and something behind it can't.
    case damaged(ElfHeader, ElfReadError)
    case notElf(ElfReadError)
    case unopenable(Errno)
  }

  private(set) var resolver: PathResolver
  private var entries: [RootPath: Entry] = [:]
  private var cachePaths: [CacheQuestion: ByteString?] = [:]

  /// One look-up in an `ld.so.cache`, by that file's path; the levels of the CPU are the same
  /// throughout.
  private struct CacheQuestion: Hashable {
    let cache: ByteString
    let flags: Int32
    let name: ByteString
  }

  init(tree: any FileTree) {
    resolver = PathResolver(tree: tree)
  }

  mutating func resolve(
    _ text: ByteString, from directory: RootPath
  ) throws(Errno) -> ResolvedPath {
    try resolver.resolve(text, from: directory)
  }

  /// What an `ld.so.cache` says of a name: asked once for all subjects.
  mutating func path(
    of name: ByteString, hwcaps: [ByteString], in cache: LdSoCache, at place: ByteString
  ) -> ByteString? {
    let question = CacheQuestion(cache: place, flags: cache.flags, name: name)
    if let known = cachePaths[question] { return known }
    let path = cache.path(of: name, hwcaps: hwcaps)
    cachePaths[question] = .some(path)
    return path
  }

  /// Reads the regular file at a physical path.
  mutating func entry(at path: RootPath) -> Entry {
    if let known = entries[path] { return known }
    let entry = read(path)
    entries[path] = entry
    return entry
  }

  private func read(_ path: RootPath) -> Entry {
    do {
      let file = try resolver.tree.open(path)
      let header = try ElfHeader(reading: file)
      do {
        return .image(try ElfImage(reading: file, header: header))
      } catch {
        return .damaged(header, error)
      }
    } catch let error as ElfReadError {
      return .notElf(error)
    } catch let error as Errno {
      return .unopenable(error)
    } catch {
      return .unopenable(.ioError)
    }
  }
}
