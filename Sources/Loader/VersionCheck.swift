internal import ELF
package import FileTree

/// Holds the versions that objects ask for against those that the loaded libraries define.
///
/// A search doesn't go on because of a version: the first usable file is taken, and the program fails
/// afterwards. Source: glibc `elf/dl-version.c` (`_dl_check_map_versions`).
enum VersionCheck {
  /// - Parameter objects: the places of those that ask.
  static func unmet(
    by objects: some Sequence<Int>, in walk: ClosureWalk, _ files: inout LoaderFiles
  ) throws(LoaderError) -> [UnmetVersion] {
    let answers = Answers(walk)
    var unmet: [UnmetVersion] = []
    for index in objects {
      let object = walk.objects[index]
      for (place, need) in (object.image.dynamic?.versions.needs ?? []).enumerated() {
        guard
          let provider =
            answers.object(named: need.library, for: index, in: walk) ?? walk.object(
              named: need.library)
            ?? interpreter(named: need.library, in: walk)
        else {
          try checkMissing(need.library, of: index, in: walk)
          continue
        }
        for reference in files.unmetVersions(
          of: need, at: place, by: object, in: walk.objects[provider])
        {
          unmet.append(
            UnmetVersion(
              requester: index, provider: provider, version: reference.version.name,
              isWeak: reference.isWeak))
        }
      }
    }
    return unmet
  }

  /// A library that is missing is told as such. One that nobody asks for ends the program, though not
  /// what opens an object later.
  private static func checkMissing(
    _ library: ByteString, of requester: Int, in walk: ClosureWalk
  ) throws(LoaderError) {
    let isAskedFor = walk.requests.contains { request in
      request.expandedName == library && request.object == nil
    }
    let opened = walk.requests.lazy.filter { $0.kind == .dlopen }.compactMap(\.object).min()
    guard !isAskedFor, requester < opened ?? .max else { return }
    throw .unreadable(
      path: walk.objects[requester].openedPath, .versionsOfUnloadedLibrary(library))
  }

  /// What each object got for the names that it asked for.
  private struct Answers {
    /// By requester, the places of its requests that were answered.
    private var requests: [[Int]]
    /// The same by name, where looking at one after the other would take long.
    private var names: [[ByteString: Int]] = []

    private static let lineUpLimit = 64

    init(_ walk: ClosureWalk) {
      requests = [[Int]](repeating: [], count: walk.objects.count)
      for index in walk.requests.indices where walk.requests[index].object != nil {
        requests[walk.requests[index].requester].append(index)
      }
      guard requests.contains(where: { $0.count > Self.lineUpLimit }) else { return }
      names = requests.map { places in
        Dictionary(
          places.map { (walk.requests[$0].expandedName, $0) },
          uniquingKeysWith: { first, _ in first })
      }
    }

    func object(named name: ByteString, for requester: Int, in walk: ClosureWalk) -> Int? {
      let place =
        names.isEmpty
        ? requests[requester].first { walk.requests[$0].expandedName == name }
        : names[requester][name]
      return place.flatMap { walk.requests[$0].object }
    }
  }

  /// The loader is there for all, whether or not an object needs it.
  private static func interpreter(named name: ByteString, in walk: ClosureWalk) -> Int? {
    name == walk.profile.soname ? walk.interpreterIndex : nil
  }
}

/// A symbol version that an object asks of a library and that the library doesn't define.
///
/// Source: glibc `elf/dl-version.c` (`_dl_check_map_versions`).
package struct UnmetVersion: Hashable, Sendable {
  /// Places in the graph.
  package let requester: Int
  package let provider: Int
  package let version: ByteString
  /// VER_FLG_WEAK: a warning, not the end.
  package let isWeak: Bool

  package var isFatal: Bool { !isWeak }
}
