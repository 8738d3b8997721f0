internal import ELF
internal import FileTree
internal import SystemPackage

/// The breadth-first walk that both loaders do, with what has been loaded so far.
///
/// What differs between them — how a name is matched, where it is searched, which candidate is
/// refused — is the business of ``GlibcRules`` and ``MuslRules``.
struct ClosureWalk {
  let environment: SearchEnvironment
  let profile: LoaderProfile
  private(set) var objects: [LoadedObject]
  private(set) var requests: [LibraryRequest] = []
  /// The interpreter, which is loaded from the start and gets its place when somebody asks for it.
  let interpreter: LoadedObject?
  private(set) var interpreterIndex: Int?
  /// The object that a name stands for: the first in load order that bears it.
  private var bearers: [ByteString: Int] = [:]
  private var nextToScan = 0
  private var work = 0

  init(
    subject: LoadedObject, interpreter: LoadedObject?, profile: LoaderProfile,
    environment: SearchEnvironment
  ) {
    objects = [subject]
    self.interpreter = interpreter
    self.profile = profile
    self.environment = environment
  }

  /// The next object whose needs are to be read.
  mutating func nextRequester() -> Int? {
    guard nextToScan < objects.count else { return nil }
    defer { nextToScan += 1 }
    return nextToScan
  }

  /// Adds a newly loaded object behind the others.
  mutating func append(_ object: LoadedObject) -> Int {
    objects.append(object)
    return objects.count - 1
  }

  /// Gives the interpreter its place in load order, once.
  mutating func placeInterpreter() -> Int? {
    if let interpreterIndex { return interpreterIndex }
    guard let interpreter else { return nil }
    interpreterIndex = append(interpreter)
    return interpreterIndex
  }

  /// The object that bears a name.
  func object(named name: ByteString) -> Int? {
    bearers[name]
  }

  /// Lets an object bear a name; an earlier object that does so comes first.
  mutating func addName(_ name: ByteString, to object: Int) {
    if let known = bearers[name], known < object { return }
    bearers[name] = object
  }

  mutating func record(_ request: LibraryRequest) {
    requests.append(request)
    work += 1 + request.attempts.count
  }

  /// Whether the walk has become larger than that of any real program by orders of magnitude.
  var isTooLarge: Bool { work > Self.workLimit }

  /// Requests and candidates together; the largest real programs have some thousands.
  static let workLimit = 500_000

  /// An object loaded before that is the same file.
  ///
  /// The program and the interpreter don't count: the kernel mapped them, and no loader asks which
  /// files they were (glibc `elf/dl-load.c`, `_dl_map_object_from_fd`; musl `ldso/dynlink.c`,
  /// `load_library`, which begins behind the head of its list).
  func object(with identity: FileStatus.Identity) -> Int? {
    objects.indices.first { index in
      objects[index].file.status.identity == identity && index != interpreterIndex
        && (index > 0 || !objects[index].image.isProgram)
    }
  }

  /// The requester, the object that loaded it, and so on up to the subject.
  func loaders(of object: Int) -> [Int] {
    Array(sequence(first: object) { objects[$0].loadedBy })
  }
}

/// What a search for one name came to.
struct SearchResult {
  enum Place {
    case object(Int)
    case file(path: ByteString, ResolvedPath, ElfImage)
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

/// The rules of one loader.
protocol LoaderRules {
  /// Finds what `requester` gets for a name in its DT_NEEDED.
  mutating func search(
    for name: ByteString, by requester: Int, in walk: inout ClosureWalk,
    files: inout LoaderFiles
  ) -> SearchResult
}

extension LoaderRules {
  /// Loads everything that the subject needs, breadth first.
  mutating func complete(_ walk: inout ClosureWalk, files: inout LoaderFiles) {
    while let requester = walk.nextRequester() {
      let needed = walk.objects[requester].image.dynamic?.needed ?? []
      for name in needed {
        guard !walk.isTooLarge else { return }
        let result = search(for: name, by: requester, in: &walk, files: &files)
        let object = place(result, requester: requester, in: &walk)
        walk.record(
          LibraryRequest(
            name: name, expandedName: result.expandedName ?? name, requester: requester,
            rule: object == nil ? nil : result.rule, object: object,
            attempts: result.attempts))
      }
    }
  }

  private func place(
    _ result: SearchResult, requester: Int, in walk: inout ClosureWalk
  ) -> Int? {
    switch result.place {
    case .object(let index): index
    case .interpreter: walk.placeInterpreter()
    case .file(let path, let file, let image):
      walk.append(
        LoadedObject(openedPath: path, file: file, image: image, loadedBy: requester))
    case nil: nil
    }
  }
}

extension CandidateOutcome {
  /// What a failed look-up of a path means to a loader.
  init(_ error: Errno) {
    self =
      switch error {
      case .noSuchFileOrDirectory, .notDirectory: .absent
      case .permissionDenied: .permissionDenied
      case .tooManySymbolicLinkLevels: .linkLoop
      default: .unopenable(error.description)
      }
  }
}
