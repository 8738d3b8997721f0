internal import FileTree
internal import Loader

extension NeedsFinder {
  /// Lets the programs that have the caller open a need's libraries; where none has it, what the need was
  /// seen in.
  mutating func openLibraries(of need: Int) {
    var names: [ByteString?: [[ByteString]]] = [:]
    var callers: [ByteString?] = []
    for case .library(let alternatives, let caller) in search.needs[need].wishes {
      if names[caller] == nil { callers.append(caller) }
      names[caller, default: []].append(alternatives)
    }
    for caller in callers {
      for target in targets(of: caller, need) {
        open(names[caller] ?? [], by: caller, in: target, for: need)
      }
    }
  }

  private func targets(of caller: ByteString?, _ need: Int) -> [Int] {
    let seenIn = search.needs[need].subjects
    guard let caller else { return seenIn }
    let programs = search.subjects.indices.filter {
      search.subjects[$0].isStarted && search.subjects[$0].loads(caller)
    }
    return programs.isEmpty ? seenIn : programs
  }

  /// Opens libraries, of each the first alternative that is found; all at once, and again without those
  /// that aren't there.
  private mutating func open(
    _ libraries: [[ByteString]], by caller: ByteString?, in subject: Int, for need: Int
  ) {
    let known = search.subjects[subject]
    var pending: [[ByteString]] = []
    for alternatives in libraries {
      if let loaded = alternatives.lazy.compactMap({ known.object(named: $0) }).first {
        search.find(loaded.openedPath, for: need)
      } else {
        pending.append(alternatives)
      }
    }
    var accepted: [Opening] = []
    // Each round tries one more alternative of what wasn't found yet.
    for round in 0..<(pending.map(\.count).max() ?? 0) {
      let openings = pending.compactMap { names in
        round < names.count
          ? Opening(name: names[round], caller: caller, dependsOnCaller: true) : nil
      }
      guard let closures = closures(of: subject, opening: accepted + openings) else { return }
      let opened = openings.filter { closures.graph.opened($0.name) != nil }
      accepted += opened
      let names = Set(opened.map(\.name))
      pending.removeAll { !names.isDisjoint(with: $0) }
    }
    // What can't be done without is missing like a library that is linked.
    if case .noted(.required) = search.needs[need].grade, let name = pending.first?.first,
      !known.openings.contains(where: { $0.opening.name == name })
    {
      accepted.append(Opening(name: name, caller: caller, dependsOnCaller: true))
    }
    guard !accepted.isEmpty, let closures = closures(of: subject, opening: accepted) else { return }
    search.open(
      accepted.map { FoundOpening(opening: $0, need: need) }, closures, in: subject)
    for opening in accepted {
      guard let object = closures.graph.opened(opening.name) else { continue }
      search.find(object.openedPath, for: need)
    }
  }

  /// The closures of a subject that opens some libraries more; nil where they are too large, which is
  /// kept to be told.
  private mutating func closures(of subject: Int, opening more: [Opening]) -> ProgramClosures? {
    let owner = search.subjects[subject]
    let openings = owner.openings.map(\.opening) + more
    do {
      return owner.isStarted
        ? try loader.closures(of: owner.path, openings: openings)
        : try libraryLoader.closures(of: owner.path, openings: openings)
    } catch {
      search.unopenable.append(error)
      return nil
    }
  }
}
