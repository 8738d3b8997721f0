internal import Discovery
internal import ELF
internal import FileTree
internal import Loader

/// What ``LoaderOptions`` say, as plain values: what counts where none is given.
struct LoaderSettings {
  var root = "/"
  var libraryPath: [String] = []
  var cpu: String?
  var env: [String] = []
  var load: [String] = []
  /// What the run time brings: names of libraries, and paths.
  var given: [String] = []
  /// By which needs are found; nil for those that are compiled in.
  var rules: RuleSet?
  /// Whether ``env`` also names variables of an image, which loaders take no notice of.
  var allowsImageVariables = false

  /// ``given`` as files name it.
  var givenNames: Set<ByteString> { Set(given.map { ByteString(argument: $0) }) }

  /// What isn't there for anybody, by globs.
  var excluded = ExcludedPaths(globs: [])

  /// The processor whose libraries are looked for.
  var processor: Processor {
    switch cpu {
    case nil, "native": .current()
    case "baseline": .baseline
    case .some(let level): Processor(level: ByteString(argument: level))
    }
  }

  var openings: [Opening] {
    load.map { word in
      let bytes = ByteString(argument: word)
      guard let colon = bytes.bytes.firstIndex(of: UInt8(ascii: ":")) else {
        return Opening(name: bytes)
      }
      // Nobody before the colon is the program: so a name with a colon can be told.
      return Opening(
        name: ByteString(bytes.bytes[(colon + 1)...]),
        caller: colon == 0 ? nil : ByteString(bytes.bytes[..<colon]))
    }
  }

  func variables(_ environment: ProcessEnvironment) throws(Diagnostic) -> LoaderVariables {
    var variables = LoaderVariables()
    for word in env {
      let name = try Self.name(of: word)
      let rest = word.unicodeScalars.dropFirst(name.unicodeScalars.count)
      let value =
        rest.isEmpty
        ? environment.loaderVariable(name) : ByteString(argument: String(rest.dropFirst()))
      switch name {
      case "LD_LIBRARY_PATH": variables.libraryPath = value
      case "LD_PRELOAD": variables.preload = value
      case "LD_AUDIT": variables.audit = value
      case _ where allowsImageVariables: break
      default:
        throw Diagnostic(
          "--env \(ByteString(argument: word)): not a variable that decides what is loaded",
          remedy: "LD_LIBRARY_PATH, LD_PRELOAD and LD_AUDIT are", status: .usage)
      }
    }
    return variables
  }

  /// The variables of an image, `NAME=VALUE`, the last word for each name; without LD_LIBRARY_PATH,
  /// which names places of this machine: in the image everything is found without it.
  func imageVariables(_ environment: ProcessEnvironment) throws(Diagnostic) -> [String] {
    try programVariables(environment).filter {
      !$0.unicodeScalars.starts(with: "LD_LIBRARY_PATH=".unicodeScalars)
    }
  }

  /// The variables of a program, `NAME=VALUE`, the last word for each name.
  func programVariables(_ environment: ProcessEnvironment) throws(Diagnostic) -> [String] {
    var variables: [(name: String, text: String)] = []
    for word in env {
      let name = try Self.name(of: word)
      var text = ByteString(argument: word)
      if name.unicodeScalars.count == word.unicodeScalars.count {
        guard let value = environment.loaderVariable(name) else {
          throw Diagnostic(
            "--env \(text): isn't set here", remedy: "give it a value: --env \(text)=VALUE",
            status: .usage)
        }
        text = text + "=" + value
      }
      guard let variable = String(validating: text.bytes, as: UTF8.self) else {
        throw Diagnostic(
          "--env \(text): isn't UTF-8",
          remedy: "an image's configuration holds nothing else", status: .usage)
      }
      variables.removeAll { $0.name == name }
      variables.append((name, variable))
    }
    return variables.map(\.text)
  }

  private static func name(of word: String) throws(Diagnostic) -> String {
    // By scalars: a mark that combines with the sign would hide it.
    let name = String(word.unicodeScalars.prefix { $0 != "=" })
    guard name.isEmpty else { return name }
    throw Diagnostic(
      "--env '\(ByteString(argument: word))': names no variable", remedy: "write NAME=VALUE",
      status: .usage)
  }
}
