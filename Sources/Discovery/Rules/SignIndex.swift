internal import ELF
internal import FileTree
internal import Rules

/// The signs of all rules, put so that one look at what is known of an object finds those it has.
struct SignIndex: Sendable {
  /// By their first bytes, as many as all of them have.
  private var sonames: [ByteString: [(prefix: ByteString, rule: Int)]] = [:]
  private var imported: [ByteString: [Int]] = [:]
  private var defined: [(symbol: ByteString, rule: Int)] = []
  private var constants: [(anchor: ByteString, glob: ByteString, rule: Int)] = []
  private var interpreters: [(prefix: ByteString, rule: Int)] = []

  /// In bytes: `lib` and what tells one library from another.
  private static let headSize = 4

  init(_ signs: [CompiledSign]) {
    for sign in signs { add(sign.kind, sign.text, sign.rule) }
  }

  mutating func add(_ signs: Signs, of rule: Int) {
    for text in signs.sonames { add(.soname, text, rule) }
    for text in signs.imports { add(.imported, text, rule) }
    for text in signs.definitions { add(.defined, text, rule) }
    for text in signs.constants { add(.constant, text, rule) }
    for text in signs.interpreters { add(.interpreter, text, rule) }
  }

  private mutating func add(_ kind: CompiledSign.Kind, _ text: String, _ rule: Int) {
    let bytes = ByteString(text)
    switch kind {
    case .soname: sonames[Self.head(of: bytes), default: []].append((bytes, rule))
    case .imported: imported[bytes, default: []].append(rule)
    case .defined: defined.append((bytes, rule))
    case .interpreter: interpreters.append((bytes, rule))
    case .constant:
      guard let anchor = ConstantSign.anchor(of: text) else { return }
      constants.append((ByteString(anchor), bytes, rule))
    }
  }

  private static func head(of name: ByteString) -> ByteString {
    ByteString(name.bytes.prefix(headSize))
  }

  var imports: some Sequence<ByteString> { imported.keys }

  var definitions: [ByteString] { defined.map(\.symbol) }

  /// What has to be looked for among the constants of every object.
  var anchors: [ByteString] { constants.map(\.anchor) }

  /// The rules that an object shows signs of, each with the first of them, in the rules' order.
  func rules(
    for object: ObservedObject, in root: inout RootView
  ) -> [(rule: Int, mark: Evidence.Mark)] {
    var found: [Int: Evidence.Mark] = [:]
    func note(_ rule: Int, _ mark: Evidence.Mark) {
      if found[rule] == nil { found[rule] = mark }
    }
    if let image = object.image {
      if let name = object.libraryName {
        for (prefix, rule) in sonames[Self.head(of: name)] ?? [] where name.hasPrefix(prefix) {
          note(rule, .soname(name))
        }
      }
      for symbol in object.imports.sorted() {
        for rule in imported[symbol] ?? [] { note(rule, .symbol(symbol)) }
      }
      if image.isProgram, !defined.isEmpty {
        let symbols = root.store.definitions(of: object.real)
        for (symbol, rule) in defined where symbols.contains(symbol) { note(rule, .symbol(symbol)) }
      }
      for (rule, mark) in constantMarks(of: object, in: &root) { note(rule, mark) }
    } else {
      let texts = ConstantTexts(of: object, in: &root)
      for (_, glob, rule) in constants {
        if let line = texts.line(matching: glob) { note(rule, .line(line)) }
      }
      guard !interpreters.isEmpty, let reader = Self.interpreter(of: object, in: &root) else {
        return Self.sorted(found)
      }
      for (prefix, rule) in interpreters where reader.hasPrefix(prefix) { note(rule, .line(1)) }
    }
    return Self.sorted(found)
  }

  private static func sorted(
    _ found: [Int: Evidence.Mark]
  ) -> [(rule: Int, mark: Evidence.Mark)] {
    found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private func constantMarks(
    of object: ObservedObject, in root: inout RootView
  ) -> [(rule: Int, mark: Evidence.Mark)] {
    let texts = root.constantFacts(of: object).texts
    var marks: [(rule: Int, mark: Evidence.Mark)] = []
    for (anchor, glob, rule) in constants {
      guard let hit = texts[anchor],
        let text = ConstantTexts(of: object, in: &root).matching(glob).first
      else { continue }
      marks.append((rule, .string(text, offset: hit.offset)))
    }
    return marks
  }

  /// The name of what reads a script.
  private static func interpreter(
    of object: ObservedObject, in root: inout RootView
  ) -> ByteString? {
    guard let chain = try? ScriptChain(of: object.path, in: &root) else { return nil }
    return chain.steps.last.map { ConfigurationText.name(of: $0.path) }
  }
}

extension ObservedObject {
  /// What a library is asked for by; nil for what is started, whose file anybody may give another name.
  var libraryName: ByteString? {
    guard let image else { return nil }
    return image.dynamic?.soname ?? (isProgram ? nil : real.name)
  }
}
