internal import ELF
internal import FileTree
internal import Rules

extension RuleEvaluation {
  /// What of the values that a rule names has to be there.
  enum Existence {
    /// Whatever leads to nothing doesn't count.
    case existing
    /// The same but for names of libraries, which are searched for.
    case unlessSearched
    /// Only what a pattern stands for does.
    case any
  }

  /// The values that a rule's way of finding leads to, each once.
  mutating func find(
    _ finding: Finding, _ entry: BoundEntry?, _ existence: Existence, in root: inout RootView
  ) -> [FoundValue] {
    let found = values(of: finding, entry, existence, in: &root)
    return filter(found, by: finding.filter, in: &root)
  }

  private mutating func values(
    of finding: Finding, _ entry: BoundEntry?, _ existence: Existence, in root: inout RootView
  ) -> [FoundValue] {
    let isText = finding.filter.kind == .text
    let existence = isText ? .any : existence
    switch finding.origin {
    case .path(let template):
      let values = values(of: template, entry, in: &root)
      return isText ? values : expand(values, existence, in: &root)
    case .constant(let globs):
      let texts = ConstantTexts(of: host, in: &root)
      let values = globs.flatMap { texts.matching(ByteString($0)) }.map { FoundValue(text: $0) }
      return isText
        ? values : expand(values.filter { $0.text.hasPrefix("/") }, existence, in: &root)
    case .text(let globs):
      let texts = ConstantTexts(of: host, in: &root)
      return globs.flatMap { texts.texts(matching: ByteString($0)) }.map { FoundValue(text: $0) }
    case .after(let markers):
      let texts = ConstantTexts(of: host, in: &root)
      return markers.flatMap { texts.following(ByteString($0)) }.map { FoundValue(text: $0) }
    case .above(let template, let has):
      return values(of: template, entry, in: &root).compactMap {
        above($0, has, entry, in: &root)
      }
    case .entry(let files, let grammar, let selection):
      return entries(of: files, grammar, selection, in: &root).map {
        FoundValue(text: $0.entry.value, evidence: $0.evidence)
      }
    case .all(let findings):
      return findings.flatMap { find($0, entry, existence, in: &root) }
    case .first(let findings):
      for alternative in findings {
        let found = find(alternative, entry, existence, in: &root)
        let passed = filter(found, by: finding.filter, in: &root)
        if !passed.isEmpty { return passed }
      }
      return []
    }
  }

  private mutating func expand(
    _ values: [FoundValue], _ existence: Existence, in root: inout RootView
  ) -> [FoundValue] {
    values.flatMap { value -> [FoundValue] in
      let value = Self.plain(value, in: &root)
      if value.text.hasPrefix("/"), PathPattern.isPattern(value.text) {
        return PathPattern.paths(matching: value.text, in: &root).map {
          FoundValue(text: $0, evidence: value.evidence)
        }
      }
      switch existence {
      case .any: return [value]
      case .unlessSearched where !value.text.contains(UInt8(ascii: "/")): return [value]
      default: return root.resolve(value.text) == nil ? [] : [value]
      }
    }
  }

  /// The shorter text of a path that goes up again, if both lead to the same file.
  private static func plain(_ value: FoundValue, in root: inout RootView) -> FoundValue {
    guard value.text.hasPrefix("/"), ConfigurationText.contains("/..", in: value.text) else {
      return value
    }
    let plain = RootPath(normalising: value.text).text
    guard let file = root.resolve(value.text), file.real == root.resolve(plain)?.real else {
      return value
    }
    return FoundValue(text: plain, evidence: value.evidence)
  }

  /// No runtime lies deeper. In directories.
  private static let depthLimit = 32

  private mutating func above(
    _ start: FoundValue, _ landmarks: [String], _ entry: BoundEntry?, in root: inout RootView
  ) -> FoundValue? {
    var directory = RootPath(normalising: start.text).parent
    for _ in 0..<Self.depthLimit {
      let value = FoundValue(text: directory.text, evidence: start.evidence)
      if has(value, landmarks, entry, in: &root) { return value }
      if directory.isRoot { return nil }
      directory = directory.parent
    }
    return nil
  }

  private mutating func has(
    _ value: FoundValue, _ templates: [String], _ entry: BoundEntry?, in root: inout RootView
  ) -> Bool {
    for template in templates {
      for landmark in values(of: template, entry, in: &root) {
        let path = ConfigurationText.path(landmark.text, in: value.text)
        if !expand([FoundValue(text: path)], .existing, in: &root).isEmpty { return true }
      }
    }
    return false
  }

