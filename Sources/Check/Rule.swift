/// What is looked for. The texts are a contract: reports, configuration files and code hosts name rules
/// by them.
package enum Rule: String, CaseIterable, Hashable, Sendable {
  case missingLibrary = "missing-library"
  case loadOrder = "load-order"
  case wrongClass = "wrong-class"
  case wrongMachine = "wrong-machine"
  case unusableLibrary = "unusable-library"
  case missingInterpreter = "missing-interpreter"
  case relativeInterpreter = "relative-interpreter"
  case wrongInterpreter = "wrong-interpreter"
  case entrypoint
  case otherLibc = "other-libc"
  case foreignLoader = "foreign-loader"
  case missingVersion = "missing-version"
  case unversionedLibrary = "unversioned-library"
  case undefinedSymbol = "undefined-symbol"
  case unreadableTables = "unreadable-tables"
  case truncatedFile = "truncated-file"
  case malformedFile = "malformed-file"
  case newerProcessor = "newer-processor"
  case missingBaseline = "missing-baseline"
  case glibcFloor = "glibc-floor"
  case gccFloor = "gcc-floor"
  case processorFloor = "cpu-floor"
  case privateVersion = "private-version"
  case executableStack = "executable-stack"
  case textRelocations = "text-relocations"
  case unsafeSearchPath = "unsafe-search-path"
  case fixedAddress = "no-pie"
  case noRelro = "no-relro"
  case lazyBinding = "lazy-binding"
  case noCanary = "no-canary"
  case notFortified = "no-fortify"
  case noIndirectBranchTracking = "no-ibt"
  case noShadowStack = "no-shadow-stack"
  case noBranchTargets = "no-bti"
  case noPointerAuthentication = "no-pac"
  case setUserID = "set-user-id"
  case unusedLibrary = "unused-library"
  case shadowedLibrary = "shadowed-library"
  case sameSoname = "same-soname"
  case duplicateFile = "duplicate-file"
  case sectionTable = "section-table"

  package var severity: Severity {
    switch self {
    case .missingLibrary, .wrongClass, .wrongMachine, .unusableLibrary, .missingInterpreter,
      .relativeInterpreter, .wrongInterpreter, .entrypoint, .otherLibc, .missingVersion,
      .undefinedSymbol, .unreadableTables, .truncatedFile, .malformedFile, .newerProcessor,
      .missingBaseline:
      .fails
    case .glibcFloor, .gccFloor, .processorFloor, .privateVersion: .gate
    case .executableStack, .textRelocations, .unsafeSearchPath, .fixedAddress, .noRelro,
      .lazyBinding, .noCanary, .notFortified, .noIndirectBranchTracking, .noShadowStack,
      .noBranchTargets, .noPointerAuthentication:
      .weakens
    case .loadOrder, .unversionedLibrary, .setUserID, .unusedLibrary, .shadowedLibrary,
      .sameSoname, .duplicateFile, .sectionTable, .foreignLoader:
      .notes
    }
  }

  /// One sentence for whoever asks what it is about.
  package var summary: String {
    switch self {
    case .missingLibrary: "A library that is asked for is nowhere to be found."
    case .loadOrder: "Libraries find another one only if their program opens that first."
    case .wrongClass: "A library was found only for the other word size."
    case .wrongMachine: "A library was found only for another machine or ABI."
    case .unusableLibrary: "The loader gives up on the file that it finds for a library."
    case .missingInterpreter: "The program's or script's interpreter doesn't exist."
    case .relativeInterpreter: "The interpreter is found from one working directory alone."
    case .wrongInterpreter: "The interpreter is for another machine or word size."
    case .entrypoint: "What a bundle says that it starts can't be started."
    case .otherLibc: "An object is built for another C library than the program's."
    case .foreignLoader: "The program's loader is neither glibc's nor musl's."
    case .missingVersion: "A library lacks a symbol version that is asked of it."
    case .unversionedLibrary: "Versions are asked of a library that has none."
    case .undefinedSymbol: "No loaded object defines a symbol that is bound."
    case .unreadableTables: "An object's symbol tables make no sense."
    case .truncatedFile: "A file ends before what is to be loaded of it."
    case .malformedFile: "No loader takes the program, or it crashes before it begins."
    case .newerProcessor: "An object asks for a newer processor than the one assumed."
    case .missingBaseline: "A library exists only for newer processors."
    case .glibcFloor: "An object needs a newer glibc than --max-glibc."
    case .gccFloor: "An object needs newer GCC libraries than --max-gcc."
    case .processorFloor: "An object needs a newer processor than --max-cpu."
    case .privateVersion: "With --max-glibc: an object uses the private interface of one build."
    case .executableStack: "An object makes the stack executable."
    case .textRelocations: "The loader has to write to an object's code."
    case .unsafeSearchPath: "A search path leads where others may put a library."
    case .fixedAddress: "The program is always at the same address."
    case .noRelro: "What was relocated stays writable (no PT_GNU_RELRO)."
    case .lazyBinding: "Symbols are bound at their first use, so their table stays writable."
    case .noCanary: "No function checks for an overflow of the stack."
    case .notFortified: "No call of a C function checks the size of its buffer."
    case .noIndirectBranchTracking: "The object isn't marked for indirect branch tracking."
    case .noShadowStack: "The object isn't marked for a shadow stack."
    case .noBranchTargets: "The object isn't marked for branch target identification."
    case .noPointerAuthentication: "The object isn't marked for pointer authentication."
    case .setUserID: "The program runs with more rights than its caller's."
    case .unusedLibrary: "A library is asked for and no symbol of it is used."
    case .shadowedLibrary: "An object gets another file for a library than by itself."
    case .sameSoname: "Two loaded files have the same soname."
    case .duplicateFile: "Two loaded files have the same content."
    case .sectionTable: "The section headers lie beyond the file's end: only debuggers miss them."
    }
  }
}
