internal import ELF
internal import FileTree
internal import SystemPackage

/// How glibc's loader finds a library.
///
/// Source: glibc `elf/dl-load.c` (`_dl_map_object`, `open_path`, `open_verify`), `elf/dl-deps.c`.
struct GlibcRules: LoaderRules {
  private let cache: LdSoCache?
  private let defaultDirectories: [SearchDirectory]
  private let libraryPath: [SearchDirectory]
  private let candidateCheck: GlibcCandidateCheck
  /// The directories of each object's DT_RPATH and DT_RUNPATH, split and expanded once.
  private var directories: [Int: ObjectDirectories] = [:]

  private struct ObjectDirectories {
    let rpath: [SearchDirectory]
    let runpath: [SearchDirectory]?
  }

  init(
    profile: LoaderProfile, environment: SearchEnvironment, cache: LdSoCache?, subject: ElfHeader
  ) {
    self.cache = cache
    candidateCheck = GlibcCandidateCheck(
      subject: subject, judgesMachineFirst: profile.lib.contains(UInt8(ascii: "/")))
    defaultDirectories = profile.defaultDirectories.map {
      SearchDirectory(rule: .defaultDirectory, directory: $0, element: $0, contributor: nil)
    }
    libraryPath = environment.libraryPath.map {
      SearchDirectory(
        rule: .libraryPath, directory: $0, element: $0, contributor: nil)
    }
  }

  mutating func search(
    for name: ByteString, by requester: Int, in walk: inout ClosureWalk,
    files: inout LoaderFiles
  ) -> SearchResult {
    var name = name
    if name.contains(UInt8(ascii: "$")) {
      guard let expanded = tokens(of: requester, in: walk).expand(name) else {
        return SearchResult()
      }
      name = expanded
    }
    var result = SearchResult()
    result.expandedName = name
    if let loaded = loadedObject(named: name, in: walk) {
      result.place = loaded
      result.rule = .alreadyLoaded
      return result
    }
    if name.contains(UInt8(ascii: "/")) {
      _ = tryCandidate(name, .path, nil, in: &walk, &files, &result)
    } else {
      for step in steps(for: requester, in: walk) {
        if searchStep(step, for: name, by: requester, in: &walk, &files, &result) { break }
      }
    }
    // The object bears the name that was asked for from now on (l_libname, add_name_to_object).
    switch result.place {
    case .object(let index): walk.addName(name, to: index)
    case .file(let path, _, let image):
      let index = walk.objects.count
      for name in [name, path, image.dynamic?.soname].compactMap(\.self) {
        walk.addName(name, to: index)
      }
    case .interpreter, nil: break
    }
    return result
  }

  // MARK: Names

  /// Matches a name with the paths, names and sonames loaded so far, the subject's included.
  private func loadedObject(
    named name: ByteString, in walk: ClosureWalk
  ) -> SearchResult.Place? {
    if name == walk.profile.interpreterPath || name == walk.profile.soname {
      return .interpreter
    }
    let subject = walk.objects[0]
    if name == subject.openedPath || name == subject.image.dynamic?.soname { return .object(0) }
    return walk.object(named: name).map { .object($0) }
  }

  private func tokens(of index: Int, in walk: ClosureWalk) -> DynamicStringTokens {
    DynamicStringTokens(
      origin: walk.objects[index].origin(
        isMainProgram: index == 0, workingDirectory: walk.environment.workingDirectory),
      lib: walk.profile.lib, platform: walk.profile.platform)
  }

  // MARK: Where

  private enum Step {
    case directories([SearchDirectory])
    case cache
  }

  /// The order of the search for one requester.
  private mutating func steps(for requester: Int, in walk: ClosureWalk) -> [Step] {
    var steps: [Step] = []
    let runpath = objectDirectories(of: requester, in: walk).runpath
    if runpath == nil {
      // DT_RPATH counts up the chain of loaders, which ends at the main program; an object with
      // DT_RUNPATH neither uses one nor hands its own on.
      for index in walk.loaders(of: requester) {
        steps.append(.directories(objectDirectories(of: index, in: walk).rpath))
      }
    }
    steps.append(.directories(libraryPath))
    steps.append(.directories(runpath ?? []))
    steps.append(.cache)
    if !ignoresDefaults(requester, in: walk) { steps.append(.directories(defaultDirectories)) }
    return steps
  }

