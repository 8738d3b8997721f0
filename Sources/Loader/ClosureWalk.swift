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
  /// In the order of loading.
  private(set) var objects: [LoadedObject]
  private(set) var requests: [LibraryRequest] = []
  /// The interpreter, which is loaded from the start and gets its place when somebody asks for it.
  let interpreter: LoadedObject?
  private(set) var interpreterIndex: Int?
  /// The objects in the order in which symbols are searched: that of loading, but for filters.
  private(set) var order: [Int]
  /// Whose own search path counts for an object's needs after the object's: its loader's, if any.
  private var searchParents: [Int?]
  /// The object that a name stands for: the first in load order that bears it.
  private var bearers: [ByteString: Int] = [:]
  /// The first object of the namespace that is being filled; 0 is the program's own.
  private(set) var namespaceStart = 0
  private var isScanned: [Bool]
  /// The first place in ``order`` that may hold an object whose needs weren't read yet.
  private var position = 0
  private var work = 0
  /// Whether something was looked at that another processor might not look at.
  private(set) var dependsOnProcessor = false

  init(
    subject: LoadedObject, interpreter: LoadedObject?, profile: LoaderProfile,
    environment: SearchEnvironment, isSecure: Bool
  ) {
    objects = [subject]
    order = [0]
    searchParents = [nil]
    isScanned = [false]
    self.interpreter = interpreter
    self.profile = profile
    self.environment = environment
    self.isSecure = isSecure
  }

  var subject: LoadedObject { objects[0] }

  /// The places of what the program has itself: neither auditors' nor unloaded again.
  var ownObjects: [Int] { objects.indices.filter { objects[$0].residence == .program } }

  /// Whether the kernel would start the subject with more rights than its caller's (AT_SECURE).
  let isSecure: Bool

  /// The next object whose needs are to be read.
  mutating func nextRequester() -> Int? {
    while position < order.count, isScanned[order[position]] { position += 1 }
    guard position < order.count else { return nil }
    isScanned[order[position]] = true
    return order[position]
  }

  /// Adds a newly loaded object behind the others.
  ///
  /// - Parameter searchParent: the object whose search path counts after the object's own.
  mutating func append(_ object: LoadedObject, searchParent: Int?) -> Int {
    objects.append(object)
    searchParents.append(searchParent)
    isScanned.append(false)
    order.append(objects.count - 1)
    return objects.count - 1
  }

  /// Moves an object right before the one that names it as its filter, unless it stands there
  /// already or earlier; its needs are read next.
  ///
  /// Source: glibc `elf/dl-deps.c` (`_dl_map_object_deps`).
  mutating func moveFilter(_ filter: Int, before requester: Int) {
    guard let place = order.firstIndex(of: requester), let old = order.firstIndex(of: filter),
      old > place
    else { return }
    order.remove(at: old)
    order.insert(filter, at: place)
    position = min(position, place)
  }

  /// Takes the objects from a place on out again: what came with one that can't be used.
  mutating func unload(from start: Int, because reason: String) {
    for index in start..<objects.count where index != interpreterIndex {
      objects[index] = objects[index].moved(to: .unloaded(reason))
    }
    order.removeAll { $0 >= start && $0 != interpreterIndex }
    bearers = bearers.filter { $0.value < start }
    position = min(position, order.count)
  }

  /// The first request since a place in ``requests`` that nothing answers.
  func firstMissing(since start: Int) -> LibraryRequest? {
    requests[start...].first {
      $0.object == nil && $0.kind != .auxiliary && !$0.isGiven
    }
  }

  /// Gives the interpreter its place in load order, once.
  mutating func placeInterpreter() -> Int? {
    if let interpreterIndex { return interpreterIndex }
    guard let interpreter else { return nil }
    interpreterIndex = append(interpreter, searchParent: 0)
    return interpreterIndex
  }

  /// Begins a namespace of its own, in which nothing is loaded yet.
  mutating func beginNamespace() {
    namespaceStart = objects.count
    bearers = [:]
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

  /// Whether a search path or name has the token `$PLATFORM`, whose value depends on the processor.
  var namesPlatform: Bool {
    let mentions = DynamicStringTokens.mentionsPlatform
    return requests.contains { mentions($0.name) }
      || environment.variables.libraryPath.map(mentions) == true
      || objects.contains { object in
        [object.image.dynamic?.rpath, object.image.dynamic?.runpath].compactMap(\.self)
          .contains(where: mentions)
      }
  }

  mutating func noteProcessorDependence() {
    dependsOnProcessor = true
  }

  /// Whether the walk has become larger than that of any real program by orders of magnitude.
  var isTooLarge: Bool { isTooLarge(with: 0) }

  /// The same in the middle of a search.
  ///
  /// - Parameter attempts: the candidates that it has come to.
  func isTooLarge(with attempts: Int) -> Bool { work + attempts > Self.workLimit }

  /// Requests and candidates together; the largest real programs have some thousands.
  static let workLimit = 200_000

  /// An object loaded before that is the same file.
  ///
  /// The program and the interpreter don't count: the kernel mapped them, and no loader asks which
  /// files they were (glibc `elf/dl-load.c`, `_dl_map_object_from_fd`; musl `ldso/dynlink.c`,
  /// `load_library`, which begins behind the head of its list).
  func object(with identity: FileStatus.Identity) -> Int? {
    objects.indices.dropFirst(namespaceStart).first { index in
      objects[index].file.status.identity == identity && index != interpreterIndex
        && !objects[index].isUnloaded && (index > 0 || !objects[index].image.isProgram)
    }
  }

  /// The requester, the object that loaded it, and so on, so far as their search paths count.
  func loaders(of object: Int) -> [Int] {
    Array(sequence(first: object) { searchParents[$0] })
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
