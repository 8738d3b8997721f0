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
  ) -> [UnmetVersion] {
    var answers = [[ByteString: Int]](repeating: [:], count: walk.objects.count)
    for request in walk.requests where answers[request.requester][request.expandedName] == nil {
      answers[request.requester][request.expandedName] = request.object
    }
    var unmet: [UnmetVersion] = []
    for index in objects {
      let object = walk.objects[index]
      for (place, need) in (object.image.dynamic?.versions.needs ?? []).enumerated() {
        // A library that is missing is told as such.
        guard
          let provider =
            answers[index][need.library] ?? walk.object(named: need.library)
            ?? interpreter(named: need.library, in: walk)
        else { continue }
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
