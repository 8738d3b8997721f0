/// What a command line says, as far as a configuration file has to give way to it.
///
/// It follows swift-argument-parser's rules: `--name value`, `--name=value`, `-n value`, several short
/// flags behind one dash, and nothing but arguments behind `--`. What it can't place is left to the
/// parser, which refuses it.
struct GivenOptions: Equatable {
  /// The words without those that the parser doesn't know, and what they cancel.
  private(set) var words: [String] = []
  /// Options that the file shall not say: given here, or left out by `--no-NAME`.
  private(set) var names: Set<String> = []
  /// Where options come from.
  private(set) var source = Source.workingDirectory
  private(set) var hasArguments = false
  private(set) var hasTerminator = false
  /// Whether the words ask the parser for help and the like, and for no run.
  private(set) var asksForDescription = false

  enum Source: Equatable {
    /// The file of the usual name, if there is one.
    case workingDirectory
    case file(String)
    case none
  }

  /// The options whose words are still there, each with its place in ``words``.
  private var places: [(name: String, range: Range<Int>)] = []

  /// - Parameter arguments: behind the command's name.
  init(_ arguments: [String], _ grammar: CommandGrammar) {
    var rest = arguments[...]
    while let word = rest.popFirst() {
      if hasTerminator || word == "-" || !word.hasPrefix("-") {
        words.append(word)
        hasArguments = true
      } else if word == "--" {
        words.append(word)
        hasTerminator = true
      } else if word.hasPrefix("--") {
        addLong(word, &rest, grammar)
      } else {
        addShort(word, &rest, grammar)
      }
    }
  }

  private mutating func addLong(
    _ word: String, _ rest: inout ArraySlice<String>, _ grammar: CommandGrammar
  ) {
    // By scalars: a mark that combines with the sign would hide it.
    let scalars = word.unicodeScalars.dropFirst(2)
    let name = String(scalars.prefix { $0 != "=" })
    let value = scalars.firstIndex(of: "=").map { String(scalars[scalars.index(after: $0)...]) }
    if let option = grammar.option(named: name) {
      add(option, word, value, &rest)
      return
    }
    if name.hasPrefix("no-"), value == nil,
      grammar.valueKind(of: String(name.dropFirst(3))) != nil
    {
      leaveOut(String(name.dropFirst(3)))
      return
    }
    if CommandGrammar.commandLineOnly.contains(name) || word.hasPrefix("---") {
      asksForDescription = true
    }
    words.append(word)
  }

  private mutating func addShort(
    _ word: String, _ rest: inout ArraySlice<String>, _ grammar: CommandGrammar
  ) {
    let letters = word.dropFirst().prefix { $0 != "=" }
    let options = letters.compactMap { grammar.option(short: $0) }
    // Of letters behind one dash, only the last can take what follows, or what is behind a sign.
    let last = options.last
    for option in options.dropLast() { note(option.name, words.count..<words.count + 1) }
    guard let last else {
      words.append(word)
      return
    }
    let hasValue = letters.endIndex < word.endIndex
    add(last, word, hasValue ? String(word[letters.endIndex...].dropFirst()) : nil, &rest)
  }

  private mutating func add(
    _ option: CommandGrammar.Option, _ word: String, _ joined: String?,
    _ rest: inout ArraySlice<String>
  ) {
    let start = words.count
    words.append(word)
    var value = joined
    if option.kind != .flag, value == nil, let next = rest.first,
      next == "-" || !next.hasPrefix("-") || (option.takesAnyWord && next != "--")
    {
      rest.removeFirst()
      words.append(next)
      value = next
    }
    if option.takesRest {
      words += rest
      rest = []
    }
    note(option.name, start..<words.count)
    switch option.name {
    case "config": source = value.map { .file($0) } ?? source
    case "no-config": source = .none
    case "help", "version": asksForDescription = true
    default: break
    }
  }

  private mutating func note(_ name: String, _ range: Range<Int>) {
    names.insert(name)
    places.append((name, range))
  }

  /// `--no-NAME` counts for what stands before it too, as the last word of a flag does elsewhere.
  private mutating func leaveOut(_ name: String) {
    names.insert(name)
    for place in places.reversed() where place.name == name {
      // Letters behind one dash may be several options.
      guard places.count(where: { $0.range == place.range }) == 1 else { continue }
      words.removeSubrange(place.range)
      places.removeAll { $0.range == place.range }
      for index in places.indices where places[index].range.lowerBound >= place.range.upperBound {
        let range = places[index].range
        places[index].range =
          range.lowerBound - place.range.count..<range.upperBound - place.range.count
      }
    }
  }

  static func == (left: GivenOptions, right: GivenOptions) -> Bool {
    left.words == right.words && left.names == right.names && left.source == right.source
      && left.hasArguments == right.hasArguments && left.hasTerminator == right.hasTerminator
      && left.asksForDescription == right.asksForDescription
  }
}
