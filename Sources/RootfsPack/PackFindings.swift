internal import Bundle
internal import Discovery
internal import ELF
internal import FileTree
internal import Loader
internal import Report

/// What keeps programs from starting, each thing once.
struct PackFindings {
  private(set) var lines: [String] = []
  private var seen: Set<String> = []
  private var missing: Set<ByteString> = []
  private var versions = 0

  init(_ subjects: [PackSubject]) {
    // What a program has loaded already is there for a library that it opens later.
    let loaded = Set(
      subjects.filter(\.isStarted).flatMap(\.graph.objects).compactMap {
        $0.image.dynamic?.soname
      })
    // So is what a tree holds itself: whoever loads one of its libraries has the others loaded before.
    let provided = subjects.filter { !$0.isStarted }.reduce(
      into: [InclusionReason: Set<ByteString>]()
    ) { names, subject in
      let object = subject.graph.subject
      names[subject.reason, default: []].insert(
        object.image.dynamic?.soname ?? object.file.real.name)
    }
    for subject in subjects where !subject.isForNeed {
      let present = subject.isStarted ? [] : loaded.union(provided[subject.reason] ?? [])
      for request in subject.graph.missing where !present.contains(request.name) {
        addMissing(request, of: subject.graph)
      }
      for unmet in subject.graph.unmetVersions where unmet.isFatal {
        addVersion(unmet, of: subject.graph)
      }
    }
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
