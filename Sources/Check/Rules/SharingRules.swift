internal import ELF
internal import FileTree
internal import Loader

/// Libraries that stand in each other's way.
extension ClosureFacts {
  func shadowedLibraries() -> [Finding] {
    choices.map { choice in
      let loader = graph.objects[choice.loaded].loadedBy ?? 0
      return finding(
        .shadowedLibrary(
          name: choice.name, loaded: graph.objects[choice.loaded].openedPath,
          loader: graph.objects[loader].openedPath, own: choice.own), at: choice.requester)
    }
  }

  /// Loaded files that take themselves for the same library.
  func sameSonames() -> [Finding] {
    var first: [ByteString: Int] = [:]
    return ownPlaces.compactMap { place in
      guard place != 0 || !graph.subject.image.isProgram,
        let soname = graph.objects[place].image.dynamic?.soname
      else { return nil }
      guard let other = first[soname] else {
        first[soname] = place
        return nil
      }
      return finding(
        .sameSoname(soname: soname, other: graph.objects[other].openedPath), at: place)
    }
  }
}