  private func ignoresDefaults(_ index: Int, in walk: ClosureWalk) -> Bool {
    walk.objects[index].image.dynamic?.flags1.contains(.noDefaultLibraries) ?? false
  }

  private mutating func objectDirectories(of index: Int, in walk: ClosureWalk) -> ObjectDirectories
  {
    if let known = directories[index] { return known }
    let dynamic = walk.objects[index].image.dynamic
    let result = ObjectDirectories(
      rpath: dynamic?.runpath == nil
        ? split(dynamic?.rpath, rule: .rpath, of: index, in: walk) : [],
      runpath: dynamic?.runpath.map { split($0, rule: .runpath, of: index, in: walk) })
    directories[index] = result
    return result
  }

  /// Splits a path at colons; an empty element is the current directory, a repeated one counts once.
  ///
  /// Source: glibc `elf/dl-load.c` (`decompose_rpath`, `fillin_rpath`).
  private func split(
    _ path: ByteString?, rule: SearchRule, of index: Int, in walk: ClosureWalk
  ) -> [SearchDirectory] {
    guard let path, !path.isEmpty else { return [] }
    let tokens = tokens(of: index, in: walk)
    var seen: Set<ByteString> = []
    return path.split { $0 == UInt8(ascii: ":") }.compactMap { element in
      var text = element
      if !element.isEmpty {
        // An element that a token without a value makes empty is no element.
        guard let expanded = tokens.expand(element), !expanded.isEmpty else { return nil }
        text = expanded
      }
      guard seen.insert(SearchDirectory.withSlash(text)).inserted else { return nil }
      return SearchDirectory(rule: rule, directory: text, element: element, contributor: index)
    }
  }

  // MARK: Search

  /// Whether the search ends with this step.
  private func searchStep(
    _ step: Step, for name: ByteString, by requester: Int, in walk: inout ClosureWalk,
    _ files: inout LoaderFiles, _ result: inout SearchResult
  ) -> Bool {
    switch step {
    case .cache:
      guard let cache else { return false }
      guard
        let path = files.path(
          of: name, hwcaps: walk.environment.hwcaps, in: cache,
          at: walk.profile.configurationPath)
      else {
        result.attempts.append(
          SearchAttempt(
            rule: .cache, path: walk.profile.configurationPath, directory: nil, outcome: .noEntry))
        return false
      }
      // DF_1_NODEFLIB drops what the cache finds under a default directory.
      if ignoresDefaults(requester, in: walk),
        defaultDirectories.contains(where: { path.hasPrefix($0.text) })
      {
        return false
      }
      return tryCandidate(path, .cache, nil, in: &walk, &files, &result) == .ended
    case .directories(let directories):
      for directory in directories {
        for subdirectory in walk.environment.hwcaps.map({ "glibc-hwcaps/" + $0 + "/" }) + [""] {
          let path = directory.text + subdirectory + name
          switch tryCandidate(path, directory.rule, directory, in: &walk, &files, &result) {
          case .tryNext: continue
          case .tryNextStep: return false
          case .ended: return true
          }
        }
      }
      return false
    }
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
    in walk: inout ClosureWalk, _ files: inout LoaderFiles, _ result: inout SearchResult
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
    case .failure(let refusal):
      note(refusal.outcome)
      if case .unusable = refusal.outcome { return .ended }
      return .tryNext
    case .success(let image):
      if let known = walk.object(with: file.status.identity) {
        note(.sameFile)
        result.place = .object(known)
      } else {
        note(.found)
        result.place = .file(path: path, file, image)
      }
      result.rule = rule
      return .ended
    }
  }
}

extension LoadedObject {
  /// The value of `$ORIGIN`: the program's real directory, but a library's by the path that it was
  /// found by. glibc makes that absolute (`elf/dl-object.c`, `_dl_new_object`), musl leaves it.
  func origin(isMainProgram: Bool, workingDirectory: RootPath?) -> ByteString {
    let path = isMainProgram && image.isProgram ? file.real.text : openedPath
    guard let workingDirectory, !path.hasPrefix("/") else { return path.directoryPart }
    return (workingDirectory.text + "/" + path).directoryPart
  }
}
