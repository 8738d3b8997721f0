internal import ELF
package import FileTree

/// A path that must lead to an object for a request to be answered as before.
package struct RequiredPath: Sendable {
  /// The request's place in ``ClosureGraph/requests``.
  package let request: Int
  /// The object's place in ``ClosureGraph/objects``.
  package let object: Int
  /// The path that the loader opens today: absolute.
  package let openedPath: ByteString
  /// The path that it opens once the subject lies at its new place: absolute.
  package let relocatedPath: ByteString
}

extension ClosureGraph {
  /// What the loader takes from its surroundings in a container: the same, but for the directories
  /// that a search path outside of the root's files names, and begun at the root.
  package var environmentInContainer: SearchEnvironment {
    var container = SearchEnvironment(
      processor: environment.processor, given: environment.given)
    container.variables.preload = environment.variables.preload
    container.variables.audit = environment.variables.audit
    container.openings = requests.filter { $0.kind == .dlopen }.map { request in
      // The caller's path may be another one.
      let caller = objects[request.requester]
      let name = caller.image.dynamic?.soname ?? caller.file.real.name
      return Opening(name: request.name, caller: request.requester == 0 ? nil : name)
    }
    return container
  }

  /// The paths that the loader opens if the subject is started as `newPath`, one for each request
  /// that made it search.
  ///
  /// What was found through `$ORIGIN` follows the object that says so, and a relative path begins
  /// at the root, where a container starts its program; everything else stays.
  package func requiredPaths(subjectAt newPath: ByteString) -> [RequiredPath] {
    var relocated: [Int: ByteString] = [0: newPath]
    var result: [RequiredPath] = []
    for (index, request) in requests.enumerated() {
      guard let object = request.object, let attempt = request.attempts.last,
        !objects[object].isUnloaded
      else { continue }
      let path = relocate(attempt, of: request, places: relocated)
      if relocated[object] == nil { relocated[object] = absolute(path, in: .root) }
      result.append(
        RequiredPath(
          request: index, object: object,
          openedPath: absolute(attempt.path, in: workingDirectory),
          relocatedPath: absolute(path, in: .root)))
    }
    // A library names no interpreter; one that its closure asks for by name has to ship all the same.
    if let interpreter, !result.contains(where: { $0.object == interpreter }),
      let request = requests.firstIndex(where: { $0.object == interpreter })
    {
      let path = absolute(objects[interpreter].openedPath, in: workingDirectory)
      result.append(
        RequiredPath(
          request: request, object: interpreter, openedPath: path, relocatedPath: path))
    }
    return result
  }

  private func absolute(_ path: ByteString, in directory: RootPath) -> ByteString {
    if path.bytes.first == UInt8(ascii: "/") { return path }
    return (directory.isRoot ? "" : directory.text) + "/" + path
  }

  private func relocate(
    _ attempt: SearchAttempt, of request: LibraryRequest, places: [Int: ByteString]
  ) -> ByteString {
    if let directory = attempt.directory, let contributor = directory.contributor {
      guard DynamicStringTokens.mentionsOrigin(directory.element),
        let text = expand(directory.element, of: contributor, places: places)
      else { return attempt.path }
      let rest = attempt.path.bytes.dropFirst(directory.text.count)
      return SearchDirectory.withSlash(text) + ByteString(rest)
    }
    guard attempt.rule == .path, DynamicStringTokens.mentionsOrigin(request.name) else {
      return attempt.path
    }
    return expand(request.name, of: request.requester, places: places) ?? attempt.path
  }

  /// - Parameter places: the paths of objects that lie elsewhere.
  func expand(
    _ text: ByteString, of object: Int, places: [Int: ByteString] = [:]
  ) -> ByteString? {
    let place = places[object] ?? objects[object].openedPath
    return DynamicStringTokens(origin: place.directoryPart, lib: lib, platform: platform)
      .expand(text)
  }
}
