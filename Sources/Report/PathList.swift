internal import FileTree
package import Loader

/// The paths of every file of some closures, each once, in the order of their first mention.
package struct PathList {
  private var seen: Set<ByteString> = []

  package init() {}

  /// The lines that a further subject adds.
  package mutating func lines(of closures: ProgramClosures) -> String {
    var text = ""
    for graph in closures.all {
      for index in graph.order {
        let path = graph.objects[index].openedPath
        if seen.insert(path).inserted { text += path.description + "\n" }
      }
    }
    return text
  }
}
