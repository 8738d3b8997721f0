package import ELF
package import FileTree
package import SystemPackage

/// Why a subject has no closure. A missing library isn't one of these: it is a fact in the graph.
package enum LoaderError: Error, Hashable, Sendable {
  case unopenable(path: ByteString, Errno)
  case notRegular(path: ByteString, FileStatus.Kind)
  case unreadable(path: ByteString, ElfReadError)
  /// A relocatable object or a core dump: nothing that a loader loads.
  case notLoadable(path: ByteString, ElfHeader.ObjectType)
  case unknownMachine(path: ByteString, Machine)
  case noLoadSegment(path: ByteString)
  /// Debugging data that was split off a program or library.
  case debugDataOnly(path: ByteString)
  /// More requests and candidates than any real program has: a file that is made to exhaust memory.
  case tooManyCandidates(path: ByteString, limit: Int)
  /// A file that tells a loader of directories or libraries, larger than any system's. In bytes.
  case configurationTooLarge(path: ByteString, limit: Int)
  /// The loader of the program knows no such glibc-hwcaps level.
  case unknownLevel(path: ByteString, level: ByteString, known: [ByteString])
  /// No object of the closure has the name of what is to call `dlopen`.
  case unknownCaller(path: ByteString, caller: ByteString)
}
