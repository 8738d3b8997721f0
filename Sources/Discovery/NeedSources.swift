internal import FileTree

/// Everything that knows of needs, in the order in which it is asked.
enum NeedSources {
  /// What looks at one object at a time: its answers can be kept for other programs.
  static func ofObjects() -> [any NeedSource] {
    [
      NotedLibraries(), TableNeeds(), StateDirectories(), NamedUsers(), NamedFiles(),
      GuessedLibraries(),
    ] + PluginSources.ofObjects()
  }

  /// What all of them look for among imported symbols.
  static let symbols = (ofObjects() + ofPrograms()).reduce(into: Set<ByteString>()) {
    $0.formUnion($1.symbols)
  }

  /// What puts together what it sees in several objects of a program.
  static func ofPrograms() -> [any NeedSource] {
    [ShellCommands()] + PluginSources.ofPrograms()
  }
}
