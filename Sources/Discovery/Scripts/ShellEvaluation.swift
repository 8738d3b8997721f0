internal import FileTree

/// What the words of a shell script come to, as far as they are constant, in the order of its text.
///
/// Nothing is run. A variable that is set in a branch keeps what it may have had before, so a word
/// can have several values; which of them counts, the root decides. One of which nothing is known
/// has none.
struct ShellEvaluation {
  /// A program that is started, or a file that is read.
  struct Use: Hashable {
    let value: ByteString
    /// The file that names it, by its in-root path, and the line there; the first is 1.
    let file: ByteString
    let line: Int
  }

  /// Each value once, in the order of the text.
  struct Uses {
    private(set) var all: [Use] = []
    private var seen: Set<ByteString> = []

    fileprivate mutating func add(_ use: Use) {
      guard all.count < countLimit, use.value.count < PathResolver.textLimit,
        seen.insert(use.value).inserted
      else { return }
      all.append(use)
    }
  }

  /// A command with its arguments.
  struct Invocation: Hashable {
    /// The likeliest value of each; nil for one of which nothing is known.
    let words: [ByteString?]
    let file: ByteString
    let line: Int
  }

  /// A variable that is set to something known.
  struct Setting: Hashable {
    let name: ByteString
    let value: ByteString
    let file: ByteString
    let line: Int
  }

  /// In the order of the text.
  private(set) var invocations: [Invocation] = []
  private(set) var settings: [Setting] = []
  /// Programs by their names or paths.
  private(set) var commands = Uses()
  /// Files that are read as parts of the script.
  private(set) var sources = Uses()
  /// Other words that have a slash.
  private(set) var paths = Uses()

  private let place: ShellPlace
  private var functions: Set<ByteString> = []
  private var variables: [ByteString: [ByteString]] = [:]
  /// What was known at the end of the text: functions may be called there.
  private var later: [ByteString: [ByteString]] = [:]
  /// Where it is; unknown at the beginning.
  private var directories: [ByteString] = []
  private var file: ByteString = ""
  private var stepsLeft = 0
  /// Of files that are read as parts of the script. In bytes.
  private var bytesLeft = 0

  /// In values of one word.
  static let valueLimit = 8
  /// In commands, those of files that are read included.
  private static let stepLimit = 1 << 14
  /// In bytes.
  private static let byteLimit = 4 << 20
  /// In files that read each other.
  private static let depthLimit = 8
  /// In variables, and in words that are kept of each kind.
  private static let countLimit = 1 << 12

  /// - Parameter environment: variables that it is started with.
  init(
    _ script: ShellScript, at place: ShellPlace, environment: [ByteString: ByteString] = [:],
    in root: inout RootView
  ) {
    self.place = place
    // Twice, since what functions do is written before what they do it with.
    for _ in 0..<2 {
      (variables, directories, file) = (environment.mapValues { [$0] }, [], place.path)
      (commands, sources, paths) = (Uses(), Uses(), Uses())
      (invocations, settings) = ([], [])
      (stepsLeft, bytesLeft) = (Self.stepLimit, Self.byteLimit)
      run(script, depth: 0, in: &root)
      later = variables
    }
  }

  private mutating func run(_ script: ShellScript, depth: Int, in root: inout RootView) {
    functions.formUnion(script.functions)
    for statement in script.statements { _ = run(statement, depth: depth, in: &root) }
  }

  /// What a statement writes, where that is known.
  private mutating func run(
    _ statement: ShellStatement, depth: Int, in root: inout RootView
  ) -> [ByteString] {
    guard stepsLeft > 0 else { return [] }
    stepsLeft -= 1
    let isAlone = statement.words.isEmpty
    for word in statement.assignments {
      assign(word, statement, mayBe: !isAlone, depth, &root)
    }
    let words = statement.words.map { values(of: $0, depth, &root) }
    for word in statement.redirections {
      for value in values(of: word, depth, &root) { note(value, statement, in: \.paths) }
    }
    for index in statement.names {
      for value in words[index] where !functions.contains(value) {
        // An unquoted value may be a command with its arguments.
        let name = value.split(on: ShellText.isBlank).first { !$0.isEmpty }
        if let name { note(name, statement, in: \.commands) }
      }
    }
    for (index, word) in words.enumerated() where !statement.names.contains(index) {
      for value in word where value.contains(UInt8(ascii: "/")) {
        note(value, statement, in: \.paths)
      }
    }
    invoke(statement, words)
    return perform(statement, words, depth, &root)
  }

  private mutating func invoke(_ statement: ShellStatement, _ values: [[ByteString]]) {
    guard !values.isEmpty, invocations.count < Self.countLimit else { return }
    var words: [ByteString?] = []
    for (word, values) in zip(statement.words, values) {
      // What is nothing but a variable is as many words as that has, if it isn't quoted.
      if case .parameter = word.parts.first, word.parts.count == 1, let value = values.first {
        words += value.split(on: ShellText.isBlank).filter { !$0.isEmpty }
      } else {
        words.append(values.first)
      }
    }
    invocations.append(Invocation(words: words, file: file, line: statement.line))
  }

