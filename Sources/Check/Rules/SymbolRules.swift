internal import ELF
internal import FileTree
internal import Loader

/// What `ldd -r` and `ldd -u` tell, without running a loader.
extension ClosureFacts {
  func symbolFaults() -> [Finding] {
    guard let libc = graph.libc else { return [] }
    let binding = SymbolBinding(graph, objects, libc)
    return binding.binders.flatMap { place in
      binding.undefined(of: place).map { reference in
        finding(
          .undefinedSymbol(
            name: reference.name.text, version: reference.version?.version.name,
            library: reference.version?.library), at: place)
      }
    } + unusedLibraries(binding)
  }

  /// Source: glibc `elf/rtld.c` (`dl_main`, DL_DEBUG_UNUSED), `elf/dl-lookup.c` (`l_used`).
  private func unusedLibraries(_ binding: SymbolBinding) -> [Finding] {
    let direct = graph.requests.filter { request in
      request.requester == 0 && request.kind == .needed
        && request.object.map { $0 != graph.interpreter && objects[$0] != nil } == true
    }
    guard objects[0] != nil, !direct.isEmpty else { return [] }
    let used = binding.definers(of: 0)
    return direct.compactMap { request in
      guard let object = request.object, !used.contains(object) else { return nil }
      return finding(.unusedLibrary(name: request.name), at: 0)
    }
  }
}
