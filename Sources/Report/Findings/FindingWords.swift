package import Check
internal import ELF
internal import FileTree
internal import Loader

/// A finding in words: what is wrong, and what helps.
package struct FindingWords {
  /// One sentence, without the object, which stands elsewhere.
  package let message: String
  /// What the user can do.
  package let remedy: String

  package init(_ problem: Problem) {
    message = Self.message(problem)
    remedy = Self.remedy(problem)
  }

  // MARK: What is wrong

  private static func message(_ problem: Problem) -> String {
    switch problem {
    case .missingLibrary(let name, let kind, let tried):
      missing(name, kind, problem.rule, tried)
    case .missingBaseline(let name, let variant, let level, _):
      "\(name) is there only for \(level) (\(variant))"
    case .missingInterpreter(let path, let outcome):
      "its interpreter \(path) can't be started: \(outcome?.description ?? "not found")"
    case .notInPath(let name, let directories):
      "env finds no '\(name)' in \(directories.map(\.description).joined(separator: ":"))"
    case .endlessInterpreters: "its chain of interpreters is longer than any kernel follows"
    case .relativeInterpreter(let path):
      "its interpreter '\(path)' is found from one working directory alone"
    case .wrongInterpreter(let path, let outcome): "its interpreter \(path) is unfit: \(outcome)"
    case .otherLibc(let named, let interpreter, let libc):
      "it is linked with \(named), but \(interpreter) is the loader of \(libc.rawValue)"
    case .missingVersion(let version, let library, let isWeak):
      "\(library) has no version \(version)" + (isWeak ? ", which it can do without" : "")
    case .unversionedLibrary(let library): "\(library) has none of the versions that are asked of it"
    case .undefinedSymbol(let name, let version, let library):
      symbol(name, version) + " is undefined"
        + (library.map { ": it is expected in \($0)" } ?? "")
    case .unreadableTables(let error), .truncatedFile(let error): error.description
    case .newerProcessor(let levels, let assumed):
      "it needs \(renderISALevel(levels)), this is for \(assumed?.description ?? "the baseline")"
    case .processorFloor(let levels, let maximum):
      "it needs \(renderISALevel(levels)), more than \(renderISALevel(1 << UInt32(maximum - 1)))"
    case .releaseFloor(let floor, let maximum):
      "it needs \(floor.package.rawValue) \(floor.release), more than \(maximum)"
    case .privateVersion(let library):
      "it uses GLIBC_PRIVATE of \(library), which is different in each build of glibc"
    default: weakness(problem)
    }
  }

  private static func weakness(_ problem: Problem) -> String {
    switch problem {
    case .executableStack(let isMarked):
      isMarked
        ? "it makes the stack executable (PT_GNU_STACK)"
        : "it doesn't say that the stack needn't be executable (PT_GNU_STACK)"
    case .textRelocations: "its code is written to when it is loaded (DT_TEXTREL)"
    case .unsafeSearchPath(let path, let element, let danger):
      "\(path.label) has \(describe(element, danger))"
    case .lacks(let property, let isUnknown):
      property.rule.lack + (isUnknown ? ": that can't be told without dynamic symbols" : "")
    case .setUserID(let isSetGroupID, let hasCapabilities):
      "it runs with " + (hasCapabilities ? "capabilities" : isSetGroupID ? "its group's rights" : "its owner's rights")
    case .unusedLibrary(let name): "it uses no symbol of \(name)"
    case .shadowedLibrary(let name, let loaded, let loader, let own):
      "for \(name) it gets \(loaded), which \(loader) loads first; by itself it gets \(own)"
    case .sameSoname(let soname, let other): "its soname \(soname) is that of \(other) too"
    case .duplicateFile(let other, let size, _):
      "it has the same \(renderSize(size)) of content as \(other)"
    default: ""
    }
  }

  private static func missing(
    _ name: ByteString, _ kind: LibraryRequest.Kind, _ rule: Rule, _ tried: [SearchAttempt]
  ) -> String {
    let by = kind == .needed ? "" : " (\(kind.label))"
    switch rule {
    case .wrongClass: return "\(name)\(by) is there only in another word size"
    case .wrongMachine: return "\(name)\(by) is there only for another machine"
    case .unusableLibrary: return "\(name)\(by) can't be loaded"
    default: return "\(name)\(by) is missing"
    }
  }

  /// `foo@VERSION`, as linkers and debuggers write it.
  static func symbol(_ name: ByteString, _ version: ByteString?) -> String {
    name.description + (version.map { "@\($0)" } ?? "")
  }

  private static func describe(_ element: ByteString, _ danger: SearchPathDanger) -> String {
    switch danger {
    case .empty: "an empty element, which is the working directory"
    case .relative: "'\(element)', which begins at the working directory"
    case .writable(let directory):
      "'\(element)'"
        + (element == directory
          ? ", where everybody may write" : ": everybody may write in \(directory)")
    }
  }

  // MARK: What helps

  private static func remedy(_ problem: Problem) -> String {
    switch problem {
    case .missingLibrary(let name, _, _): remedy(forMissing: name, problem.rule)
    case .missingBaseline(let name, _, _, _):
      "add \(name) for every processor beside it: some of them can't use this one"
    case .missingInterpreter, .notInPath:
      "install it, or name another one that is there (for ELF: patchelf --set-interpreter)"
    case .endlessInterpreters: "name a program in the script's first line"
    case .relativeInterpreter: "link with an absolute path (-Wl,--dynamic-linker=/...)"
    case .wrongInterpreter, .otherLibc:
      "build it for this system, or look at it in its own (--root)"
    case .missingVersion(_, let library, _):
      "bring a newer \(library), or build against this one"
    case .unversionedLibrary: "bring the library that it was linked with"
    case .undefinedSymbol(_, _, let library):
      library.map { "bring the \($0) that it was linked with" }
        ?? "link it with the library that defines it; if a program that opens it does, name both"
    case .unreadableTables, .truncatedFile: "copy or build the file again"
    case .newerProcessor: "build it for less (-march=x86-64), or name the processor (--cpu)"
    case .processorFloor: "build it with -march=x86-64, or raise --max-cpu"
    case .releaseFloor(let floor, _):
      floor.package == .glibc
        ? "build it on a system with the older glibc, or raise --max-glibc"
        : "build it with the older GCC or -static-libstdc++ -static-libgcc, or raise --max-gcc"
    case .privateVersion: "ship it with the glibc that it was built with"
    default: remedy(forWeakness: problem)
    }
  }

  private static func remedy(forMissing name: ByteString, _ rule: Rule) -> String {
    switch rule {
    case .wrongClass, .wrongMachine: "install it for this machine too, or name its place (--library-path)"
    case .unusableLibrary: "replace the file that stands in the way"
    default: "install it, or name its place (--library-path, RUNPATH)"
    }
  }

  private static func remedy(forWeakness problem: Problem) -> String {
    switch problem {
    case .executableStack: "link with -Wl,-z,noexecstack; assembly needs a .note.GNU-stack section"
    case .textRelocations: "compile with -fPIC, and link with -Wl,-z,text to find what isn't"
    case .unsafeSearchPath: "set a path that begins with $ORIGIN or / (patchelf --set-rpath)"
    case .lacks(let property, _): property.remedy
    case .setUserID: "take the right away, or keep the program small and hardened"
    case .unusedLibrary: "link with -Wl,--as-needed, or leave the library out"
    case .shadowedLibrary: "bring one file that does for both"
    case .sameSoname, .duplicateFile: "keep one, and make the other a link to it"
    default: ""
    }
  }
}

