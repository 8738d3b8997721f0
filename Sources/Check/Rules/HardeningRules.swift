internal import ELF
internal import FileTree
internal import Loader

/// What makes an attack easier.
extension ClosureFacts {
  func hardeningFaults(_ policy: CheckPolicy) -> [Finding] {
    let told = HardeningProperty.allCases.compactMap { property in
      policy.severity(without: property).map { (property, $0) }
    }
    return ownPlaces.flatMap { place in
      told.flatMap { property, severity in
        faults(of: place, property).compactMap { problem in
          // That it can't be known matters to who demands it.
          if case .lacks(_, isUnknown: true) = problem, severity != .gate { return nil }
          if case .executableStack(isMarked: false) = problem, severity != .gate,
            !policy.tellsHardening
          {
            return nil
          }
          return finding(problem, at: place, severity)
        }
      }
    }
  }

  /// What speaks against an object's having a property.
  private func faults(of place: Int, _ property: HardeningProperty) -> [Problem] {
    guard let facts = objects[place] else { return [] }
    let marks = facts.tables.marks
    switch property {
    case .pie:
      return place == 0 && facts.image.header.type == .executable ? lack(property) : []
    case .relro: return marks.hasRelro ? [] : lack(property)
    case .bindNow: return marks.bindsNow || !marks.hasLazyBindings ? [] : lack(property)
    case .nx: return executableStack(facts)
    case .canary: return canary(of: place, facts)
    case .fortify: return fortification(of: place, facts)
    case .ibt, .shadowStack, .bti, .pac: return feature(property, of: facts)
    case .searchPath: return unsafeElements(of: place)
    case .textRelocations: return marks.hasTextRelocations ? [.textRelocations] : []
    case .setUserID: return place == 0 ? rights : []
    }
  }

  private func lack(_ property: HardeningProperty, isUnknown: Bool = false) -> [Problem] {
    [.lacks(property, isUnknown: isUnknown)]
  }

  /// Source of what counts without PT_GNU_STACK: glibc `sysdeps/*/stackinfo.h`
  /// (DEFAULT_STACK_PERMS).
  private func executableStack(_ facts: ObjectFacts) -> [Problem] {
    switch facts.tables.marks.stack {
    case .executable: return [.executableStack(isMarked: true)]
    case .notExecutable: return []
    case .unmarked:
      let machine = facts.image.header.machine
      return machine == .aarch64 || machine == .ppc64 ? [] : [.executableStack(isMarked: false)]
    }
  }

  // MARK: What the compiler puts in

  private func canary(of place: Int, _ facts: ObjectFacts) -> [Problem] {
    guard let calls = facts.compiledCalls else { return lack(.canary, isUnknown: true) }
    // The loader can't use what it is about to load.
    return calls.hasCanary || place == graph.interpreter ? [] : lack(.canary)
  }

  /// An object calls functions that have a checking twin in the C library, and none of the twins.
  private func fortification(of place: Int, _ facts: ObjectFacts) -> [Problem] {
    guard let calls = facts.compiledCalls else { return lack(.fortify, isUnknown: true) }
    guard !calls.checksBuffers, place != graph.interpreter, let libc = libcSymbols else {
      return []
    }
    let isFortifiable = calls.imports.contains { name in
      libc.defines("__" + name + "_chk")
    }
    return isFortifiable ? lack(.fortify) : []
  }

  /// Those of the object by which programs start.
  private var libcSymbols: DynamicSymbols? {
    ownPlaces.lazy.compactMap { objects[$0]?.tables.symbols }
      .first { $0.defines("__libc_start_main") }
  }

  private func feature(_ property: HardeningProperty, of facts: ObjectFacts) -> [Problem] {
    let (feature, machines): (ProtectionMarks.Features, [Machine]) =
      switch property {
      case .ibt: (.ibt, [.amd64, .x86])
      case .shadowStack: (.shadowStack, [.amd64, .x86])
      case .bti: (.bti, [.aarch64])
      default: (.pointerAuthentication, [.aarch64])
      }
    guard machines.contains(facts.image.header.machine),
      !facts.tables.marks.features.contains(feature)
    else { return [] }
    return lack(property)
  }

  // MARK: What others may change

  private func unsafeElements(of place: Int) -> [Problem] {
    guard let path = graph.searchPath(of: place) else { return [] }
    return path.elements.compactMap { element in
      let danger: SearchPathDanger?
      if element.text.isEmpty {
        danger = .empty
      } else if let expanded = element.expanded, !expanded.hasPrefix("/") {
        danger = .relative
      } else {
        danger = writable.first { $0.place == place && $0.element == element }
          .map { .writable($0.directory) }
      }
      return danger.map {
        .unsafeSearchPath(path: path.rule, element: element.text, danger: $0)
      }
    }
  }

  private var rights: [Problem] {
    guard graph.isSecure else { return [] }
    let permissions = graph.subject.file.status.permissions
    return [
      .setUserID(
        isSetGroupID: permissions & 0o2000 != 0 && permissions & 0o4000 == 0,
        hasCapabilities: permissions & 0o6000 == 0)
    ]
  }
}

extension DynamicSymbols {
  fileprivate func defines(_ name: ByteString) -> Bool {
    firstIndex(named: SymbolName(name)) { !self[$0].isUndefined } != nil
  }
}
