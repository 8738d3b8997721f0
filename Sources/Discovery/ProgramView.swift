internal import ELF
internal import FileTree
internal import Loader

/// One program as sources of needs look at it: every object that its closures hold, and the files that it
/// may read as programs of its own.
///
/// All that an answer depends on stands here or in the root, so the same view always has the same needs.
struct ProgramView: Sendable {
  /// In the order of loading; the program is the first. What isn't ELF comes last, by its path.
  private(set) var objects: [ObservedObject] = []
  /// All scripts that the program is there to read, sorted; physical.
  private let scripts: [RootPath]

  /// - Parameter files: scripts and managed assemblies.
  init(
    of subject: NeededSubject, files: [ObservedFile], scripts: [RootPath] = [],
    store: RootFacts
  ) {
    self.scripts = scripts
    var seen: Set<RootPath> = []
    for graph in subject.closures.all {
      for (index, object) in graph.objects.enumerated() where !object.isUnloaded {
        guard seen.insert(object.file.real).inserted else { continue }
        let place = index == 0 ? subject.destination : nil
        objects.append(
          ObservedObject(
            path: object.openedPath, real: object.file.real,
            place: place ?? RootPath(normalising: object.openedPath), image: object.image,
            isProgram: index == 0 && subject.isStarted,
            imports: object.image.dynamic == nil ? [] : store.imports(of: object.file.real),
            libc: graph.libc, systemDirectories: graph.systemDirectories))
      }
    }
    let directories = subject.closures.graph.systemDirectories
    for file in files where seen.insert(file.real).inserted {
      objects.append(
        ObservedObject(
          path: file.path, real: file.real, place: file.place, image: nil,
          isProgram: file.isProgram, imports: [], libc: nil, systemDirectories: directories))
    }
  }

  /// All needs, each with where it was seen; the same need may stand there twice.
  func needs(in root: inout RootView) -> [RuntimeNeed] {
    var sources = NeedSources.all()
    var needs: [RuntimeNeed] = []
    for object in objects {
      for index in sources.indices { needs += sources[index].needs(of: object, in: &root) }
    }
    return needs
      + RuleNeeds.needs(
        of: objects, reading: scripts, by: root.store.rules, in: &root)
  }
}

/// A file that no loader loads, but that a program reads as one: a script, or a managed assembly.
struct ObservedFile: Hashable, Sendable {
  /// In-root, as it was named.
  let path: ByteString
  /// Physical.
  let real: RootPath
  /// In the bundle.
  let place: RootPath
  /// Whether the user asked for it, as a program to start.
  let isProgram: Bool
}
