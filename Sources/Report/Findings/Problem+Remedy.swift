package import Check
internal import Discovery
internal import FileTree

extension Problem {
  /// What the user can do: a clause without a full stop.
  package var remedy: String {
    switch self {
    case .missingLibrary, .openedBefore, .missingBaseline, .missingInterpreter, .notInPath,
      .endlessInterpreters,
      .relativeInterpreter, .wrongInterpreter, .entrypoint, .otherLibc, .foreignLoader:
      loadingRemedy
    case .missingVersion(_, let library, _):
      "bring a newer \(library), or build against this one"
    case .unversionedLibrary: "bring the library that it was linked with"
    case .undefinedSymbol(_, _, let library, let missing):
      missing.map { "bring \($0) first" }
        ?? library.map { "bring the \($0) that it was linked with" }
        ?? "link it with the library that defines it, or check the program that loads both"
    case .unreadableTables, .truncatedFile, .malformedFile, .sectionTable:
      "copy or build the file again"
    case .newerProcessor, .processorFloor, .releaseFloor, .privateVersion: floorRemedy
    case .executableStack, .textRelocations, .unsafeSearchPath, .lacks, .setUserID:
      hardeningRemedy
    case .unusedLibrary: "link with -Wl,--as-needed, or leave the library out"
    case .shadowedLibrary: "bring one file that does for both"
    case .sameSoname, .duplicateFile: "keep one, and make the other a link to it"
    }
  }

  private var loadingRemedy: String {
    switch self {
    case .openedBefore:
      "if no program does so, name its directory in theirs (RUNPATH, --library-path)"
    case .missingBaseline(let name, _, _, _):
      "add \(name) for every processor beside it: some of them can't use this one"
    case .entrypoint(let fault): fault.remedy
    case .missingInterpreter(let path, _) where path.bytes.last == UInt8(ascii: "\r"),
      .notInPath(let path, _) where path.bytes.last == UInt8(ascii: "\r"):
      StartFault.carriageReturn(script: path).remedy
    case .missingInterpreter, .notInPath: "install it, or name one that is there"
    case .endlessInterpreters: "name a program in the script's first line"
    case .relativeInterpreter: "name it by a path that begins with a slash"
    case .foreignLoader(_, let loader): loader.remedy
    case .wrongInterpreter, .otherLibc:
      "build it for this system, or look at it in its own (--root)"
    default:
      switch rule {
      case .wrongClass, .wrongMachine:
        "install it for this machine too, or name its place (--library-path, RUNPATH)"
      case .unusableLibrary: "replace the file that stands in the way"
      default: "install it, or name its place (--library-path, RUNPATH)"
      }
    }
  }

  private var floorRemedy: String {
    switch self {
    case .newerProcessor: "build it for less (-march=x86-64), or name the processor (--cpu)"
    case .processorFloor: "build it with -march=x86-64, or raise --max-cpu"
    case .releaseFloor(let floor, _) where floor.package == .gcc:
      "build it with the older GCC or -static-libstdc++ -static-libgcc, or raise --max-gcc"
    case .releaseFloor: "build it on a system with the older glibc, or raise --max-glibc"
    default: "ship it with the glibc that it was built with"
    }
  }

  private var hardeningRemedy: String {
    switch self {
    case .executableStack: HardeningProperty.nx.remedy
    case .textRelocations: HardeningProperty.textRelocations.remedy
    case .unsafeSearchPath: HardeningProperty.searchPath.remedy
    case .lacks(let property, _): property.remedy
    default: HardeningProperty.setUserID.remedy
    }
  }
}

extension HardeningProperty {
  fileprivate var remedy: String {
    switch self {
    case .pie: "compile with -fPIE and link with -pie"
    case .relro: "link with -Wl,-z,relro"
    case .bindNow: "link with -Wl,-z,now"
    case .nx: "link with -Wl,-z,noexecstack; assembly needs a .note.GNU-stack section"
    case .canary: "compile with -fstack-protector-strong"
    case .fortify: "compile with -O2 -D_FORTIFY_SOURCE=2"
    case .ibt, .shadowStack: "compile everything in it with -fcf-protection"
    case .bti, .pac: "compile everything in it with -mbranch-protection=standard"
    case .searchPath: "set a path that begins with $ORIGIN or / (patchelf --set-rpath)"
    case .textRelocations: "compile with -fPIC; -Wl,-z,text finds what isn't"
    case .setUserID: "take the right away if the program can do without"
    }
  }
}
