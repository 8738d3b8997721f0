internal import ELF
internal import FileTree

/// The directories that glibc's loader searches, and their order.
///
/// Source: glibc `elf/dl-load.c` (`_dl_map_object`, `_dl_init_paths`, `decompose_rpath`,
/// `fillin_rpath`, `_dl_dst_substitute`).
struct GlibcSearchPaths {
  private let profile: LoaderProfile
  private let defaultDirectories: [SearchDirectory]
  /// Those of the library path, split and expanded once.
  private var libraryPath: [SearchDirectory]?
  /// Those of each object's DT_RPATH and DT_RUNPATH, split and expanded once.
  private var directories: [ObjectDirectories?] = []

  private struct ObjectDirectories {
    let rpath: [SearchDirectory]
    let runpath: [SearchDirectory]?
  }

  enum Step {
    case directories([SearchDirectory])
    case cache
  }

  init(profile: LoaderProfile) {
    self.profile = profile
    defaultDirectories = profile.defaultDirectories.map {
      SearchDirectory(rule: .defaultDirectory, directory: $0, element: $0, contributor: nil)
    }
  }

  /// The order of one search.
  mutating func steps(for search: GlibcSearch, in walk: ClosureWalk) -> [Step] {
    var steps: [Step] = []
    // The loader itself asks for an auditor: it has no search path of its own.
    let requester = search.kind == .audit ? nil : search.requester
    let runpath = requester.flatMap { objectDirectories(of: $0, in: walk).runpath }
    if runpath == nil {
      // DT_RPATH counts up the chain of loaders; an object with DT_RUNPATH neither uses one nor
      // hands its own on. The main program's comes last, in any namespace.
      let chain = requester.map(walk.loaders) ?? []
      for index in chain + (chain.last == 0 ? [] : [0]) {
        let own = objectDirectories(of: index, in: walk)
        steps.append(.directories(own.rpath))
        // What watches the program is found through its RUNPATH too.
        if index == 0, walk.namespaceStart > 0 { steps.append(.directories(own.runpath ?? [])) }
      }
    }
    steps.append(.directories(libraryDirectories(in: walk)))
    steps.append(.directories(runpath ?? []))
    if !search.demandsSetUserID { steps.append(.cache) }
    if !ignoresDefaults(search.requester, in: walk) {
      steps.append(.directories(defaultDirectories))
    }
    return steps
  }

  func ignoresDefaults(_ index: Int, in walk: ClosureWalk) -> Bool {
    walk.objects[index].image.dynamic?.flags1.contains(.noDefaultLibraries) ?? false
  }

  func isBelowDefaults(_ path: ByteString) -> Bool {
    defaultDirectories.contains { path.hasPrefix($0.text) }
  }

  /// `text` with the tokens that an object gives it replaced; nil if it can't be used.
  func expand(_ text: ByteString, of index: Int, in walk: ClosureWalk) -> ByteString? {
    let tokens = DynamicStringTokens(
      origin: walk.objects[index].origin(
        isMainProgram: index == 0, workingDirectory: walk.environment.workingDirectory),
      lib: profile.lib, platform: profile.platform)
    guard walk.isSecure, DynamicStringTokens.mentionsOrigin(text) else {
      return tokens.expand(text)
    }
    // A set-user-id program can be linked to from anywhere: $ORIGIN counts at the front only, and
    // the program's only if it leads into a default directory.
    guard DynamicStringTokens.beginsWithOriginOnly(text), let path = tokens.expand(text) else {
      return nil
    }
    let directory = RootPath(normalising: path).text + "/"
    return index > 0 || isBelowDefaults(directory) ? path : nil
  }

  // MARK: Lists of directories

  /// The user's directories, and those of LD_LIBRARY_PATH, which a set-user-id program ignores.
  private mutating func libraryDirectories(in walk: ClosureWalk) -> [SearchDirectory] {
    if let libraryPath { return libraryPath }
    var result = walk.environment.libraryPath.map {
      SearchDirectory(rule: .libraryPath, directory: $0, element: $0, contributor: nil)
    }
    if !walk.isSecure {
      result += split(
        walk.environment.variables.libraryPath, rule: .libraryPath, of: 0, in: walk
      ) { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ";") }
    }
    libraryPath = result
    return result
  }

  private mutating func objectDirectories(of index: Int, in walk: ClosureWalk) -> ObjectDirectories
  {
    if index < directories.count, let known = directories[index] { return known }
    let dynamic = walk.objects[index].image.dynamic
    func split(_ path: ByteString?, rule: SearchRule) -> [SearchDirectory] {
      self.split(path, rule: rule, of: index, in: walk) { $0 == UInt8(ascii: ":") }
    }
    let result = ObjectDirectories(
      rpath: dynamic?.runpath == nil ? split(dynamic?.rpath, rule: .rpath) : [],
      runpath: dynamic?.runpath.map { split($0, rule: .runpath) })
    while directories.count <= index { directories.append(nil) }
    directories[index] = result
    return result
  }

  /// Splits a path; an empty element is the current directory, a repeated one counts once.
  private func split(
    _ path: ByteString?, rule: SearchRule, of index: Int, in walk: ClosureWalk,
    on isSeparator: (UInt8) -> Bool
  ) -> [SearchDirectory] {
    guard let path, !path.isEmpty else { return [] }
    var seen: Set<ByteString> = []
    return path.split(on: isSeparator).compactMap { element in
      var text = element
      if !element.isEmpty {
        // An element that a token without a value makes empty is no element.
        guard let expanded = expand(element, of: index, in: walk), !expanded.isEmpty else {
          return nil
        }
        text = expanded
      }
      guard seen.insert(SearchDirectory.withSlash(text)).inserted else { return nil }
      let contributor = rule == .libraryPath ? nil : index
      return SearchDirectory(
        rule: rule, directory: text, element: element, contributor: contributor)
    }
  }
}
