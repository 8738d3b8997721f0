internal import ELF
internal import FileTree

/// Holds the versions that objects ask for against those that the loaded libraries define.
///
/// A search doesn't go on because of a version: the first usable file is taken, and the program fails
/// afterwards. Source: glibc `elf/dl-version.c` (`_dl_check_map_versions`).
enum VersionCheck {
  static func unmet(in walk: ClosureWalk, _ files: inout LoaderFiles) -> [UnmetVersion] {
    var providers: [Question: Int] = [:]
    for request in walk.requests {
      guard let object = request.object else { continue }
      providers[Question(requester: request.requester, name: request.expandedName)] = object
    }
    var unmet: [UnmetVersion] = []
    for (index, object) in walk.objects.enumerated() {
      for need in object.image.dynamic?.versions.needs ?? [] {
        // A library that is missing is told as such.
        guard
          let provider = providers[Question(requester: index, name: need.library)]
            ?? walk.object(named: need.library)
        else { continue }
        for reference in files.unmetVersions(of: need, by: object, in: walk.objects[provider]) {
          unmet.append(
            UnmetVersion(
              requester: index, provider: provider, version: reference.version.name,
              isWeak: reference.isWeak))
        }
      }
    }
    return unmet
  }

  private struct Question: Hashable {
    let requester: Int
    let name: ByteString
  }
}