  private mutating func note(
    _ value: ByteString, _ statement: ShellStatement,
    in uses: WritableKeyPath<ShellEvaluation, Uses>
  ) {
    let isPath = value.contains(UInt8(ascii: "/"))
    let absolute = isPath ? place.absolute(value, from: directories) : nil
    self[keyPath: uses].add(Use(value: absolute ?? value, file: file, line: statement.line))
  }

  /// What the commands do that change what others mean, or write what is known.
  private mutating func perform(
    _ statement: ShellStatement, _ words: [[ByteString]], _ depth: Int, _ root: inout RootView
  ) -> [ByteString] {
    guard let first = statement.words.first, first.isLiteral else { return [] }
    let arguments = words.dropFirst().drop { $0.first?.hasPrefix("-") == true }
    switch first.text {
    case ".", "source":
      for value in arguments.first ?? [] { read(value, statement, depth, in: &root) }
    case "cd":
      let found = (arguments.first ?? []).compactMap { value in
        place.absolute(value, from: directories)
      }
      directories = Array(
        (statement.isConditional ? directories + found : found).prefix(Self.valueLimit))
    case "for" where words.count > 2:
      let name = words[1].first ?? ""
      set(name, words.dropFirst(3).flatMap { $0 }, isConditional: true)
    case _ where ShellWords.declaring.contains(first.text):
      for word in statement.words.dropFirst() where word.assignment != nil {
        assign(word, statement, mayBe: false, depth, &root)
      }
    default:
      return ShellOutput(place: place, directories: directories).of(first.text, Array(arguments))
    }
    return []
  }

  /// Reads another file as a part of the script.
  private mutating func read(
    _ value: ByteString, _ statement: ShellStatement, _ depth: Int, in root: inout RootView
  ) {
    guard depth < Self.depthLimit,
      let path = place.sources(of: value, from: directories).first(where: {
        place.file(of: $0, in: &root) != nil
      })
    else { return }
    note(path, statement, in: \.sources)
    // What not everybody may read is no part of what anybody gets: its text says nothing here.
    guard let status = place.file(of: path, in: &root), status.permissions & 0o004 != 0,
      let bytes = root.text(at: place.source(of: path)), bytes.count <= bytesLeft
    else { return }
    bytesLeft -= bytes.count
    let outer = file
    file = place.source(of: path)
    defer { file = outer }
    run(ShellScript(bytes), depth: depth + 1, in: &root)
  }

  // MARK: Variables

  private mutating func assign(
    _ word: ShellWord, _ statement: ShellStatement, mayBe: Bool, _ depth: Int,
    _ root: inout RootView
  ) {
    guard let (name, value) = word.assignment else { return }
    let values = values(of: value, depth, &root)
    for value in values where value.contains(UInt8(ascii: "/")) {
      note(value, statement, in: \.paths)
    }
    if let value = values.last, settings.count < Self.countLimit {
      settings.append(Setting(name: name, value: value, file: file, line: statement.line))
    }
    set(name, values, isConditional: mayBe || statement.isConditional)
  }

  private mutating func set(_ name: ByteString, _ values: [ByteString], isConditional: Bool) {
    guard variables.count < Self.countLimit || variables[name] != nil else { return }
    let old = isConditional ? variables[name] ?? [] : []
    variables[name] = Self.unique(old + values)
  }

  private static func unique(_ values: [ByteString]) -> [ByteString] {
    var seen: Set<ByteString> = []
    return Array(values.filter { seen.insert($0).inserted }.prefix(valueLimit))
  }

  // MARK: Words

  /// All that a word may come to; none where that isn't known.
  private mutating func values(
    of word: ShellWord, _ depth: Int, _ root: inout RootView
  ) -> [ByteString] {
    var values: [ByteString] = [""]
    for part in word.parts {
      let ends = self.values(of: part, depth, &root)
      // Every part is looked at, since commands stand in them.
      values = values.flatMap { start in ends.map { start + $0 } }
      values = values.filter { $0.count < PathResolver.textLimit }
      if values.count > Self.valueLimit { values.removeSubrange(Self.valueLimit...) }
    }
    return values
  }

  private mutating func values(
    of part: ShellWord.Part, _ depth: Int, _ root: inout RootView
  ) -> [ByteString] {
    switch part {
    case .text(let text): return [text]
    case .unknown: return []
    case .output(let statements):
      let kept = (variables, directories)
      var output: [ByteString] = []
      for statement in statements { output = run(statement, depth: depth, in: &root) }
      (variables, directories) = kept
      return output
    case .parameter(let name, let operation):
      let known = parameter(name)
      switch operation {
      case .none: return known
      case .instead(let word, let assigns):
        let others = values(of: word, depth, &root)
        let values = known.filter { !$0.isEmpty }
        if assigns, values.isEmpty { set(name, others, isConditional: false) }
        return values.isEmpty ? others : values
      case .without(let word, let atEnd, let isLongest):
        guard let pattern = values(of: word, depth, &root).first else { return [] }
        return known.compactMap {
          ShellPattern.trim($0, pattern, atEnd: atEnd, isLongest: isLongest)
        }
      }
    }
  }

  private func parameter(_ name: ByteString) -> [ByteString] {
    switch name {
    case "0": [place.script]
    case "BASH_SOURCE": [file == place.path ? place.script : file]
    case "PWD": directories
    default: variables[name] ?? later[name] ?? []
    }
  }
}