extension Rule {
  /// What an object lacks.
  fileprivate var lack: String {
    switch self {
    case .fixedAddress: "it is always at the same address (not PIE)"
    case .noRelro: "what was relocated stays writable (no RELRO)"
    case .lazyBinding: "symbols are bound at their first use (not BIND_NOW)"
    case .noCanary: "no function checks for an overflow of the stack (no canary)"
    case .notFortified: "no call checks the size of its buffer (no FORTIFY)"
    case .noIndirectBranchTracking: "it isn't marked for indirect branch tracking (IBT)"
    case .noShadowStack: "it isn't marked for a shadow stack (SHSTK)"
    case .noBranchTargets: "it isn't marked for branch target identification (BTI)"
    case .noPointerAuthentication: "it isn't marked for pointer authentication (PAC)"
    default: summary
    }
  }
}

extension HardeningProperty {
  fileprivate var remedy: String {
    switch self {
    case .pie: "compile with -fPIE and link with -pie"
    case .relro: "link with -Wl,-z,relro"
    case .bindNow: "link with -Wl,-z,now"
    case .canary: "compile with -fstack-protector-strong"
    case .fortify: "compile with -O2 -D_FORTIFY_SOURCE=2"
    case .ibt, .shadowStack: "compile everything in it with -fcf-protection"
    case .bti, .pac: "compile everything in it with -mbranch-protection=standard"
    case .nx, .searchPath, .textRelocations, .setUserID: ""
    }
  }
}
