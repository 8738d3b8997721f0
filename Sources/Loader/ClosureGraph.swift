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
  /// The subject first, then the others in load order. The interpreter stands where a DT_NEEDED
  /// names it, or last.
  package let objects: [LoadedObject]
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
  /// What relative paths were opened from.
  let workingDirectory: RootPath

  init(
    profile: LoaderProfile?, systemDirectories: [ByteString] = [], workingDirectory: RootPath,
    objects: [LoadedObject],
    interpreter: Int? = nil, requests: [LibraryRequest] = []
  ) {
    self.workingDirectory = workingDirectory
    libc = profile?.libc
    self.objects = objects
    self.interpreter = interpreter
    self.requests = requests
    lib = profile?.lib ?? ""
    platform = profile?.platform
    self.systemDirectories = systemDirectories
    configurationPath = profile?.configurationPath
  }

  package var subject: LoadedObject { objects[0] }

  package var missing: [LibraryRequest] {
    requests.filter { $0.object == nil }
  }

  package var isComplete: Bool { missing.isEmpty }
}

/// One object in the closure.
package struct LoadedObject: Sendable {
  /// The path that the loader opens: links unresolved, `..` and all.
  package let openedPath: ByteString
  package let file: ResolvedPath
  package let image: ElfImage
  /// The object whose request loaded it, by its place in the graph; nil for the subject.
  package let loadedBy: Int?
}

/// One name that an object asks for, and what came of it.
package struct LibraryRequest: Sendable {
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
    case .unusable(let reason): "unusable, the search ends here: \(reason)"
    }
  }
}
