internal import Check
internal import Discovery
internal import ELF
internal import FileTree
internal import Loader

/// The evidence of a finding in JSON: an object whose keys depend on the rule.
struct EvidenceDocument: Encodable {
  enum Value {
    case text(String)
    case number(UInt64)
    case flag(Bool)
    case list([String])
    case attempts([Attempt])
  }

  struct Attempt: Encodable {
    let path: String
    let rule: String
    let outcome: String

    init(_ attempt: SearchAttempt) {
      path = attempt.path.description
      rule = attempt.rule.rawValue
      outcome = attempt.outcome.description
    }
  }

  private var entries: [(key: String, value: Value)] = []

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    for (name, value) in entries {
      let key = Key(stringValue: name)
      switch value {
      case .text(let text): try container.encode(text, forKey: key)
      case .number(let number): try container.encode(number, forKey: key)
      case .flag(let flag): try container.encode(flag, forKey: key)
      case .list(let list): try container.encode(list, forKey: key)
      case .attempts(let attempts): try container.encode(attempts, forKey: key)
      }
    }
  }

  private mutating func add(_ key: String, _ value: Value) { entries.append((key, value)) }

  private mutating func add(_ key: String, _ text: ByteString?) {
    if let text { add(key, .text(text.description)) }
  }

  private mutating func add(tried: [SearchAttempt]) {
    add("tried", .attempts(tried.map { Attempt($0) }))
  }
}

extension EvidenceDocument {
  init(_ problem: Problem) {
    addLoading(problem)
    addSymbols(problem)
    addHardening(problem)
    addSharing(problem)
  }

  private mutating func addLoading(_ problem: Problem) {
    switch problem {
    case .missingLibrary(let name, let kind, let tried):
      add("library", name)
      add("kind", .text(kind.rawValue))
      add(tried: tried)
    case .openedBefore(let soname, let others):
      add("soname", soname)
      add("libraries", .list(others.map(\.description)))
    case .missingBaseline(let name, let variant, let level, let tried):
      add("library", name)
      add("variant", variant)
      add("level", level)
      add(tried: tried)
    case .missingInterpreter(let path, let outcome):
      add("interpreter", path)
      if let outcome { add("outcome", .text(outcome.description)) }
    case .notInPath(let name, let directories):
      add("interpreter", name)
      add("directories", .list(directories.map(\.description)))
    case .relativeInterpreter(let path): add("interpreter", path)
    case .wrongInterpreter(let path, let outcome):
      add("interpreter", path)
      add("outcome", .text(outcome.description))
    case .entrypoint(let fault): add("cause", .text(fault.description))
    case .otherLibc(let named, let interpreter, let libc):
      add("library", named)
      add("interpreter", interpreter)
      add("libc", .text(libc.rawValue))
    case .foreignLoader(let path, let loader):
      add("interpreter", path)
      add("loader", .text(loader.rawValue))
    case .unreadableTables(let error), .truncatedFile(let error), .malformedFile(let error),
      .sectionTable(let error):
      add("cause", .text(error.description))
    default: break
    }
  }

  private mutating func addSymbols(_ problem: Problem) {
    switch problem {
    case .missingVersion(let version, let library, let isWeak):
      add("version", version)
      add("library", library)
      add("weak", .flag(isWeak))
    case .unversionedLibrary(let library), .privateVersion(let library):
      add("library", library)
    case .undefinedSymbol(let name, let version, let library, let missing):
      add("symbol", name)
      add("version", version)
      add("library", library)
      add("missing", missing)
    case .newerProcessor(let levels, let assumed):
      add("level", .text(renderISALevel(levels)))
      add("assumed", .text(assumed?.description ?? "baseline"))
    case .processorFloor(let levels, let maximum):
      add("level", .text(renderISALevel(levels)))
      add("maximum", .text(renderISALevel(1 << UInt32(maximum - 1))))
    case .releaseFloor(let floor, let maximum):
      add("package", .text(floor.package.rawValue))
      add("release", .text(floor.release.description))
      add("version", floor.version)
      add("library", floor.library)
      add("symbols", .list(floor.symbols.map(\.description)))
      add("maximum", .text(maximum.description))
    default: break
    }
  }

  private mutating func addHardening(_ problem: Problem) {
    switch problem {
    case .executableStack(let isMarked): add("marked", .flag(isMarked))
    case .unsafeSearchPath(let path, let element, let danger):
      add("path", .text(path.rawValue))
      add("element", element)
      if case .writable(let directory) = danger { add("directory", directory) }
    case .lacks(let property, let isUnknown):
      add("property", .text(property.rawValue))
      add("unknown", .flag(isUnknown))
    case .setUserID(let isSetGroupID, let hasCapabilities):
      add("setGroupID", .flag(isSetGroupID))
      add("capabilities", .flag(hasCapabilities))
    default: break
    }
  }

  private mutating func addSharing(_ problem: Problem) {
    switch problem {
    case .unusedLibrary(let name): add("library", name)
    case .shadowedLibrary(let name, let loaded, let loader, let own):
      add("library", name)
      add("loaded", loaded)
      add("loadedBy", loader)
      add("own", own)
    case .sameSoname(let soname, let other):
      add("soname", soname)
      add("other", other)
    case .duplicateFile(let other, let size, let digest):
      add("other", other)
      add("size", .number(size))
      add("sha256", digest)
    default: break
    }
  }
}