  // MARK: Filters

  private mutating func filter(
    _ values: [FoundValue], by filter: Finding.Filter, in root: inout RootView
  ) -> [FoundValue] {
    guard !values.isEmpty else { return [] }
    let (same, others) = (
      targets(of: filter.same, in: &root), targets(of: filter.differs, in: &root)
    )
    var seen: Set<ByteString> = []
    var result: [FoundValue] = []
    for value in values {
      guard isKind(filter.kind, value.text, in: &root),
        !filter.except.contains(where: { Self.matches(value.text, ByteString($0)) }),
        filter.has.isEmpty || has(value, filter.has, nil, in: &root),
        filter.same.isEmpty || Self.leads(value.text, to: same, in: &root),
        !Self.leads(value.text, to: others, in: &root),
        seen.insert(
          filter.hidesNames ? ConfigurationText.name(of: value.text) : value.text
        ).inserted
      else { continue }
      result.append(value)
    }
    guard let named = filter.named else { return result }
    return self.named(result, ByteString(named), by: filter.namedBy, in: &root)
  }

  private static func matches(_ path: ByteString, _ glob: ByteString) -> Bool {
    let isWhole = glob.contains(UInt8(ascii: "/"))
    return PathPattern.matches(isWhole ? path : ConfigurationText.name(of: path), glob)
  }

  private func isKind(
    _ kind: Finding.Kind?, _ path: ByteString, in root: inout RootView
  ) -> Bool {
    guard let kind, kind != .text else { return true }
    guard let file = root.resolve(path) else { return false }
    switch kind {
    case .text: return true
    case .directory: return file.status.kind == .directory
    case .file: return file.status.kind == .regular
    case .script: return format(of: file, root) == .script
    case .program: return format(of: file, root) == .elf
    }
  }

  private func format(of file: ResolvedPath, _ root: RootView) -> ProgramFormat? {
    guard file.status.kind == .regular else { return nil }
    return (try? root.tree.programFormat(of: file.real)) ?? nil
  }

  /// The files that templates lead to.
  private mutating func targets(
    of templates: [String], in root: inout RootView
  ) -> [ResolvedPath] {
    templates.flatMap { values(of: $0, nil, in: &root) }.compactMap { root.resolve($0.text) }
  }

  /// Whether a path leads to one of some files, by whatever name.
  private static func leads(
    _ path: ByteString, to targets: [ResolvedPath], in root: inout RootView
  ) -> Bool {
    guard !targets.isEmpty, let file = root.resolve(path) else { return false }
    return targets.contains {
      $0.real == file.real || $0.status.identity == file.status.identity
    }
  }

  /// Shorter names are texts of many programs. In bytes.
  private static let nameLength = 4

  /// Those whose file's name is a text of an object: of one with some signs, or of the rule's own.
  private mutating func named(
    _ values: [FoundValue], _ glob: ByteString, by signs: Signs?, in root: inout RootView
  ) -> [FoundValue] {
    let parts = glob.split { $0 == UInt8(ascii: "*") }
    guard parts.count == 2 else { return [] }
    var names: [ByteString: [FoundValue]] = [:]
    for value in values {
      let name = ConfigurationText.name(of: value.text)
      guard name.hasPrefix(parts[0]), name.hasSuffix(parts[1]),
        name.count > parts[0].count + parts[1].count
      else { continue }
      let core = ByteString(name.bytes.dropFirst(parts[0].count).dropLast(parts[1].count))
      names[core, default: []].append(value)
    }
    var result: [FoundValue] = []
    for object in signs == nil ? [host] : objects {
      guard let mark = signs.map({ self.mark(of: $0, in: object, &root) }) ?? self.mark else {
        continue
      }
      let texts = ObjectStrings(of: object, in: &root)
        .intersection(Set(names.keys.filter { $0.count >= Self.nameLength }))
      for (name, values) in names.sorted(by: { $0.key < $1.key })
      where texts.contains(name) || name == object.real.name {
        let evidence = Evidence(file: object.path, mark: mark)
        result += values.map { FoundValue(text: $0.text, evidence: $0.evidence ?? evidence) }
      }
    }
    var seen: Set<ByteString> = []
    return result.filter { seen.insert($0.text).inserted }
  }
}
