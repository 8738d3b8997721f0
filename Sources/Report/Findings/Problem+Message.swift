package import Check
internal import Discovery
internal import ELF
internal import FileTree
internal import Loader

extension Problem {
  /// What is wrong: one clause, in which "it" is the object.
  package var message: String {
    switch self {
    case .missingLibrary, .openedBefore, .missingBaseline, .missingInterpreter, .notInPath,
      .endlessInterpreters,
      .relativeInterpreter, .wrongInterpreter, .entrypoint, .otherLibc, .foreignLoader:
      loadingMessage
    case .missingVersion, .unversionedLibrary, .undefinedSymbol, .unreadableTables,
      .truncatedFile, .malformedFile, .sectionTable:
      contentMessage
    case .newerProcessor, .processorFloor, .releaseFloor, .privateVersion: floorMessage
    case .executableStack, .textRelocations, .unsafeSearchPath, .lacks, .setUserID:
      hardeningMessage
    case .unusedLibrary, .shadowedLibrary, .sameSoname, .duplicateFile: sharingMessage
    }
  }

  private var loadingMessage: String {
    switch self {
    case .missingLibrary(let name, let kind, _):
      "\(name)\(kind == .needed ? "" : " (\(kind.label))") \(Self.absence(of: rule))"
    case .openedBefore(let soname, let others):
      "it has to be opened by its program before "
        + (others.count == 1
          ? "1 library that asks for \(soname) and doesn't find it: "
          : "\(others.count) libraries that ask for \(soname) and don't find it: ")
        + Self.list(others)
    case .missingBaseline(let name, let variant, let level, _):
      "\(name) is there only for \(level): \(variant)"
    case .missingInterpreter(let path, let outcome):
      "its interpreter \(path) can't be started: \(outcome?.description ?? "not found")"
    case .notInPath(let name, let directories):
      "env finds no '\(name)' in \(directories.map(\.description).joined(separator: ":"))"
    case .endlessInterpreters: "its chain of interpreters is longer than any kernel follows"
    case .relativeInterpreter(let path):
      "its interpreter '\(path)' is found from one working directory alone"
    case .wrongInterpreter(let path, let outcome): "its interpreter \(path) is unfit: \(outcome)"
    case .entrypoint(let fault): "it can't be started: \(fault)"
    case .otherLibc(let named, let interpreter, let libc):
      "it is linked with \(named), but \(interpreter) is the loader of \(libc.rawValue)"
    case .foreignLoader(let path, let loader): loader.promise(path)
    default: ""
    }
  }

  private static func list(_ paths: [ByteString]) -> String {
    let shown = paths.prefix(3).map(\.description).joined(separator: ", ")
    return paths.count > 3 ? "\(shown) and \(paths.count - 3) more" : shown
  }

  private static func absence(of rule: Rule) -> String {
    switch rule {
    case .wrongClass: "is there only in another word size"
    case .wrongMachine: "is there only for another machine"
    case .unusableLibrary: "can't be loaded"
    default: "is missing"
    }
  }

  private var contentMessage: String {
    switch self {
    case .missingVersion(let version, let library, let isWeak):
      "\(library) has no version \(version)" + (isWeak ? ", which it can do without" : "")
    case .unversionedLibrary(let library):
      "\(library) has none of the versions that are asked of it"
    case .undefinedSymbol(let name, let version, let library, let missing):
      Self.symbol(name, version) + " is undefined" + Self.expectation(library, missing)
    case .unreadableTables(let error), .truncatedFile(let error), .malformedFile(let error),
      .sectionTable(let error):
      error.description
    default: ""
    }
  }

  /// Where undefined symbols should come from.
  static func expectation(_ library: ByteString?, _ missing: ByteString?) -> String {
    if let library {
      return ", expected in \(library)" + (missing == nil ? "" : ", which is missing")
    }
    return missing.map { ", perhaps for want of \($0)" } ?? ""
  }

  /// `foo@VERSION`, as linkers and debuggers write it.
  static func symbol(_ name: ByteString, _ version: ByteString?) -> String {
    name.description + (version.map { "@\($0)" } ?? "")
  }

  private var floorMessage: String {
    switch self {
    case .newerProcessor(let levels, let assumed):
      "it needs \(renderISALevel(levels)), and this is for "
        + (assumed?.description ?? "the baseline")
    case .processorFloor(let levels, let maximum):
      "it needs \(renderISALevel(levels)), more than \(renderISALevel(1 << UInt32(maximum - 1)))"
    case .releaseFloor(let floor, let maximum):
      "it needs \(floor.package.rawValue) \(floor.release), more than \(maximum): "
        + "\(floor.version) of \(floor.library)"
    case .privateVersion(let library):
      "it uses GLIBC_PRIVATE of \(library), which is different in each build of glibc"
    default: ""
    }
  }

  private var hardeningMessage: String {
    switch self {
    case .executableStack(let isMarked):
      isMarked
        ? "it makes the stack executable (PT_GNU_STACK)"
        : "it doesn't say that the stack needn't be executable (PT_GNU_STACK)"
    case .textRelocations: "its code is written to when it is loaded (DT_TEXTREL)"
    case .unsafeSearchPath(let path, let element, let danger):
      "its \(path.label) has " + danger.describe(element)
    case .lacks(let property, let isUnknown):
      property.lack + (isUnknown ? ", as far as can be told without dynamic symbols" : "")
    case .setUserID(_, hasCapabilities: true): "it runs with capabilities"
    case .setUserID(let isSetGroupID, _):
      "it runs with the rights of its \(isSetGroupID ? "group" : "owner")"
    default: ""
    }
  }

  private var sharingMessage: String {
    switch self {
    case .unusedLibrary(let name): "it uses no symbol of \(name)"
    case .shadowedLibrary(let name, let loaded, let loader, let own):
      "for \(name) it gets \(loaded), since \(loader) loads that first; by itself it gets \(own)"
    case .sameSoname(let soname, let other): "its soname \(soname) is that of \(other) too"
    case .duplicateFile(let other, let size, _):
      "it has the same content as \(other) (\(renderSize(size)))"
    default: ""
    }
  }
}

extension SearchPathDanger {
  fileprivate func describe(_ element: ByteString) -> String {
    switch self {
    case .empty: "an empty element, which is the working directory"
    case .relative: "'\(element)', which begins at the working directory"
    case .writable(let directory):
      "'\(element)': everybody may write " + (element == directory ? "there" : "to \(directory)")
    }
  }
}

extension HardeningProperty {
  fileprivate var lack: String {
    switch self {
    case .pie: "it is always at the same address (no PIE)"
    case .relro: "what was relocated stays writable (no RELRO)"
    case .bindNow: "symbols are bound at their first use (no BIND_NOW)"
    case .canary: "no function checks for an overflow of the stack (no canary)"
    case .fortify: "no call checks the size of its buffer (no FORTIFY)"
    case .ibt: "it isn't marked for indirect branch tracking (no IBT)"
    case .shadowStack: "it isn't marked for a shadow stack (no SHSTK)"
    case .bti: "it isn't marked for branch target identification (no BTI)"
    case .pac: "it isn't marked for pointer authentication (no PAC)"
    // They have evidence of their own.
    case .nx, .searchPath, .textRelocations, .setUserID: rule.summary
    }
  }
}
