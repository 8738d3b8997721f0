internal import ELF
internal import FileTree
internal import SystemPackage

/// What one loader asks of a tree, each answer remembered.
struct LoaderFiles {
  private let store: ObjectStore
  private(set) var resolver: PathResolver
  private var entries: [ByteString: ObjectStore.Entry] = [:]
  private var caches: [CacheAnswers] = []
  private var subdirectories: [ByteString: [ByteString]] = [:]
  /// By the number of the requester.
  private var versionAnswers: [[VersionAnswer]] = []
  private var libcs: [ByteString: Bool] = [:]
  private var auditors: [ByteString: Bool] = [:]
  private var configurations: [ByteString: [UInt8]?] = [:]

  // No configuration file of a loader is larger. In bytes.
  private static let cacheLimit = 64 << 20
  private static let textLimit = 1 << 16

  /// What one `ld.so.cache` said to the loaders of one machine and processor.
  private struct CacheAnswers {
    let path: ByteString
    let flags: Int32
    let level: ByteString?
    var answers: [ByteString: LdSoCache.Answer] = [:]
  }

  /// What one object's need for versions of another one came to.
  private struct VersionAnswer {
    /// The need's place in the requester's table.
    let place: Int
    /// The provider's number.
    let provider: Int
    let unmet: [VersionTables.Reference]
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
  mutating func answer(
    of cache: LdSoCache, to name: ByteString, profile: LoaderProfile
  ) -> LdSoCache.Answer {
    let index = answers(of: cache, profile)
    if let known = caches[index].answers[name] { return known }
    let answer = cache.answer(to: name, profile: profile)
    caches[index].answers[name] = answer
    return answer
  }

  private mutating func answers(of cache: LdSoCache, _ profile: LoaderProfile) -> Int {
    let known = caches.firstIndex {
      $0.flags == cache.flags && $0.path == profile.configurationPath
        && $0.level == profile.activeLevels.first
    }
    if let known { return known }
    caches.append(
      CacheAnswers(
        path: profile.configurationPath, flags: cache.flags, level: profile.activeLevels.first))
    return caches.count - 1
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
    let question = profile.interpreterPath + ":" + (profile.activeLevels.first ?? "") + directory
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
    if let known = entries[file.real.text] { return known }
    let entry = store.entry(of: file)
    entries[file.real.text] = entry
    return entry
  }

  /// Reads a regular file as whoever maps it does.
  ///
  /// - Parameter own: the header of the program that loads it.
  mutating func entry(
    of file: ResolvedPath, mappedBy mapper: ObjectMapper, in own: ElfHeader
  ) -> ObjectStore.Entry {
    let entry = entry(of: file)
    switch entry {
    case .object(let elf) where elf.isSame(to: mapper, in: own): return entry
    case .unopenable: return entry
    case .object, .damaged, .notElf: return store.entry(of: file, mappedBy: mapper, in: own)
    }
  }

  /// The versions that `requester` asks for in its need at a place and `provider` doesn't define.
  mutating func unmetVersions(
    of need: VersionTables.Need, at place: Int, by requester: LoadedObject,
    in provider: LoadedObject
  ) -> [VersionTables.Reference] {
    guard let definitions = provider.image.dynamic?.versions.definitions else { return [] }
    let number = requester.elf.number
    while versionAnswers.count <= number { versionAnswers.append([]) }
    let known = versionAnswers[number].first {
      $0.place == place && $0.provider == provider.elf.number
    }
    if let known { return known.unmet }
    let unmet = need.references.filter { reference in
      !definitions.contains { $0.version == reference.version }
    }
    versionAnswers[number].append(
      VersionAnswer(place: place, provider: provider.elf.number, unmet: unmet))
    return unmet
  }

  /// Whether an object defines what every auditing library does; one that can't be read doesn't.
  mutating func isAuditor(_ file: ResolvedPath) -> Bool {
    if let known = auditors[file.real.text] { return known }
    let isAuditor = (try? definesAll(["la_version"], in: file.real)) ?? false
    auditors[file.real.text] = isAuditor
    return isAuditor
  }

  /// Whether an object defines what musl's loader takes as the mark of a C library.
  ///
  /// Source: musl `ldso/dynlink.c` (`load_library`).
  mutating func isLibc(_ file: ResolvedPath, _ elf: ElfFile) -> Bool {
    if let known = libcs[file.real.text] { return known }
    let isLibc = (try? definesAll(["__libc_start_main", "stdin"], in: file.real, elf)) ?? false
    libcs[file.real.text] = isLibc
    return isLibc
  }

  /// - Parameter elf: how the object is read; nil for what the file itself says.
  private func definesAll(
    _ symbols: [ByteString], in path: RootPath, _ elf: ElfFile? = nil
  ) throws -> Bool {
    let file = try resolver.tree.open(path)
    return try ElfImage.symbols(
      symbols, areDefinedIn: file, header: elf?.image.header, mapper: elf?.mapper)
  }

  // MARK: Plain files

  /// The content of an `ld.so.cache`; nil if there is none or it can't be read.
  mutating func cache(at path: ByteString) throws(LoaderError) -> [UInt8]? {
    try configuration(at: path, limit: Self.cacheLimit)
  }

  /// The content of a file that names directories or libraries; nil as above.
  mutating func text(at path: ByteString) throws(LoaderError) -> [UInt8]? {
    try configuration(at: path, limit: Self.textLimit)
  }

  private mutating func configuration(
    at path: ByteString, limit: Int
  ) throws(LoaderError) -> [UInt8]? {
    if let known = configurations[path] { return known }
    var bytes: [UInt8]?
    if let file = try? resolve(path, from: .root), file.status.kind == .regular {
      guard file.status.size <= UInt64(limit) else {
        throw .configurationTooLarge(path: path, limit: limit)
      }
      bytes = (try? resolver.tree.open(file.real).readAll(limit: limit)) ?? nil
    }
    configurations[path] = .some(bytes)
    return bytes
  }

  /// Nil only where there is none: musl takes a path file that it can't read as an empty one
  /// (`ldso/dynlink.c`, `load_library`).
  mutating func pathFile(at path: ByteString) throws(LoaderError) -> ByteString? {
    // A C string, so it ends where a NUL stands.
    if let bytes = try text(at: path) { return ByteString(bytes.prefix { $0 != 0 }) }
    do {
      _ = try resolve(path, from: .root)
      return ""
    } catch {
      return error == .noSuchFileOrDirectory ? nil : ""
    }
  }

  /// What stands as plain text in an interpreter's file.
  func strings(
    of path: RootPath, in segments: ElfImage.ConstantSegments
  ) throws -> InterpreterStrings {
    InterpreterStrings(
      constants: try ElfImage.constants(
        of: resolver.tree.open(path), in: segments, limit: InterpreterStrings.segmentLimit))
  }
}
