internal import ELF
package import FileTree

/// The C library whose loader decides.
package enum Libc: String, Hashable, Sendable {
  case glibc, musl
}

/// What would load when a program starts, in load order, with the rule that decided each edge.
///
/// A missing library is a fact in the graph, not an error.
package struct ClosureGraph: Sendable {
  /// Nil for a static program, and for one with another loader.
  package let libc: Libc?
  /// The loader, if it is neither of the two.
  package let foreignLoader: ForeignLoader?
  /// The subject first, then the others in the order of loading. The interpreter stands where a
  /// DT_NEEDED names it, or behind what the program's start loads.
  package let objects: [LoadedObject]
  /// The places in ``objects`` in the order in which symbols are searched: that of loading, but that
  /// a filter stands before the object that names it.
  package let order: [Int]
  /// The interpreter's place in ``objects``; nil if there is none or it is missing.
  package let interpreter: Int?
  /// In the order in which the loader makes them.
  package let requests: [LibraryRequest]
  /// The values of `$LIB` and `$PLATFORM` that the loader has.
  let lib: ByteString
  let platform: ByteString?
  /// What is searched last: the loader's own directories, or those of musl's path file.
  package let systemDirectories: [ByteString]
  /// The file that tells the loader of directories.
  package let configurationPath: ByteString?
  /// Versions that an object asks of another and doesn't get.
  package let unmetVersions: [UnmetVersion]
  /// Objects that ask for a newer processor than the one that was assumed, by their places.
  package let objectsBeyondProcessor: [Int]
  /// The glibc-hwcaps level that was assumed; nil for the baseline.
  package let level: ByteString?
  /// Whether something was looked at that another processor might not look at.
  let dependsOnProcessor: Bool
  /// Whether the processor that was assumed is the baseline.
  let isForBaseline: Bool
  /// Whether the kernel starts the program with more rights than its caller's, so that the loader
  /// ignores its environment.
  package let isSecure: Bool
  /// What the loader took from its surroundings.
  package let environment: SearchEnvironment
  /// What relative paths were opened from.
  var workingDirectory: RootPath { environment.workingDirectory }

  /// The graph of a program that no loader is asked about.
  init(environment: SearchEnvironment, subject: LoadedObject, isSecure: Bool) {
    self.init(
      profile: nil, environment: environment, objects: [subject], order: [0],
      interpreter: nil, requests: [], unmetVersions: [], systemDirectories: [],
      dependsOnProcessor: false, isSecure: isSecure)
  }

  init(
    walk: ClosureWalk, unmetVersions: [UnmetVersion], systemDirectories: [ByteString]
  ) {
    self.init(
      profile: walk.profile, environment: walk.environment, objects: walk.objects,
      order: walk.order, interpreter: walk.interpreterIndex, requests: walk.requests,
      unmetVersions: unmetVersions, systemDirectories: systemDirectories,
      dependsOnProcessor: walk.dependsOnProcessor || walk.namesPlatform,
      isSecure: walk.isSecure)
  }

  private init(
    profile: LoaderProfile?, environment: SearchEnvironment, objects: [LoadedObject],
    order: [Int], interpreter: Int?, requests: [LibraryRequest],
    unmetVersions: [UnmetVersion], systemDirectories: [ByteString], dependsOnProcessor: Bool,
    isSecure: Bool
  ) {
    self.environment = environment
    libc = profile?.libc
    foreignLoader = profile?.foreign
    self.objects = objects
    self.order = order
    self.interpreter = interpreter
    self.requests = requests
    self.unmetVersions = unmetVersions
    level = profile?.activeLevels.first
    isForBaseline = profile?.isForBaseline ?? true
    self.dependsOnProcessor = dependsOnProcessor
    self.isSecure = isSecure
    // The loader itself runs before anything could be asked (glibc sysdeps/x86/dl-prop.h).
    objectsBeyondProcessor = objects.indices.filter {
      $0 != interpreter && objects[$0].residence == .program
        && profile?.refuses(objects[$0].image) == true
    }
    lib = profile?.lib ?? ""
    platform = profile?.platform
    self.systemDirectories = systemDirectories
    configurationPath = profile?.configurationPath
  }

  package var subject: LoadedObject { objects[0] }

  /// The requests that nothing answers and that the program can't do without.
  package var missing: [LibraryRequest] {
    requests.filter { $0.object == nil && $0.isRequired }
  }

  /// The requests that the run time answers.
  package var given: [LibraryRequest] {
    requests.filter { $0.isGiven && !objects[$0.requester].isUnloaded }
  }

  /// The requests that nothing answers and that a loader passes over.
  package var passedOver: [LibraryRequest] {
    requests.filter { request in
      guard !request.isRequired, !request.isGiven, !objects[request.requester].isUnloaded else {
        return false
      }
      return request.object.map { objects[$0].isUnloaded } ?? true
    }
  }

  /// Whether the loader would start the program.
  package var isComplete: Bool {
    missing.isEmpty && objectsBeyondProcessor.isEmpty
      && unmetVersions.allSatisfy { !$0.isFatal }
  }
}
