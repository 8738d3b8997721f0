internal import Bundle
internal import Discovery
internal import ELF
internal import FileTree
internal import Loader
internal import Report

/// What keeps programs from starting, each thing once.
struct PackFindings {
  private(set) var lines: [String] = []
  /// What is odd and keeps nothing from starting.
  private(set) var warnings: [String] = []
  private var seen: Set<String> = []
  private var missing: Set<ByteString> = []
  private var versions = 0

  init(_ subjects: [PackSubject]) {
    // What a program has loaded already is there for a library that it opens later.
    let loaded = Set(
      subjects.filter(\.isStarted).flatMap(\.graph.objects).compactMap {
        $0.image.dynamic?.soname
      })
    let siblings = Self.siblings(in: subjects)
    var openedBefore: [RootPath: (soname: ByteString, others: Set<RootPath>)] = [:]
    for subject in subjects where !subject.isForNeed {
      for request in subject.graph.missing
      where subject.isStarted || !loaded.contains(request.name) {
        if !subject.isStarted,
          let provider = siblings.provider(of: request, in: subject.graph, at: subject.place)
        {
          openedBefore[provider, default: (request.name, [])].others.insert(subject.place)
          continue
        }
        addMissing(request, of: subject.graph)
      }
      for unmet in subject.graph.unmetVersions where unmet.isFatal {
        addVersion(unmet, of: subject.graph)
      }
    }
    warnings = openedBefore.sorted { $0.key < $1.key }.map { provider, needed in
      "warning: \(provider): has to be opened by its program before "
        + count(needed.others.count, "library", "libraries")
        + " that need\(needed.others.count == 1 ? "s" : "") \(needed.soname) and won't find it"
    }
    warnings += subjects.filter(\.isStarted).compactMap { Self.foreignLoader(of: $0.graph) }
  }

  private static func foreignLoader(of graph: ClosureGraph) -> String? {
    guard let loader = graph.foreignLoader, let path = graph.subject.image.interpreter else {
      return nil
    }
    return "warning: \(graph.subject.openedPath): \(loader.promise(path)); \(loader.remedy)"
  }

  /// The libraries that ship, at their places in the bundle.
  private static func siblings(in subjects: [PackSubject]) -> SiblingLibraries {
    var siblings = SiblingLibraries()
    for subject in subjects { siblings.add(subject.graph.subject.image, at: subject.place) }
    siblings.isOneProgram = Set(subjects.filter(\.isStarted).map(\.place)).count == 1
    return siblings
  }

  private mutating func addMissing(_ request: LibraryRequest, of graph: ClosureGraph) {
    let requester = graph.objects[request.requester].openedPath
    let line =
      "missing: \(request.name), \(request.kind == .dlopen ? "opened" : "needed") by \(requester) "
      + "(\(count(request.attempts.count, "place")) tried; "
      + "'rootfs-pack inspect' shows them)"
    if add(line) { missing.insert(request.name) }
  }

  private mutating func addVersion(_ unmet: UnmetVersion, of graph: ClosureGraph) {
    let requester = graph.objects[unmet.requester].openedPath
    let provider = graph.objects[unmet.provider].openedPath
    if add("version: \(unmet.version) is not in \(provider), needed by \(requester)") {
      versions += 1
    }
  }

  private mutating func add(_ line: String) -> Bool {
    guard seen.insert(line).inserted else { return false }
    lines.append(line)
    return true
  }

  /// `2 libraries are missing`, and the like.
  var summary: String {
    let parts = [
      missing.isEmpty ? nil : count(missing.count, "library is", "libraries are") + " missing",
      versions > 0 ? count(versions, "version is", "versions are") + " missing" : nil,
    ]
    return parts.compactMap(\.self).joined(separator: " and ")
  }
}

extension PackSubject {
  /// Where it will lie, as far as that is known before the plan.
  fileprivate var place: RootPath { destination ?? graph.subject.file.real }
}
