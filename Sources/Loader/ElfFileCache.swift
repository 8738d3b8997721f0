internal import ELF
internal import FileTree
internal import SystemPackage

/// The ELF files of one tree, each opened and read once.
struct ElfFileCache {
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

  init(tree: any FileTree) {
    resolver = PathResolver(tree: tree)
  }

  mutating func resolve(
    _ text: ByteString, from directory: RootPath
  ) throws(Errno) -> ResolvedPath {
    try resolver.resolve(text, from: directory)
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
