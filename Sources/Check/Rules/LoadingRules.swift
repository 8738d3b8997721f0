internal import ELF
internal import FileTree
internal import Loader

/// What keeps a program from starting.
extension ClosureFacts {
  /// - Parameter variants: the closure for a newer processor, which may find what this one doesn't.
  func missingLibraries(insteadOf variants: ClosureGraph?) -> [Finding] {
    graph.missing.map { request in
      guard request.kind != .interpreter else {
        return finding(interpreterFault(request), at: request.requester)
      }
      if let variant = variants?.variant(answering: request, of: graph) {
        return finding(
          .missingBaseline(
            name: request.name, variant: variant.path, level: variant.level,
            tried: request.attempts), at: request.requester)
      }
      return finding(
        .missingLibrary(name: request.name, kind: request.kind, tried: request.attempts),
        at: request.requester)
    }
  }

  private func interpreterFault(_ request: LibraryRequest) -> Problem {
    guard let outcome = request.attempts.last?.outcome else {
      return .missingInterpreter(path: request.name, outcome: nil)
    }
    switch outcome {
    case .wrongMachine, .wrongClass:
      return .wrongInterpreter(path: request.name, outcome: outcome)
    default: return .missingInterpreter(path: request.name, outcome: outcome)
    }
  }

  func unmetVersions() -> [Finding] {
    graph.unmetVersions.map { unmet in
      finding(
        .missingVersion(
          version: unmet.version, library: graph.objects[unmet.provider].openedPath,
          isWeak: unmet.isWeak), at: unmet.requester, unmet.isFatal ? nil : .notes)
    }
  }

  /// glibc takes a library without any versions, with a warning.
  ///
  /// Source: glibc `elf/dl-version.c` (`match_symbol`).
  func unversionedLibraries() -> [Finding] {
    guard graph.libc == .glibc else { return [] }
    return ownPlaces.flatMap { place in
      (graph.objects[place].image.dynamic?.versions.needs ?? []).compactMap { need in
        guard let provider = provider(of: need.library, for: place),
          graph.objects[provider].image.dynamic?.versions.definitions == nil
        else { return nil }
        return finding(
          .unversionedLibrary(library: graph.objects[provider].openedPath), at: place)
      }
    }
  }

  func objectsBeyondProcessor() -> [Finding] {
    graph.objectsBeyondProcessor.map { place in
      finding(
        .newerProcessor(
          levels: graph.objects[place].image.neededISALevels, assumed: graph.level), at: place)
    }
  }

  func damagedObjects() -> [Finding] {
    unreadable.map { finding(.unreadableTables($0.error), at: $0.place) } + unknownVersions()
      + ownPlaces.compactMap { place in
        graph.objects[place].image.truncation.map { finding(.sectionTable($0), at: place) }
      }
  }

  /// musl knows no versions.
  private func unknownVersions() -> [Finding] {
    guard graph.libc == .glibc else { return [] }
    return ownPlaces.compactMap { place in
      objects[place]?.unknownVersion.map {
        finding(.unreadableTables(.unknownVersionIndex($0)), at: place)
      }
    }
  }
}

extension ClosureGraph {
  /// What answers another closure's request here, if it lies in a directory for newer processors.
  fileprivate func variant(
    answering request: LibraryRequest, of other: ClosureGraph
  ) -> (path: ByteString, level: ByteString)? {
    let requester = other.objects[request.requester].openedPath
    for own in requests
    where own.name == request.name && objects[own.requester].openedPath == requester {
      guard let attempt = own.attempts.last, let level = attempt.level, own.object != nil else {
        continue
      }
      return (attempt.path, level)
    }
    return nil
  }
}
