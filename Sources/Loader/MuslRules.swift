internal import ELF
internal import FileTree
internal import SystemPackage

/// How musl's loader finds a library.
///
/// Source: musl `ldso/dynlink.c` (`load_library`, `path_open`, `fixup_rpath`).
struct MuslRules: LoaderRules {
  private let systemPath: [SearchDirectory]
  private let libraryPath: [SearchDirectory]

  var systemDirectories: [ByteString] { systemPath.map(\.text) }

  /// Libraries that are part of the loader: whatever begins with one of these.
  private static let builtInStems: [ByteString] = [
    "libc.", "libpthread.", "librt.", "libm.", "libdl.", "libutil.", "libxnet.",
  ]

  /// - Parameter pathFile: the text of the path file; nil if there is none.
  init(profile: LoaderProfile, environment: SearchEnvironment, pathFile: ByteString?) {
    systemPath =
      if let pathFile {
        Self.split(pathFile, rule: .pathFile, contributor: nil) { $0 }
      } else {
        profile.defaultDirectories.map {
          SearchDirectory(rule: .defaultDirectory, directory: $0, element: $0, contributor: nil)
        }
      }
    libraryPath = environment.libraryPath.map {
      SearchDirectory(rule: .libraryPath, directory: $0, element: $0, contributor: nil)
    }
  }

  mutating func search(
    for name: ByteString, by requester: Int, in walk: inout ClosureWalk,
    files: inout LoaderFiles
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
    for index in walk.loaders(of: requester) {
      directories += self.directories(of: index, in: walk)
    }
    for directory in directories + systemPath {
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
    let origin = walk.objects[index].origin(isMainProgram: index == 0, workingDirectory: nil)
    guard Self.expand(path, origin: origin) != nil else { return [] }
    return Self.split(path, rule: rule, contributor: index) {
      Self.expand($0, origin: origin) ?? $0
    }
  }

  /// Replaces `$ORIGIN` and `${ORIGIN}`; nil if there is any other dollar sign, which voids the
  /// whole path.
  private static func expand(_ path: ByteString, origin: ByteString) -> ByteString? {
    var result: [UInt8] = []
    var rest = path.bytes[...]
    while let first = rest.first {
      if first != UInt8(ascii: "$") {
        result.append(first)
        rest = rest.dropFirst()
      } else if rest.starts(with: "$ORIGIN".utf8) {
        result.append(contentsOf: origin.bytes)
        rest = rest.dropFirst("$ORIGIN".utf8.count)
      } else if rest.starts(with: "${ORIGIN}".utf8) {
        result.append(contentsOf: origin.bytes)
        rest = rest.dropFirst("${ORIGIN}".utf8.count)
      } else {
        return nil
      }
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

  /// Whether an object is a C library, of either kind: musl takes itself instead. It asks for two
  /// symbols (`__libc_start_main`, `stdin`), which are those of a libc's soname here.
  private static func isLibc(_ image: ElfImage) -> Bool {
    guard let soname = image.dynamic?.soname else { return false }
    return soname == "libc.so" || soname == "libc.so.6" || soname.hasPrefix("libc.musl-")
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
    let entry = file.status.kind == .regular ? files.entry(at: file.real) : nil
    if case .unopenable(let error) = entry { return endsSearch(error) }
    guard let image = loadableImage(entry, in: walk) else {
      note(.unusable("it can't be mapped as a library"))
      return true
    }
    if Self.isLibc(image) {
      note(.sameFile)
      result = SearchResult(place: .interpreter, rule: .builtIn, attempts: result.attempts)
      return true
    }
    note(.found)
    if rule != .path { addShortName(path, to: walk.objects.count, in: &walk) }
    result = SearchResult(
      place: .file(path: path, file, image), rule: rule, attempts: result.attempts)
    return true
  }

  /// Lets an object bear the last part of the path that it was loaded by. One that was asked for by
  /// a path has no such name until a search meets its file.
  private func addShortName(_ path: ByteString, to object: Int, in walk: inout ClosureWalk) {
    walk.addName(RootPath(normalising: path).name, to: object)
  }

  /// Magic and machine go unchecked, but every field is read where the own class has it.
  private func loadableImage(_ entry: LoaderFiles.Entry?, in walk: ClosureWalk) -> ElfImage? {
    guard case .image(let image) = entry, image.dynamic != nil,
      image.header.elfClass == walk.objects[0].image.header.elfClass,
      image.header.type == .sharedObject || image.header.type == .executable
    else { return nil }
    return image
  }
}
