/// Everything that knows of needs, in the order in which it is asked.
enum NeedSources {
  /// What looks at one object at a time: its answers can be kept for other programs.
  static func ofObjects() -> [any NeedSource] {
    [
      NotedLibraries(), TableNeeds(), StateDirectories(), NamedUsers(), NamedFiles(),
      GuessedLibraries(),
    ]
  }

  /// What puts together what it sees in several objects of a program.
  static func ofPrograms() -> [any NeedSource] {
    [ShellCommands()] + PluginSources.all()
  }
}
