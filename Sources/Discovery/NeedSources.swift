/// Everything that knows of needs, in the order in which it is asked.
enum NeedSources {
  static func all() -> [any NeedSource] {
    [NotedLibraries(), TableNeeds(), StateDirectories(), GuessedLibraries()]
  }
}
