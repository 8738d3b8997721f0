internal import ELF
internal import FileTree
internal import SystemPackage

/// How musl's loader finds a library.
///
/// Source: musl `ldso/dynlink.c` (`load_library`, `path_open`, `fixup_rpath`).
struct MuslRules: LoaderRules {
  let honoursFilters = false
  private let systemPath: [SearchDirectory]
  private let libraryPath: [SearchDirectory]
  /// Those of each object's one slot, split and expanded once.
  private var objectDirectories: [Int: [SearchDirectory]] = [:]

  var systemDirectories: [ByteString] { systemPath.map(\.text) }

  /// Libraries that are part of the loader: whatever begins with one of these.
  private static let builtInStems: [ByteString] = [
    "libc.", "libpthread.", "librt.", "libm.", "libdl.", "libutil.", "libxnet.",
  ]

  /// - Parameter pathFile: the text of the path file; nil if there is none.
  init(
    profile: LoaderProfile, environment: SearchEnvironment, pathFile: ByteString?,
    isSecure: Bool
  ) {
    systemPath =
      if let pathFile {
        Self.split(pathFile, rule: .pathFile, contributor: nil) { $0 }
      } else {
        profile.defaultDirectories.map {
          SearchDirectory(rule: .defaultDirectory, directory: $0, element: $0, contributor: nil)
        }
      }
    let given = environment.libraryPath.map {
      SearchDirectory(rule: .libraryPath, directory: $0, element: $0, contributor: nil)
    }
    let variable = isSecure ? nil : environment.variables.libraryPath
    libraryPath =
      given + Self.split(variable ?? "", rule: .libraryPath, contributor: nil) { $0 }
  }

  /// LD_PRELOAD, divided by white space and colons (`load_preload`).
  func preloads(in walk: ClosureWalk) -> [ByteString] {
    guard !walk.isSecure else { return [] }
    return (walk.environment.variables.preload ?? "")
      .split { $0 == UInt8(ascii: ":") || $0 == 0x20 || (0x09...0x0D).contains($0) }
      .filter { !$0.isEmpty }
  }

  /// What a `dlopen` brings has the program as its loader, whoever the caller is; what is preloaded
  /// has none (`dlopen`, `load_preload`).
  func searchParent(of kind: LibraryRequest.Kind, by requester: Int) -> Int? {
    switch kind {
    case .dlopen: 0
    case .preload, .audit: nil
    case .needed, .filter, .auxiliary, .interpreter: requester
    }
  }

  mutating func search(
    for name: ByteString, _ kind: LibraryRequest.Kind, by requester: Int,
    in walk: inout ClosureWalk, files: inout LoaderFiles
  ) -> SearchResult {
    if Self.builtInStems.contains(where: { name.hasPrefix($0) }) {
      return .loaded(.interpreter, .builtIn)
    }
    if name == walk.profile.interpreterPath { return .loaded(.interpreter, .alreadyLoaded) }
    var result = SearchResult()
    if name.contains(UInt8(ascii: "/")) {
      _ = tryCandidate(name, .path, nil, in: &walk, &files, &result)
      return result
    }
    if let loaded = walk.object(named: name) { return .loaded(.object(loaded), .alreadyLoaded) }
    var directories = libraryPath
    let first = searchParent(of: kind, by: requester)
    for index in first.map(walk.loaders) ?? [] {
      let own = objectDirectories[index] ?? self.directories(of: index, in: walk)
      objectDirectories[index] = own
      directories += own
    }
    for directory in directories + systemPath {
      guard !walk.isTooLarge(with: result.attempts.count) else { break }
      let path = directory.text + name
      if tryCandidate(path, directory.rule, directory, in: &walk, &files, &result) { break }
    }
    return result
  }

  /// The directories of an object's one slot: DT_RUNPATH, or DT_RPATH without it.
  private func directories(of index: Int, in walk: ClosureWalk) -> [SearchDirectory] {
    let dynamic = walk.objects[index].image.dynamic
    let (path, rule): (ByteString?, SearchRule) =
      dynamic?.runpath.map { ($0, .runpath) } ?? (dynamic?.rpath, .rpath)
    guard let path else { return [] }
    // The caller of a set-user-id program decides where its link lies (`fixup_rpath`).
    if index == 0, walk.isSecure, path.contains(UInt8(ascii: "$")) { return [] }
    let origin = walk.objects[index].origin(isMainProgram: index == 0, workingDirectory: nil)
    guard Self.expand(path, origin: origin) != nil else { return [] }
    return Self.split(path, rule: rule, contributor: index) {
      Self.expand($0, origin: origin) ?? $0
    }
  }

