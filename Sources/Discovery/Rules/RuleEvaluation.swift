internal import ELF
internal import FileTree
internal import Rules

/// One rule asked about one object of a program.
struct RuleEvaluation {
  let rule: Rule
  let host: ObservedObject
  /// The sign by which the object was told.
  let mark: Evidence.Mark
  /// Of the program, the host among them.
  let objects: [ObservedObject]
  /// Scripts that the program is there to read; physical.
  let scripts: [RootPath]

  /// What was found for places so far.
  private var places: [String: [FoundValue]] = [:]
  /// Places whose values are being looked for.
  private var open: Set<String> = []
  var variables = ConfigurationVariables()
  /// Files that were read.
  var read: Set<ByteString> = []
  private(set) var needs: [RuntimeNeed] = []

  /// In values of one template: lists that are combined grow fast.
  private static let valueLimit = 1 << 12
  private static let needLimit = 1 << 13

  init(
    _ rule: Rule, of host: ObservedObject, mark: Evidence.Mark,
    among objects: [ObservedObject], reading scripts: [RootPath] = []
  ) {
    self.rule = rule
    self.host = host
    self.mark = mark
    self.objects = objects
    self.scripts = scripts
  }

  /// All that the rule says.
  mutating func run(in root: inout RootView) -> [RuntimeNeed] {
    for reading in rule.readings { read(reading, in: &root) }
    for taking in rule.takings { take(taking, nil, in: &root) }
    return needs
  }

  /// That the rule's own sign is the reason.
  var evidence: Evidence { Evidence(file: host.path, mark: mark) }

  var isFull: Bool { needs.count >= Self.needLimit }

  mutating func add(_ need: RuntimeNeed) {
    if !isFull { needs.append(need) }
  }

  // MARK: Values

  /// The values of a template, by all that its names stand for; one name is the same all over it.
  mutating func values(
    of text: String, _ entry: BoundEntry?, in root: inout RootView
  ) -> [FoundValue] {
    guard let template = try? Template(text) else { return [] }
    var bindings: [[String: FoundValue]] = [[:]]
    for name in Set(template.names).sorted() {
      let found = values(named: name, entry, in: &root)
      bindings = bindings.flatMap { binding in
        found.map { binding.merging([name: $0]) { $1 } }
      }
      guard bindings.count <= Self.valueLimit else { return [] }
    }
    return bindings.map { Self.fill(template, $0) }
  }

  private static func fill(
    _ template: Template, _ binding: [String: FoundValue]
  ) -> FoundValue {
    var result = FoundValue(text: "")
    for part in template.parts {
      switch part {
      case .text(let text):
        let isDoubled = text.hasPrefix("/") && result.text.hasSuffix("/")
        result.text = result.text + ByteString(isDoubled ? String(text.dropFirst()) : text)
      case .value(let name, let pieces):
        guard let value = binding[name] else { continue }
        let found = pieces.reduce(value) { $0.piece($1) }
        // What begins with a slash begins anew where a name could stand.
        let isAnew = found.text.hasPrefix("/") && result.text.hasSuffix("/")
        result.text = isAnew ? found.text : result.text + found.text
        result.evidence = result.evidence ?? value.evidence
      }
    }
    return result
  }

  private mutating func values(
    named name: String, _ entry: BoundEntry?, in root: inout RootView
  ) -> [FoundValue] {
    if let place = rule.places.first(where: { $0.name == name }) {
      return values(of: place, in: &root)
    }
    switch Template.Own(rawValue: name) {
    case .object: return [FoundValue(text: host.path)]
    case .real: return [FoundValue(text: host.real.text)]
    case .program:
      return objects.filter(\.isProgram).map { FoundValue(text: $0.real.text) }
    case nil:
      return entry.flatMap { entry in
        entry[name].map { [FoundValue(text: $0, evidence: entry.evidence)] }
      } ?? []
    }
  }

  private mutating func values(of place: Place, in root: inout RootView) -> [FoundValue] {
    if let known = places[place.name] { return known }
    // Files of rules have no circles; a value that isn't known yet is none.
    guard open.insert(place.name).inserted else { return [] }
    let found = find(place.finding, nil, .existing, in: &root)
    open.remove(place.name)
    places[place.name] = found
    return found
  }

  /// Lets a place stand for another value from now on.
  mutating func redefine(_ place: String, _ values: [FoundValue]) { places[place] = values }

  // MARK: Conditions

  /// Whether an object of the program shows one of some signs.
  mutating func holds(_ signs: Signs, in root: inout RootView) -> Bool {
    if signs.isEmpty { return true }
    for object in objects where mark(of: signs, in: object, &root) != nil { return true }
    return false
  }

  /// The first of some signs that an object shows.
  func mark(
    of signs: Signs, in object: ObservedObject, _ root: inout RootView
  ) -> Evidence.Mark? {
    guard let image = object.image, object.isProgram || !signs.ofPrograms else { return nil }
    if let name = object.libraryName,
      signs.sonames.contains(where: { name.hasPrefix(ByteString($0)) })
    {
      return .soname(name)
    }
    let imports = signs.imports.map { ByteString($0) }
    if let symbol = imports.first(where: { object.imports.contains($0) }) {
      return .symbol(symbol)
    }
    if image.isProgram, !signs.definitions.isEmpty {
      let defined = root.store.definitions(of: object.real)
      let names = signs.definitions.map { ByteString($0) }
      if let symbol = names.first(where: { defined.contains($0) }) { return .symbol(symbol) }
    }
    guard !signs.constants.isEmpty || !signs.texts.isEmpty else { return nil }
    let texts = ConstantTexts(of: object, in: &root)
    for glob in signs.constants {
      if let text = texts.matching(ByteString(glob)).first { return .string(text, offset: 0) }
    }
    for glob in signs.texts {
      if let text = texts.texts(matching: ByteString(glob)).first {
        return .string(text, offset: 0)
      }
    }
    return nil
  }
}
