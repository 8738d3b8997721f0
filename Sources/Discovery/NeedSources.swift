internal import FileTree

/// Everything that knows of needs, in the order in which it is asked.
enum NeedSources {
  /// New ones, for one look at one program: what they keep is what they have seen of it.
  static func all() -> [any NeedSource] {
    [
      NotedLibraries(), TableNeeds.shared, StateDirectories(), NamedUsers(), NamedFiles(),
      GuessedLibraries(), ShellCommands(), ResourceBundles(), ProgramHomes(),
    ] + PluginSources.all()
  }

  /// What all of them look for among imported symbols.
  static let symbols = all().reduce(into: Set<ByteString>()) { $0.formUnion($1.symbols) }
}