  /// Replaces `$ORIGIN` and `${ORIGIN}`; nil if there is any other dollar sign, which voids the
  /// whole path. What is too long for any path is left out.
  private static func expand(_ path: ByteString, origin: ByteString) -> ByteString? {
    var result: [UInt8] = []
    var rest = path.bytes[...]
    while let first = rest.first {
      let part: ArraySlice<UInt8>
      if first != UInt8(ascii: "$") {
        part = rest.prefix(1)
        rest = rest.dropFirst()
      } else if rest.starts(with: "$ORIGIN".utf8) {
        part = origin.bytes[...]
        rest = rest.dropFirst("$ORIGIN".utf8.count)
      } else if rest.starts(with: "${ORIGIN}".utf8) {
        part = origin.bytes[...]
        rest = rest.dropFirst("${ORIGIN}".utf8.count)
      } else {
        return nil
      }
      if result.count < PathResolver.textLimit { result += part }
    }
    return ByteString(result)
  }

  /// Splits at colons and line ends; empty elements don't count.
  private static func split(
    _ path: ByteString, rule: SearchRule, contributor: Int?,
    _ expand: (ByteString) -> ByteString
  ) -> [SearchDirectory] {
    path.split { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "\n") }
      .filter { !$0.isEmpty }
      .map {
        SearchDirectory(
          rule: rule, directory: expand($0), element: $0, contributor: contributor)
      }
  }

  /// Looks at one candidate; whether the search ends with it.
  private func tryCandidate(
    _ path: ByteString, _ rule: SearchRule, _ directory: SearchDirectory?,
    in walk: inout ClosureWalk, _ files: inout LoaderFiles, _ result: inout SearchResult
  ) -> Bool {
    func note(_ outcome: CandidateOutcome) {
      result.attempts.append(
        SearchAttempt(rule: rule, path: path, directory: directory, outcome: outcome))
    }
    func endsSearch(_ error: Errno) -> Bool {
      let outcome = CandidateOutcome(error)
      note(outcome)
      switch outcome {
      case .absent, .permissionDenied: return false
      default: return error != .fileNameTooLong
      }
    }
    let file: ResolvedPath
    do {
      file = try files.resolve(path, from: walk.environment.workingDirectory)
    } catch {
      return endsSearch(error)
    }
    if file.status.identity == walk.interpreter?.file.status.identity {
      note(.sameFile)
      result = SearchResult(place: .interpreter, rule: rule, attempts: result.attempts)
      return true
    }
    if let known = walk.object(with: file.status.identity) {
      if rule != .path { addShortName(walk.objects[known].openedPath, to: known, in: &walk) }
      note(.sameFile)
      result = SearchResult(place: .object(known), rule: rule, attempts: result.attempts)
      return true
    }
    let elf: ElfFile
    switch judge(file, in: walk, &files) {
    case .usable(let file): elf = file
    case .unopenable(let error): return endsSearch(error)
    case .refused(let reason):
      note(.unusable(reason))
      return true
    }
    // Another C library: musl takes itself instead.
    if files.isLibc(file, elf) {
      note(.sameFile)
      result = SearchResult(place: .interpreter, rule: .builtIn, attempts: result.attempts)
      return true
    }
    note(.found)
    if rule != .path { addShortName(path, to: walk.objects.count, in: &walk) }
    result = SearchResult(
      place: .file(path: path, file, elf), rule: rule, attempts: result.attempts)
    return true
  }

  /// Lets an object bear the last part of the path that it was loaded by. One that was asked for by
  /// a path has no such name until a search meets its file.
  private func addShortName(_ path: ByteString, to object: Int, in walk: inout ClosureWalk) {
    walk.addName(RootPath(normalising: path).name, to: object)
  }

  private enum Verdict {
    case usable(ElfFile)
    case unopenable(Errno)
    case refused(String)
  }

  /// Magic, class, byte order and machine go unchecked: every field is read as the own class has it.
  private func judge(
    _ file: ResolvedPath, in walk: ClosureWalk, _ files: inout LoaderFiles
  ) -> Verdict {
    guard file.status.kind == .regular else { return .refused("it is a \(file.status.kind)") }
    switch files.entry(of: file, mappedBy: .musl, in: walk.subject.image.header) {
    case .unopenable(let error): return .unopenable(error)
    case .notElf(let error), .damaged(_, let error): return .refused(error.description)
    case .object(let elf):
      guard elf.image.header.type == .sharedObject || elf.image.header.type == .executable else {
        return .refused("it is neither a shared object nor a program")
      }
      guard elf.image.dynamic != nil else { return .refused("it has no dynamic section") }
      return .usable(elf)
    }
  }
}
