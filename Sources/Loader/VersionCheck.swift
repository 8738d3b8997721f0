internal import ELF
internal import FileTree

/// Holds the versions that objects ask for against those that the loaded libraries define.
///
/// A search doesn't go on because of a version: the first usable file is taken, and the program fails
/// afterwards. Source: glibc `elf/dl-version.c` (`_dl_check_map_versions`).
enum VersionCheck {
  static func unmet(in walk: ClosureWalk, _ files: inout LoaderFiles) -> [UnmetVersion] {
    var answered = [[LibraryRequest]](repeating: [], count: walk.objects.count)
    for request in walk.requests where request.object != nil {
      answered[request.requester].append(request)
    }
    var unmet: [UnmetVersion] = []
    for (index, object) in walk.objects.enumerated() {
      for (place, need) in (object.image.dynamic?.versions.needs ?? []).enumerated() {
        // A library that is missing is told as such.
        guard
          let provider = answered[index].first(where: { $0.expandedName == need.library })?.object
            ?? walk.object(named: need.library)
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
}
