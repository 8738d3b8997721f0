package import ELF
package import FileTree

/// The C library whose loader decides.
package enum Libc: String, Hashable, Sendable {
  case glibc, musl
}

/// What would load when a program starts, in load order, with the rule that decided each edge.
///
/// A missing library is a fact in the graph, not an error.
package struct ClosureGraph: Sendable {
  /// Nil for a static program.
  package let libc: Libc?
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
  /// What the loader took from its surroundings.
  package let environment: SearchEnvironment
  /// What relative paths were opened from.
  var workingDirectory: RootPath { environment.workingDirectory }

  /// The graph of a program that no loader is asked about.
  init(environment: SearchEnvironment, subject: LoadedObject) {
    self.init(
      profile: nil, environment: environment, objects: [subject], order: [0],
      interpreter: nil, requests: [], unmetVersions: [], systemDirectories: [],
      dependsOnProcessor: false)
  }

  init(
    walk: ClosureWalk, unmetVersions: [UnmetVersion], systemDirectories: [ByteString]
  ) {
    self.init(
      profile: walk.profile, environment: walk.environment, objects: walk.objects,
      order: walk.order, interpreter: walk.interpreterIndex, requests: walk.requests,
      unmetVersions: unmetVersions, systemDirectories: systemDirectories,
      dependsOnProcessor: walk.dependsOnProcessor || walk.namesPlatform)
  }

  private init(
    profile: LoaderProfile?, environment: SearchEnvironment, objects: [LoadedObject],
    order: [Int], interpreter: Int?, requests: [LibraryRequest],
    unmetVersions: [UnmetVersion], systemDirectories: [ByteString], dependsOnProcessor: Bool
  ) {
    self.environment = environment
    libc = profile?.libc
    self.objects = objects
    self.order = order
    self.interpreter = interpreter
    self.requests = requests
    self.unmetVersions = unmetVersions
    level = profile?.activeLevels.first
    isForBaseline = profile?.isForBaseline ?? true
    self.dependsOnProcessor = dependsOnProcessor
    let levels = profile?.isaLevels ?? .max
    // The loader itself runs before anything could be asked (glibc sysdeps/x86/dl-prop.h).
    objectsBeyondProcessor =
      profile?.libc == .glibc
      ? objects.indices.filter {
        $0 != interpreter && objects[$0].image.header.machine == .amd64
          && objects[$0].image.neededISALevels & ~levels != 0
      } : []
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

  /// The requests that nothing answers and that a loader passes over.
  package var passedOver: [LibraryRequest] {
    requests.filter { request in
      guard !request.isRequired, !objects[request.requester].isUnloaded else { return false }
      return request.object.map { objects[$0].isUnloaded } ?? true
    }
  }

  /// Whether the loader would start the program.
  package var isComplete: Bool {
    missing.isEmpty && objectsBeyondProcessor.isEmpty
      && unmetVersions.allSatisfy { !$0.isFatal }
  }
}

/// One object in the closure.
///
/// A class, since graphs hold many and their files' facts are shared.
package final class LoadedObject: Sendable {
  /// The path that the loader opens: links unresolved, `..` and all.
  package let openedPath: ByteString
  package let file: ResolvedPath
  /// Shared with other graphs.
  let elf: ElfFile
  /// The object whose request loaded it, by its place in the graph; nil for the subject.
  package let loadedBy: Int?
  package let residence: Residence

  /// Where an object stays.
  package enum Residence: Hashable, Sendable {
    case program
    /// In a namespace of its own, to watch the program.
    case audit
    /// It was unloaded again, with all that came with it, for a reason.
    case unloaded(String)
  }

  init(
    openedPath: ByteString, file: ResolvedPath, elf: ElfFile, loadedBy: Int?,
    residence: Residence = .program
  ) {
    self.openedPath = openedPath
    self.file = file
    self.elf = elf
    self.loadedBy = loadedBy
    self.residence = residence
  }

  package var image: ElfImage { elf.image }

  package var isUnloaded: Bool {
    if case .unloaded = residence { true } else { false }
  }

  /// The same object, in another place.
  func moved(to residence: Residence) -> LoadedObject {
    LoadedObject(
      openedPath: openedPath, file: file, elf: elf, loadedBy: loadedBy, residence: residence)
  }
}

/// A symbol version that an object asks of a library and that the library doesn't define.
///
/// Source: glibc `elf/dl-version.c` (`_dl_check_map_versions`).
package struct UnmetVersion: Hashable, Sendable {
  /// Places in the graph.
  package let requester: Int
  package let provider: Int
  package let version: ByteString
  /// VER_FLG_WEAK: a warning, not the end.
  package let isWeak: Bool

  package var isFatal: Bool { !isWeak }
}

/// One name that an object asks for, and what came of it.
package struct LibraryRequest: Sendable {
  /// What makes the name be asked for.
  package enum Kind: String, Hashable, Sendable {
    /// PT_INTERP.
    case interpreter
    /// DT_NEEDED.
    case needed
    /// DT_FILTER: loaded before the object that names it.
    case filter
    /// DT_AUXILIARY: the same, if it is there.
    case auxiliary
    /// LD_PRELOAD or `/etc/ld.so.preload`.
    case preload
    /// LD_AUDIT, or DT_AUDIT or DT_DEPAUDIT of the program.
    case audit
    /// A call of `dlopen`.
    case dlopen

    /// Whether the program fails without it.
    var isRequired: Bool {
      switch self {
      case .interpreter, .needed, .filter, .dlopen: true
      case .auxiliary, .preload, .audit: false
      }
    }
  }

  package let kind: Kind
  /// As it stands in the requester: tokens unexpanded.
  package let name: ByteString
  /// What was searched for: the name with tokens expanded.
  package let expandedName: ByteString
  /// The requester's place in the graph.
  package let requester: Int
  /// The rule that decided; nil if nothing was found.
  package let rule: SearchRule?
  /// The place in the graph of what was found; nil if it is missing.
  package let object: Int?
  /// Every place that was tried, in order; empty where the name was loaded already.
  package let attempts: [SearchAttempt]
  /// Whether the program fails without it.
  package let isRequired: Bool
}

/// Why a place was searched.
package enum SearchRule: String, Hashable, Sendable {
  /// PT_INTERP: the kernel starts it.
  case interpreter
  /// DT_RPATH of the requester or of an object on its chain of loaders.
  case rpath
  /// The search path that the environment or the user gives.
  case libraryPath = "library-path"
  /// DT_RUNPATH of the requester.
  case runpath
  /// `/etc/ld.so.cache`.
  case cache
  /// A directory that is compiled into the loader.
  case defaultDirectory = "default-directory"
  /// A name with a slash is a path.
  case path
  /// musl's `/etc/ld-musl-ARCH.path`.
  case pathFile = "path-file"
  /// A name that musl serves from the loader itself.
  case builtIn = "built-in"
  /// A name or soname that an object loaded before bears.
  case alreadyLoaded = "already-loaded"
}

/// A directory of a search path, with where it comes from.
package struct SearchDirectory: Hashable, Sendable {
  package let rule: SearchRule
  /// With tokens expanded, ending in `/`; empty for the current directory.
  package let text: ByteString
  /// As it stands in the object that names it: tokens unexpanded.
  package let element: ByteString
  /// The place in the graph of the object that names it; nil for the environment's and the loader's.
  package let contributor: Int?

  /// - Parameter directory: the element with tokens expanded; one slash is put behind it.
  init(rule: SearchRule, directory: ByteString, element: ByteString, contributor: Int?) {
    self.rule = rule
    text = Self.withSlash(directory)
    self.element = element
    self.contributor = contributor
  }

  static func withSlash(_ directory: ByteString) -> ByteString {
    guard !directory.isEmpty else { return directory }
    var bytes = directory.bytes
    while bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
    return ByteString(bytes) + "/"
  }
}

/// One place where a library was looked for.
package struct SearchAttempt: Hashable, Sendable {
  package let rule: SearchRule
  package let path: ByteString
  /// The directory that gave the path; nil for the cache and for names with a slash.
  package let directory: SearchDirectory?
  package let outcome: CandidateOutcome
}

extension SearchAttempt {
  /// The glibc-hwcaps subdirectory in which the candidate lies; nil outside of one.
  package var level: ByteString? {
    let names = path.split { $0 == UInt8(ascii: "/") }
    guard let index = names.lastIndex(of: "glibc-hwcaps"), index + 2 < names.count else {
      return nil
    }
    return names[index + 1]
  }
}

/// What a loader makes of one candidate file.
package enum CandidateOutcome: Hashable, Sendable {
  case found
  /// The file is one that was loaded under another name (same device and inode).
  case sameFile
  case absent
  /// The cache names no file for it.
  case noEntry
  case permissionDenied
  case linkLoop
  /// Another error of `open`.
  case unopenable(String)
  case wrongClass(ElfHeader.Class)
  case wrongMachine(Machine)
  /// The machine's, but of another ABI, as `e_flags` tell.
  case wrongABI(flags: UInt32)
  /// A set-user-id program preloads from a directory only what is set-user-id too.
  case notSetUserID
  /// The file exists and the loader gives up on it, and on the whole search.
  case unusable(String)
}

extension CandidateOutcome: CustomStringConvertible {
  package var description: String {
    switch self {
    case .found: "found"
    case .sameFile: "same file as one loaded before"
    case .absent: "not found"
    case .noEntry: "no entry"
    case .permissionDenied: "permission denied"
    case .linkLoop: "loop of symbolic links"
    case .unopenable(let reason): reason
    case .wrongClass(let found): "wrong ELF class: \(found.bits)-bit"
    case .wrongMachine(let found): "wrong machine: \(found)"
    case .wrongABI(let flags): "another ABI of the machine: flags 0x\(String(flags, radix: 16))"
    case .notSetUserID: "not set-user-id, as a preloaded library must be here"
    case .unusable(let reason): "unusable, the search ends here: \(reason)"
    }
  }
}
