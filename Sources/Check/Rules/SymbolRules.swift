internal import ELF
internal import FileTree
internal import Loader

/// What `ldd -r` and `ldd -u` tell, without running a loader.
extension ClosureFacts {
  func symbolFaults() -> [Finding] {
    // Without its interpreter, nothing of a program is bound.
    guard let libc = graph.libc, graph.subject.image.interpreter == nil || graph.interpreter != nil
    else { return [] }
    let binding = SymbolBinding(graph, objects, libc)
    return binding.binders.flatMap { place in
      binding.undefined(of: place).filter { !mayBeGiven($0.version?.library) }.map { reference in
        let library = reference.version?.library
        return finding(
          .undefinedSymbol(
            name: reference.name.text, version: reference.version?.version.name,
            library: library, missing: missing(for: place, expecting: library)), at: place)
      }
    } + unusedLibraries(binding)
  }

  /// Whether a symbol may be in a library that the run time brings: in the one that it is expected in, or in
  /// any.
  private func mayBeGiven(_ library: ByteString?) -> Bool {
    graph.given.contains { library == nil || $0.expandedName == library }
  }

  /// A library that an object asks for in vain: the one that a symbol is expected in, or any.
  private func missing(for place: Int, expecting library: ByteString?) -> ByteString? {
    graph.missing.first { request in
      request.requester == place && request.kind != .interpreter
        && (library == nil || request.expandedName == library)
    }?.name
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
