internal import ELF
internal import FileTree

/// The rules of one loader.
protocol LoaderRules {
  /// What is to be loaded before the program's own needs; names that aren't found don't matter.
  func preloads(in walk: ClosureWalk) -> [ByteString]

  /// Whether DT_FILTER and DT_AUXILIARY count.
  var honoursFilters: Bool { get }

  /// The object whose search path counts for the needs of a newly loaded one, after its own.
  func searchParent(of kind: LibraryRequest.Kind, by requester: Int) -> Int?

  /// Finds what `requester` gets for a name.
  mutating func search(
    for name: ByteString, _ kind: LibraryRequest.Kind, by requester: Int,
    in walk: inout ClosureWalk, files: inout LoaderFiles
  ) -> SearchResult
}

/// What a search for one name came to.
struct SearchResult {
  enum Place {
    case object(Int)
    case file(path: ByteString, ResolvedPath, ElfFile)
    case interpreter
  }

  /// Nil if nothing was found.
  var place: Place?
  var rule: SearchRule?
  var attempts: [SearchAttempt] = []
  /// The name with its tokens expanded; nil if that is the name itself.
  var expandedName: ByteString?

  static func loaded(_ place: Place, _ rule: SearchRule) -> SearchResult {
    SearchResult(place: place, rule: rule)
  }
}

extension LoaderRules {
  /// Loads what the program's start does: preloaded objects and needs, breadth first.
  mutating func loadAtStart(_ walk: inout ClosureWalk, files: inout LoaderFiles) {
    for name in preloads(in: walk) { request(name, .preload, by: 0, in: &walk, files: &files) }
    loadNeeds(&walk, files: &files)
  }

  /// Loads what a caller opens with `dlopen`, and its needs.
  ///
  /// - Parameter caller: the calling object's place in the walk.
  mutating func open(
    _ name: ByteString, by caller: Int, in walk: inout ClosureWalk, files: inout LoaderFiles
  ) {
    let start = (objects: walk.objects.count, requests: walk.requests.count)
    request(name, .dlopen, by: caller, in: &walk, files: &files)
    loadNeeds(&walk, files: &files)
    if let missing = walk.firstMissing(since: start.requests) {
      walk.unload(from: start.objects, because: "\(missing.name) is missing")
    }
  }

  mutating func loadNeeds(_ walk: inout ClosureWalk, files: inout LoaderFiles) {
    while let requester = walk.nextRequester() {
      for dependency in walk.objects[requester].image.dynamic?.dependencies ?? [] {
        guard !walk.isTooLarge else { return }
        switch dependency.kind {
        case .needed:
          request(dependency.name, .needed, by: requester, in: &walk, files: &files)
        case .filter where honoursFilters:
          request(dependency.name, .filter, by: requester, in: &walk, files: &files)
        case .auxiliary where honoursFilters:
          request(dependency.name, .auxiliary, by: requester, in: &walk, files: &files)
        case .filter, .auxiliary: break
        }
      }
    }
  }

  mutating func request(
    _ name: ByteString, _ kind: LibraryRequest.Kind, by requester: Int,
    in walk: inout ClosureWalk, files: inout LoaderFiles
  ) {
    guard !walk.environment.given.contains(name) else {
      walk.record(
        LibraryRequest(
          kind: kind, name: name, expandedName: name, requester: requester, rule: nil,
          object: nil, attempts: [], isRequired: false, isGiven: true))
      return
    }
    let result = search(for: name, kind, by: requester, in: &walk, files: &files)
    let object = place(result, kind, requester: requester, in: &walk)
    if let object, kind == .filter || kind == .auxiliary {
      walk.moveFilter(object, before: requester)
    }
    walk.record(
      LibraryRequest(
        kind: kind, name: name, expandedName: result.expandedName ?? name,
        requester: requester, rule: object == nil ? nil : result.rule, object: object,
        attempts: result.attempts, isRequired: kind.isRequired && walk.namespaceStart == 0))
  }

  private func place(
    _ result: SearchResult, _ kind: LibraryRequest.Kind, requester: Int,
    in walk: inout ClosureWalk
  ) -> Int? {
    switch result.place {
    case .object(let index): return index
    case .interpreter: return walk.placeInterpreter()
    case .file(let path, let file, let elf):
      return walk.append(
        LoadedObject(
          openedPath: path, file: file, elf: elf, loadedBy: requester,
          residence: walk.namespaceStart > 0 ? .audit : .program),
        searchParent: searchParent(of: kind, by: requester))
    case nil: return nil
    }
  }
}
