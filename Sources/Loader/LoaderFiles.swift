internal import ELF
internal import FileTree
internal import SystemPackage

/// What one loader asks of a tree, each answer remembered.
struct LoaderFiles {
  private let store: ObjectStore
  private(set) var resolver: PathResolver
  private var entries: [FileStatus.Identity: ObjectStore.Entry] = [:]
  private var cachePaths: [CacheQuestion: ByteString?] = [:]
  private var subdirectories: [ByteString: [ByteString]] = [:]
  private var unmetVersions: [VersionQuestion: [VersionTables.Reference]] = [:]
  private var libcs: [FileStatus.Identity: Bool] = [:]

  /// One look-up in an `ld.so.cache`, by that file's path; the processor is the same throughout.
  private struct CacheQuestion: Hashable {
    let cache: ByteString
    let flags: Int32
    let name: ByteString
  }

  private struct VersionQuestion: Hashable {
    let requester: ObjectIdentifier
    let library: ByteString
    let provider: ObjectIdentifier
  }

  init(tree: any FileTree, store: ObjectStore) {
    resolver = PathResolver(tree: tree)
    self.store = store
  }

  mutating func resolve(
    _ text: ByteString, from directory: RootPath
  ) throws(Errno) -> ResolvedPath {
    try resolver.resolve(text, from: directory)
  }

  /// What an `ld.so.cache` says of a name: asked once for all subjects.
  mutating func path(
    of name: ByteString, in cache: LdSoCache, profile: LoaderProfile
  ) -> ByteString? {
    let question = CacheQuestion(
      cache: profile.configurationPath, flags: cache.flags, name: name)
    if let known = cachePaths[question] { return known }
    let path = cache.path(of: name, profile: profile)
    cachePaths[question] = .some(path)
    return path
  }

  /// The subdirectories for processors that a directory has, in the order of the search.
  ///
  /// A loader learns which ones don't exist and doesn't try them again; one that is relative to the
  /// current directory it always tries (glibc `elf/dl-load.c`, `fillin_rpath`).
  ///
  /// - Parameter directory: ending in `/`, or empty.
  mutating func subdirectories(
    of directory: ByteString, profile: LoaderProfile
  ) -> [ByteString] {
    guard directory.hasPrefix("/") else { return profile.subdirectories }
    let question = profile.interpreterPath + ":" + directory
    if let known = subdirectories[question] { return known }
    let existing = profile.subdirectories.filter { subdirectory in
      let path = try? resolve(directory + subdirectory, from: .root)
      return path?.status.kind == .directory
    }
    subdirectories[question] = existing
    return existing
  }

  /// Reads a regular file.
  mutating func entry(of file: ResolvedPath) -> ObjectStore.Entry {
    if let known = entries[file.status.identity] { return known }
    let entry = store.entry(of: file)
    entries[file.status.identity] = entry
    return entry
  }

  /// The versions that `requester` asks of `library` and `provider` doesn't define.
  mutating func unmetVersions(
    of need: VersionTables.Need, by requester: LoadedObject, in provider: LoadedObject
  ) -> [VersionTables.Reference] {
    guard let definitions = provider.image.dynamic?.versions.definitions else { return [] }
    let question = VersionQuestion(
      requester: ObjectIdentifier(requester.elf), library: need.library,
      provider: ObjectIdentifier(provider.elf))
    if let known = unmetVersions[question] { return known }
    let unmet = need.references.filter { !definitions.contains($0.version) }
    unmetVersions[question] = unmet
    return unmet
  }

  /// Whether an object defines what musl's loader takes as the mark of a C library.
  ///
  /// Source: musl `ldso/dynlink.c` (`load_library`).
  mutating func isLibc(_ file: ResolvedPath) -> Bool {
    if let known = libcs[file.status.identity] { return known }
    let isLibc = (try? definesLibc(file.real)) ?? false
    libcs[file.status.identity] = isLibc
    return isLibc
  }

  private func definesLibc(_ path: RootPath) throws -> Bool {
    let file = try resolver.tree.open(path)
    return try ElfImage.symbols(["__libc_start_main", "stdin"], areDefinedIn: file)
  }
}
