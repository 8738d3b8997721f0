internal import Discovery
internal import FileTree
internal import Loader

/// What the program that a bundle is started by asks for, itself and through all that it brings.
///
/// A tree of a language or a runtime has programs that nobody starts: what those alone would ask for is not
/// what the bundle fails without.
struct ReachedNeeds {
  private struct Asking: Hashable {
    let program: RootPath
    let topic: Topic
  }

  private var started: Set<RootPath> = []
  private var askings: Set<Asking> = []

  /// - Parameter scope: the bundle, with a finder that goes on through what is found.
  /// - Returns: nil where the program can't be looked at.
  init?(of start: ProgramStart, in scope: NeedsFinder.Scope) {
    var view = RootView(tree: scope.tree)
    guard let path = start.path(in: &view), let file = view.resolve(path) else { return nil }
    var finder = NeedsFinder(scope)
    var inputs = DiscoveryInputs()
    do { try finder.add(program: path, destination: nil, to: &inputs) } catch { return nil }
    let found = finder.discover(inputs)
    started = [file.real]
    started.formUnion(
      found.subjects.filter(\.isStarted).compactMap { view.resolve($0.path)?.real })
    for need in found.needs {
      for subject in need.subjects {
        guard let file = view.resolve(found.subjects[subject].path) else { continue }
        askings.insert(Asking(program: file.real, topic: need.topic))
      }
    }
  }

  func contain(_ topic: Topic, of program: RootPath) -> Bool {
    started.contains(program) || askings.contains(Asking(program: program, topic: topic))
  }
}
