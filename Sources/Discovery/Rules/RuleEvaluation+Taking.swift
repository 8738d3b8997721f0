internal import ELF
internal import FileTree
internal import Rules

extension RuleEvaluation {
  /// Adds the needs of a taking, if its conditions hold.
  ///
  /// - Parameters:
  ///   - entry: of a file; nil for one that is about the object alone.
  ///   - along: whether the file goes with what it names.
  mutating func take(
    _ taking: Taking, _ entry: BoundEntry?, along: Bool = false, in root: inout RootView
  ) {
    guard holds(taking.condition, in: &root) else { return }
    for template in taking.unless {
      let paths = values(of: template, entry, in: &root)
      if paths.contains(where: { root.resolve($0.text) != nil }) { return }
    }
    var groups = WishGroups()
    let accounts = collect(taking, entry, &groups, in: &root)
    if let accounts { groups.add(accounts.wishes, accounts.evidence) }
    if groups.all.isEmpty, taking.isExpected {
      add(need(taking, Topic(taking.topic ?? rule.topic), [], entry?.evidence ?? evidence))
    }
    for (named, wishes) in groups.all {
      var wishes = wishes
      if along, let entry { wishes.append(.path(entry.file, at: nil)) }
      // A file that says where things are goes with them.
      if entry == nil, case .line = named?.mark, let file = named?.file {
        wishes.append(.path(file, at: nil))
      }
      add(
        need(
          taking, Topic(taking.topic ?? rule.topic), wishes,
          named ?? entry?.evidence ?? self.evidence))
    }
    takePresets(taking, entry, in: &root)
  }

  private func need(
    _ taking: Taking, _ topic: Topic, _ wishes: [Wish], _ evidence: Evidence
  ) -> RuntimeNeed {
    topic.registered(
      evidence, wishes, isEssential: !taking.isHint, purpose: taking.purpose)
  }

  /// The wishes that come with what named them; what belongs to one need stays together.
  private struct WishGroups {
    private(set) var all: [(evidence: Evidence?, wishes: [Wish])] = []

    mutating func add(_ wishes: [Wish], _ evidence: Evidence?) {
      guard !wishes.isEmpty else { return }
      if let index = all.firstIndex(where: { $0.evidence == evidence }) {
        all[index].wishes += wishes.filter { !all[index].wishes.contains($0) }
      } else {
        all.append((evidence, wishes))
      }
    }
  }

  /// Collects all but accounts, which belong together.
  private mutating func collect(
    _ taking: Taking, _ entry: BoundEntry?, _ groups: inout WishGroups, in root: inout RootView
  ) -> (wishes: [Wish], evidence: Evidence?)? {
    var users: [FoundValue] = []
    var groupNames: [FoundValue] = []
    for want in taking.wants {
      for finding in want.findings {
        switch want.kind {
        case .path, .tree:
          for value in find(finding, entry, .existing, in: &root) {
            groups.add(
              want.kind == .path
                ? [.path(value.text, at: nil)] : tree(value.text, taking, in: &root),
              value.evidence)
          }
        case .library:
          // What the root's configuration names is told where it isn't there.
          let existence: Existence = entry == nil ? .unlessSearched : .any
          for (names, evidence) in libraries(finding, entry, existence, in: &root) {
            groups.add([.library(names: names, caller: caller)], evidence)
          }
        case .directory:
          for value in find(finding, entry, .any, in: &root) {
            groups.add(directory(value.text, in: &root), value.evidence)
          }
        case .user: users += find(finding, entry, .any, in: &root)
        case .group: groupNames += find(finding, entry, .any, in: &root)
        case .preset: break
        }
      }
    }
    guard let evidence = (users + groupNames).first.map(\.evidence) else { return nil }
    let wishes = SystemAccounts.wishes(
      users: users.map(\.text), groups: groupNames.map(\.text), in: &root)
    return (wishes, evidence)
  }

  /// What opens libraries: a program by its path, so that no other of its name is meant.
  private var caller: ByteString {
    host.image?.isProgram == true ? host.path : host.name
  }

  /// The names that are tried for each library, in their order.
  private mutating func libraries(
    _ finding: Finding, _ entry: BoundEntry?, _ existence: Existence, in root: inout RootView
  ) -> [(names: [ByteString], evidence: Evidence?)] {
    guard case .first(let findings) = finding.origin, finding.filter == Finding.Filter() else {
      return find(finding, entry, existence, in: &root).map { ([$0.text], $0.evidence) }
    }
    let alternatives = findings.flatMap { find($0, entry, existence, in: &root) }
    return alternatives.isEmpty ? [] : [(alternatives.map(\.text), alternatives[0].evidence)]
  }

  private func tree(
    _ path: ByteString, _ taking: Taking, in root: inout RootView
  ) -> [Wish] {
    guard let place = root.resolve(path), place.status.kind == .directory else {
      return [.path(path, at: nil)]
    }
    let globs = taking.except.map { ByteString($0) }
    let asked = taking.isAsked ? AskedPackages(by: askers, reading: host.real, in: root) : nil
    let view = root
    return TreeSelection.wishes(for: path, in: &root) { names in
      let name = ByteString(Array(names.map(\.bytes).joined(separator: [UInt8(ascii: "/")])))
      if globs.contains(where: { PathPattern.matches(name, $0) }) { return true }
      guard let asked else { return false }
      return !asked.mayHave(names.reduce(place.real) { $0.appending($1) }, in: view)
    }
  }

  /// What runs by means of the host: scripts, or else the program that has it inside; nothing where the host
  /// is all that was asked for. Physical.
  private var askers: [RootPath] {
    let programs = objects.filter(\.isProgram)
    let started = programs.filter { $0.image == nil }.map(\.real)
    let all = Set(started + scripts)
    guard all.isEmpty else { return all.sorted() }
    return programs.filter { $0.real != host.real }.map(\.real)
  }

  private func directory(_ path: ByteString, in root: inout RootView) -> [Wish] {
    let directory = RootPath(normalising: path)
    guard path.hasPrefix("/"), !directory.isRoot else { return [] }
    let permissions = root.resolve(path).flatMap { file in
      file.status.kind == .directory ? file.status.permissions & 0o1777 : nil
    }
    return [.directory(directory, permissions: permissions ?? 0o755)]
  }

  private mutating func takePresets(
    _ taking: Taking, _ entry: BoundEntry?, in root: inout RootView
  ) {
    for want in taking.wants where want.kind == .preset {
      for finding in want.findings {
        for value in find(finding, entry, .any, in: &root) {
          let topic = Topic(value.text.description)
          let wishes = PresetWishes.wishes(topic, detail: nil, for: host, in: &root)
          guard !wishes.isEmpty else { continue }
          add(need(taking, topic, wishes, value.evidence ?? entry?.evidence ?? evidence))
        }
      }
    }
  }
}
