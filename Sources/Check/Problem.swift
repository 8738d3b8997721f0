package import Discovery
package import ELF
package import FileTree
package import Loader

/// What is wrong with an object: the evidence, as values.
package enum Problem: Hashable, Sendable {
  /// Whether a missing library is one of another class or machine, or one that can't be loaded, the
  /// places tell.
  case missingLibrary(name: ByteString, kind: LibraryRequest.Kind, tried: [SearchAttempt])
  /// A library that a program has to open before others, which ask for its name and don't find it.
  case openedBefore(soname: ByteString, others: [ByteString])
  /// - level: of the variant that exists: a subdirectory of `glibc-hwcaps`.
  case missingBaseline(
    name: ByteString, variant: ByteString, level: ByteString, tried: [SearchAttempt])
  /// - outcome: what came of the look-up; nil where it wasn't told.
  case missingInterpreter(path: ByteString, outcome: CandidateOutcome?)
  /// A name that `env` looks for in the directories.
  case notInPath(name: ByteString, directories: [ByteString])
  case endlessInterpreters
  case relativeInterpreter(path: ByteString)
  /// What a bundle says that it starts.
  case entrypoint(StartFault)
  case wrongInterpreter(path: ByteString, outcome: CandidateOutcome)
  /// - named: the C library's name in the object's DT_NEEDED.
  case otherLibc(named: ByteString, interpreter: ByteString, libc: Libc)
  case foreignLoader(path: ByteString, ForeignLoader)
  case missingVersion(version: ByteString, library: ByteString, isWeak: Bool)
  case unversionedLibrary(library: ByteString)
  /// - library: the one that the symbol's version is asked of; nil without one.
  /// - missing: a library that the object misses, which may define it.
  case undefinedSymbol(
    name: ByteString, version: ByteString?, library: ByteString?, missing: ByteString?)
  case unreadableTables(ElfReadError)
  case truncatedFile(ElfReadError)
  case malformedFile(ElfReadError)
  /// - assumed: the level of the processor that was assumed; nil for the baseline.
  case newerProcessor(levels: UInt32, assumed: ByteString?)
  case processorFloor(levels: UInt32, maximum: Int)
  case releaseFloor(ReleaseFloor, maximum: Release)
  case privateVersion(library: ByteString)
  /// - isMarked: whether the object says so, rather than nothing.
  case executableStack(isMarked: Bool)
  case textRelocations
  /// - path: DT_RPATH or DT_RUNPATH.
  case unsafeSearchPath(path: SearchRule, element: ByteString, danger: SearchPathDanger)
  /// - isUnknown: whether it can't be told, as of a program without dynamic symbols.
  case lacks(HardeningProperty, isUnknown: Bool)
  case setUserID(isSetGroupID: Bool, hasCapabilities: Bool)
  case unusedLibrary(name: ByteString)
  /// - loaded: what is loaded under the name, because of another object.
  /// - own: what the object would load by itself.
  case shadowedLibrary(
    name: ByteString, loaded: ByteString, loader: ByteString, own: ByteString)
  case sameSoname(soname: ByteString, other: ByteString)
  case duplicateFile(other: ByteString, size: UInt64, digest: ByteString)
  case sectionTable(ElfReadError)
}

/// Why a directory of a search path isn't safe.
package enum SearchPathDanger: Hashable, Sendable {
  /// An empty element, which is the working directory.
  case empty
  case relative
  /// Everybody may write to the directory at the path.
  case writable(ByteString)
}

extension Problem {
  package var rule: Rule {
    switch self {
    case .missingLibrary(_, _, let tried): Self.rule(forMissing: tried)
    case .openedBefore: .loadOrder
    case .missingBaseline: .missingBaseline
    case .missingInterpreter, .notInPath, .endlessInterpreters: .missingInterpreter
    case .relativeInterpreter: .relativeInterpreter
    case .wrongInterpreter: .wrongInterpreter
    case .entrypoint: .entrypoint
    case .otherLibc: .otherLibc
    case .foreignLoader: .foreignLoader
    case .missingVersion: .missingVersion
    case .unversionedLibrary: .unversionedLibrary
    case .undefinedSymbol: .undefinedSymbol
    case .unreadableTables: .unreadableTables
    case .truncatedFile: .truncatedFile
    case .malformedFile: .malformedFile
    case .newerProcessor: .newerProcessor
    case .processorFloor: .processorFloor
    case .releaseFloor(let floor, _): floor.package == .glibc ? .glibcFloor : .gccFloor
    case .privateVersion: .privateVersion
    case .executableStack: .executableStack
    case .textRelocations: .textRelocations
    case .unsafeSearchPath: .unsafeSearchPath
    case .lacks(let property, _): property.rule
    case .setUserID: .setUserID
    case .unusedLibrary: .unusedLibrary
    case .shadowedLibrary: .shadowedLibrary
    case .sameSoname: .sameSoname
    case .duplicateFile: .duplicateFile
    case .sectionTable: .sectionTable
    }
  }

  /// What the candidates were tells what is missing: the library, or one of the right kind.
  private static func rule(forMissing tried: [SearchAttempt]) -> Rule {
    for attempt in tried.reversed() {
      if case .unusable = attempt.outcome { return .unusableLibrary }
    }
    for attempt in tried {
      switch attempt.outcome {
      case .wrongMachine, .wrongABI: return .wrongMachine
      case .wrongClass: return .wrongClass
      default: continue
      }
    }
    return .missingLibrary
  }
}
