package import ELF
package import FileTree

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
  /// EI_CLASS is neither of the two.
  case unknownClass(UInt8)
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
    case .unknownClass(let value): "unknown ELF class \(value)"
    case .wrongMachine(let found): "wrong machine: \(found)"
    case .wrongABI(let flags): "another ABI of the machine: flags 0x\(String(flags, radix: 16))"
    case .notSetUserID: "not set-user-id, as a preloaded library must be here"
    case .unusable(let reason): "unusable, the search ends here: \(reason)"
    }
  }
}
