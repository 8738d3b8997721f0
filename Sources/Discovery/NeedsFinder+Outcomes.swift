internal import FileTree
internal import Loader

extension NeedsFinder {
  /// What came of each need.
  mutating func settle() -> Discovered {
    var hints: [Int] = []
    for (number, need) in search.needs.enumerated() {
      if need.outcome == .packed {
        if need.found.isEmpty { search.settle(isGiven(need) ? .given : .absent, of: number) }
      } else if isGiven(need) {
        search.settle(.given, of: number)
      } else if let path = loadedPath(of: need) {
        search.settle(.present, of: number)
        search.find(path, for: number)
      } else if case .hint = need.outcome {
        hints.append(number)
      }
    }
    probe(hints)
    var found = Discovered()
    found.subjects = search.subjects
    found.inclusions = search.inclusions
    found.content = search.content
    found.needs = search.needs
    found.damagedNotes = search.damagedNotes
    found.unloadable = search.unloadable
    found.unopenable = search.unopenable
    found.brokenScripts = search.brokenScripts
    found.isCutShort = root.isCutShort
    found.unanswered = policy.wanted.sorted().filter { topic in
      !search.needs.contains {
        $0.topic == topic && ($0.outcome == .packed || $0.outcome == .present)
      }
    }
    return found
  }

  /// Whether the run time brings what a need asks for.
  private func isGiven(_ need: FoundNeed) -> Bool {
    !policy.given.isEmpty
      && need.wishes.contains { wish in
        switch wish {
        case .library(let names, _): !policy.given.isDisjoint(with: names)
        case .path(let source, let place):
          policy.given.contains(source) || place.map { policy.given.contains($0.text) } ?? false
        case .directory, .generated, .lines: false
        }
      }
  }

  /// The library that a need is about, if a closure has it whether or not anybody opens it.
  private func loadedPath(of need: FoundNeed) -> ByteString? {
    guard need.wishes.count == 1 else { return nil }
    for case .library(let names, _) in need.wishes {
      for name in names {
        for subject in search.subjects {
          if let object = subject.object(named: name) { return object.openedPath }
        }
      }
    }
    return nil
  }

  /// A hint that its flag would bring nothing is none: finds what each would bring.
  private mutating func probe(_ hints: [Int]) {
    var probes: [Int: [(need: Int, opening: Opening)]] = [:]
    for number in hints {
      for wish in search.needs[number].wishes {
        switch wish {
        case .path(let source, _):
          if root.resolve(source) != nil { search.find(source, for: number) }
        case .directory(let path, _, _), .generated(let path, _), .lines(let path, _):
          search.find(path.text, for: number)
        case .library(let names, let caller):
          if let path = names.first(where: { $0.hasPrefix("/") && root.isFile($0) }) {
            search.find(path, for: number)
          } else if let subject = search.needs[number].subjects.first {
            probes[subject, default: []] += names.filter { !$0.hasPrefix("/") }.map {
              (number, Opening(name: $0, caller: caller, dependsOnCaller: true))
            }
          }
        }
      }
    }
    for subject in probes.keys.sorted() { open(probes[subject] ?? [], in: subject) }
    for number in hints where search.needs[number].found.isEmpty {
      search.settle(.absent, of: number)
    }
  }

  /// Opens libraries only to see which of them are found.
  private mutating func open(_ probes: [(need: Int, opening: Opening)], in subject: Int) {
    let owner = search.subjects[subject]
    let all = owner.openings.map(\.opening) + probes.map(\.opening)
    guard let graph = try? loader.closure(of: owner.path, openings: all) else { return }
    for probe in probes {
      guard let object = graph.opened(probe.opening.name) else { continue }
      search.find(object.openedPath, for: probe.need)
    }
  }
}
