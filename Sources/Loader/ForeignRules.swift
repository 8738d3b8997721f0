internal import ELF
internal import FileTree
internal import SystemPackage

/// How a loader whose rules aren't known is taken to find a library: by what all have in common, and by no
/// cache.
///
/// Source: the gABI, "Shared Object Dependencies": breadth first; a name with a slash is a path; DT_RPATH,
/// then what the environment gives, then DT_RUNPATH, then the system's own directories.
struct ForeignRules: LoaderRules {
  let honoursFilters = false
  private let profile: LoaderProfile
  private let subject: ElfHeader

  init(profile: LoaderProfile, subject: ElfHeader) {
    self.profile = profile
    self.subject = subject
  }

  func preloads(in walk: ClosureWalk) -> [ByteString] { [] }

  func searchParent(of kind: LibraryRequest.Kind, by requester: Int) -> Int? {
    kind == .dlopen ? nil : requester
  }

  mutating func search(
    for name: ByteString, _ kind: LibraryRequest.Kind, by requester: Int,
    in walk: inout ClosureWalk, files: inout LoaderFiles
  ) -> SearchResult {
    if name == profile.interpreterPath || name == profile.soname {
      return .loaded(.interpreter, .alreadyLoaded)
    }
    if let loaded = walk.object(named: name) { return .loaded(.object(loaded), .alreadyLoaded) }
    var result = SearchResult()
    if name.contains(UInt8(ascii: "/")) {
      tryCandidate(name, .path, nil, in: walk, &files, &result)
    } else {
      for directory in directories(for: requester, in: walk) {
        guard result.place == nil, !walk.isTooLarge(with: result.attempts.count) else { break }
        tryCandidate(
          directory.text + name, directory.rule, directory, in: walk, &files, &result)
      }
    }
    switch result.place {
    case .object(let index): walk.addName(name, to: index)
    case .file(_, _, let elf):
      for name in [name, elf.image.dynamic?.soname].compactMap(\.self) {
        walk.addName(name, to: walk.objects.count)
      }
    case .interpreter, nil: break
    }
    return result
  }

  private func directories(for requester: Int, in walk: ClosureWalk) -> [SearchDirectory] {
    let dynamic = walk.objects[requester].image.dynamic
    let given = walk.environment.libraryPath.map {
      SearchDirectory(rule: .libraryPath, directory: $0, element: $0, contributor: nil)
    }
    let defaults = profile.defaultDirectories.map {
      SearchDirectory(rule: .defaultDirectory, directory: $0, element: $0, contributor: nil)
    }
    if let runpath = dynamic?.runpath {
      return given + split(runpath, .runpath, of: requester, in: walk) + defaults
    }
    let chain = walk.loaders(of: requester).flatMap { index in
      split(walk.objects[index].image.dynamic?.rpath ?? "", .rpath, of: index, in: walk)
    }
    return chain + given + defaults
  }

  private func split(
    _ path: ByteString, _ rule: SearchRule, of index: Int, in walk: ClosureWalk
  ) -> [SearchDirectory] {
    let tokens = DynamicStringTokens(
      origin: walk.objects[index].origin(
        isMainProgram: index == 0, workingDirectory: walk.environment.workingDirectory),
      lib: profile.lib, platform: nil)
    return path.split { $0 == UInt8(ascii: ":") }.filter { !$0.isEmpty }.compactMap { element in
      tokens.expand(element).map {
        SearchDirectory(rule: rule, directory: $0, element: element, contributor: index)
      }
    }
  }

  // MARK: Candidates

  private func tryCandidate(
    _ path: ByteString, _ rule: SearchRule, _ directory: SearchDirectory?,
    in walk: ClosureWalk, _ files: inout LoaderFiles, _ result: inout SearchResult
  ) {
    var outcome = CandidateOutcome.found
    do {
      let file = try files.resolve(path, from: walk.environment.workingDirectory)
      if let known = walk.object(with: file.status.identity) {
        result.place = .object(known)
        outcome = .sameFile
      } else {
        switch judge(file, &files) {
        case .success(let elf): result.place = .file(path: path, file, elf)
        case .failure(let refusal): outcome = refusal.outcome
        }
      }
    } catch {
      outcome = CandidateOutcome(error)
    }
    if result.place != nil { result.rule = rule }
    result.attempts.append(
      SearchAttempt(rule: rule, path: path, directory: directory, outcome: outcome))
  }

  private struct Refusal: Error {
    let outcome: CandidateOutcome
  }

  private func judge(
    _ file: ResolvedPath, _ files: inout LoaderFiles
  ) -> Result<ElfFile, Refusal> {
    guard file.status.kind == .regular else {
      return .failure(Refusal(outcome: .unopenable("it is a \(file.status.kind)")))
    }
    switch files.entry(of: file) {
    case .unopenable(let error): return .failure(Refusal(outcome: CandidateOutcome(error)))
    case .notElf(let error), .damaged(_, let error):
      return .failure(Refusal(outcome: .unopenable(error.description)))
    case .object(let elf):
      return fault(of: elf.image).map { .failure(Refusal(outcome: $0)) } ?? .success(elf)
    }
  }

  /// What is built for Linux with another C library is no library of the program's, though it may have the
  /// name and the directory.
  private func fault(of image: ElfImage) -> CandidateOutcome? {
    let header = image.header
    guard header.elfClass == subject.elfClass else { return .wrongClass(header.elfClass) }
    guard subject.machine.matches(header.machine), header.dataEncoding == subject.dataEncoding
    else { return .wrongMachine(header.machine) }
    guard let dynamic = image.dynamic else { return .unopenable("it has no dynamic section") }
    let isForLibc = dynamic.needed.contains {
      $0.hasPrefix("libc.so.6") || $0.hasPrefix("libc.musl-") || $0.hasPrefix("ld-linux")
    }
    return isForLibc && profile.foreign != .unknown
      ? .unopenable("built for another C library") : nil
  }
}
