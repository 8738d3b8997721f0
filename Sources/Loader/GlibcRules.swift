internal import ELF
internal import FileTree
internal import SystemPackage

/// How glibc's loader finds a library.
///
/// Source: glibc `elf/dl-load.c` (`_dl_map_object`, `open_path`, `open_verify`), `elf/dl-deps.c`,
/// `elf/rtld.c` (preloading and auditing).
struct GlibcRules: LoaderRules {
  let honoursFilters = true
  private let cache: LdSoCache?
  /// The text of `/etc/ld.so.preload`; nil if there is none.
  private let preloadFile: ByteString?
  private var paths: GlibcSearchPaths
  private let candidateCheck: GlibcCandidateCheck

  init(
    profile: LoaderProfile, cache: LdSoCache?, preloadFile: ByteString?, subject: ElfHeader
  ) {
    self.cache = cache
    self.preloadFile = preloadFile
    paths = GlibcSearchPaths(profile: profile)
    candidateCheck = GlibcCandidateCheck(
      subject: subject, judgesMachineFirst: profile.judgesMachineFirst)
  }

  // MARK: What is loaded without a DT_NEEDED

  func preloads(in walk: ClosureWalk) -> [ByteString] {
    let variable = (walk.environment.variables.preload ?? "")
      .split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ":") }
      .filter { !$0.isEmpty && !(walk.isSecure && $0.contains(UInt8(ascii: "/"))) }
    return variable + PreloadFile.names(in: preloadFile ?? "")
  }

  /// What a `dlopen` and an auditor bring has no loader; the main program's RPATH counts all the same.
  func searchParent(of kind: LibraryRequest.Kind, by requester: Int) -> Int? {
    switch kind {
    case .dlopen, .audit: nil
    case .needed, .filter, .auxiliary, .preload, .interpreter: requester
    }
  }

  // MARK: Search

  mutating func search(
    for name: ByteString, _ kind: LibraryRequest.Kind, by requester: Int,
    in walk: inout ClosureWalk, files: inout LoaderFiles
  ) -> SearchResult {
    var result = SearchResult()
    guard let name = expand(name, kind, by: requester, in: walk) else {
      result.attempts.append(
        SearchAttempt(
          rule: .path, path: name, directory: nil,
          outcome: .unusable(
            walk.isSecure
              ? "a set-user-id program replaces no tokens here" : "a token has no value")))
      return result
    }
    result.expandedName = name
    if let loaded = loadedObject(named: name, in: walk) {
      result.place = loaded
      result.rule = .alreadyLoaded
      return result
    }
    let search = GlibcSearch(
      name: name, kind: kind, requester: requester, isSecure: walk.isSecure)
    if name.contains(UInt8(ascii: "/")) {
      _ = tryCandidate(name, .path, nil, for: search, in: &walk, &files, &result)
    } else {
      for step in paths.steps(for: search, in: walk) {
        if searchStep(step, for: search, in: &walk, &files, &result) { break }
      }
    }
    // The object bears the name that was asked for from now on (l_libname, add_name_to_object).
    switch result.place {
    case .object(let index): walk.addName(name, to: index)
    case .file(let path, _, let elf):
      let index = walk.objects.count
      for name in [name, path, elf.image.dynamic?.soname].compactMap(\.self) {
        walk.addName(name, to: index)
      }
    case .interpreter, nil: break
    }
    return result
  }

  /// The name with its tokens replaced; nil if one has no value.
  ///
  /// What an object's dynamic section names is always expanded (`elf/dl-deps.c`, `expand_dst`), any
  /// other name only if it is a path.
  private func expand(
    _ name: ByteString, _ kind: LibraryRequest.Kind, by requester: Int, in walk: ClosureWalk
  ) -> ByteString? {
    guard name.contains(UInt8(ascii: "$")) else { return name }
    switch kind {
    case .needed, .filter, .auxiliary, .interpreter:
      if walk.isSecure, DynamicStringTokens.areIn(name) { return nil }
    case .preload, .audit, .dlopen:
      guard name.contains(UInt8(ascii: "/")) else { return name }
    }
    let expanded = paths.expand(name, of: requester, in: walk)
    return expanded?.isEmpty == true ? nil : expanded
  }

  /// Matches a name with the paths, names and sonames loaded so far, the subject's included.
  private func loadedObject(
    named name: ByteString, in walk: ClosureWalk
  ) -> SearchResult.Place? {
    if walk.namespaceStart == 0 {
      if isInterpreter(name, in: walk) { return .interpreter }
      // The kernel starts the program without telling its name, so the empty one is its.
      if name.isEmpty { return .object(0) }
      if name == walk.subject.openedPath || name == walk.subject.image.dynamic?.soname {
        return .object(0)
      }
    }
    return walk.object(named: name).map { .object($0) }
  }

  private func isInterpreter(_ name: ByteString, in walk: ClosureWalk) -> Bool {
    name == walk.profile.interpreterPath || name == walk.profile.soname
  }

  /// Whether the search ends with this step.
  private mutating func searchStep(
    _ step: GlibcSearchPaths.Step, for search: GlibcSearch, in walk: inout ClosureWalk,
    _ files: inout LoaderFiles, _ result: inout SearchResult
  ) -> Bool {
    switch step {
    case .cache:
      return searchCache(for: search, in: &walk, &files, &result)
    case .directories(let directories):
      for directory in directories {
        guard !walk.isTooLarge(with: result.attempts.count) else { return true }
        for subdirectory in files.subdirectories(of: directory.text, profile: walk.profile) {
          let path = directory.text + subdirectory + search.name
          walk.noteProcessorDependence()
          // What goes wrong in a subdirectory ends at most its own look-up.
          if tryCandidate(
            path, directory.rule, directory, for: search, in: &walk, &files, &result) == .ended
          {
            return true
          }
        }
        let path = directory.text + search.name
        switch tryCandidate(
          path, directory.rule, directory, for: search, in: &walk, &files, &result)
        {
        case .tryNext: continue
        case .tryNextStep: return false
        case .ended: return true
        }
      }
      return false
    }
  }

  private func searchCache(
    for search: GlibcSearch, in walk: inout ClosureWalk, _ files: inout LoaderFiles,
    _ result: inout SearchResult
  ) -> Bool {
    guard let cache else { return false }
    let answer = files.answer(of: cache, to: search.name, profile: walk.profile)
    if answer.dependsOnProcessor { walk.noteProcessorDependence() }
    guard let path = answer.path else {
      result.attempts.append(
        SearchAttempt(
          rule: .cache, path: walk.profile.configurationPath, directory: nil, outcome: .noEntry))
      return false
    }
    // DF_1_NODEFLIB drops what the cache finds under a default directory.
    if paths.ignoresDefaults(search.requester, in: walk), paths.isBelowDefaults(path) {
      return false
    }
    return tryCandidate(path, .cache, nil, for: search, in: &walk, &files, &result) == .ended
  }

  private enum Verdict {
    case tryNext
    /// The rest of this search path is skipped, not that of the search.
    case tryNextStep
    case ended
  }

  /// Looks at one candidate and notes what came of it.
  private func tryCandidate(
    _ path: ByteString, _ rule: SearchRule, _ directory: SearchDirectory?,
    for search: GlibcSearch, in walk: inout ClosureWalk, _ files: inout LoaderFiles,
    _ result: inout SearchResult
  ) -> Verdict {
    func note(_ outcome: CandidateOutcome) {
      result.attempts.append(
        SearchAttempt(rule: rule, path: path, directory: directory, outcome: outcome))
    }
    let file: ResolvedPath
    do {
      file = try files.resolve(path, from: walk.environment.workingDirectory)
    } catch {
      let outcome = CandidateOutcome(error)
      note(outcome)
      if outcome == .absent || outcome == .permissionDenied { return .tryNext }
      // open_path gives up on the rest of its list after any other error, unless the directory
      // isn't one. A relative directory is taken to be one.
      let parent = path.directoryPart
      guard parent.hasPrefix("/") else { return .tryNextStep }
      let resolved = try? files.resolve(parent, from: walk.environment.workingDirectory)
      return resolved?.status.kind == .directory ? .tryNextStep : .tryNext
    }
    switch candidateCheck.judge(file, &files) {
    case .refused(let outcome):
      note(outcome)
      if case .unusable = outcome { return .ended }
      return .tryNext
    case .usable(let elf):
      if search.demandsSetUserID, directory != nil, file.status.permissions & 0o4000 == 0 {
        note(.notSetUserID)
        return .tryNext
      }
      let place = place(elf, path, file, for: search, in: walk)
      result.place = place
      result.rule = rule
      if case .file = place { note(.found) } else { note(.sameFile) }
      return .ended
    }
  }

  /// What a usable file is: one that was loaded before, or a new object.
  private func place(
    _ elf: ElfFile, _ path: ByteString, _ file: ResolvedPath, for search: GlibcSearch,
    in walk: ClosureWalk
  ) -> SearchResult.Place {
    if let known = walk.object(with: file.status.identity) { return .object(known) }
    // There is one loader for all namespaces, but it has to be found.
    if walk.namespaceStart > 0,
      isInterpreter(search.name, in: walk)
        || file.status.identity == walk.interpreter?.file.status.identity
    {
      return .interpreter
    }
    return .file(path: path, file, elf)
  }
}

/// What is searched for, and for whom.
struct GlibcSearch {
  let name: ByteString
  let kind: LibraryRequest.Kind
  let requester: Int
  let isSecure: Bool

  /// In secure execution, preloaded libraries must be set-user-id themselves, and the cache isn't
  /// asked for them (`__RTLD_SECURE`).
  var demandsSetUserID: Bool { isSecure && (kind == .preload || kind == .audit) }
}
