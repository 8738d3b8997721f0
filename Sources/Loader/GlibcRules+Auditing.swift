internal import ELF
internal import FileTree

/// Libraries that watch a program, which only glibc loads.
///
/// Source: glibc `elf/rtld.c` (`load_audit_modules`, `audit_list_next`).
extension GlibcRules {
  /// Loads the auditing libraries, each with its needs in a namespace of its own.
  mutating func loadAuditors(_ walk: inout ClosureWalk, files: inout LoaderFiles) {
    for name in auditors(in: walk) {
      walk.beginNamespace()
      let start = (objects: walk.objects.count, requests: walk.requests.count)
      request(name, .audit, by: 0, in: &walk, files: &files)
      loadNeeds(&walk, files: &files)
      guard start.objects < walk.objects.count else { continue }
      if let fault = fault(since: start, in: walk, files: &files) {
        walk.unload(from: start.objects, because: fault)
      }
    }
  }

  /// Why an auditor can't be used, if it can't: the program goes on without it.
  private func fault(
    since start: (objects: Int, requests: Int), in walk: ClosureWalk, files: inout LoaderFiles
  ) -> String? {
    if let missing = walk.firstMissing(since: start.requests) {
      return "\(missing.name) is missing"
    }
    let own = walk.objects.indices[start.objects...]
    let unmet: UnmetVersion?
    do throws(LoaderError) {
      unmet = try VersionCheck.unmet(by: own, in: walk, &files).first(where: \.isFatal)
    } catch {
      guard case .unreadable(_, let fault) = error else { return "its versions can't be read" }
      return fault.description
    }
    if let unmet {
      return "version \(unmet.version) of \(walk.objects[unmet.provider].openedPath) is missing"
    }
    let refused = own.first {
      $0 != walk.interpreterIndex && walk.profile.refuses(walk.objects[$0].image)
    }
    if let refused { return "\(walk.objects[refused].openedPath) needs a newer processor" }
    return files.isAuditor(walk.objects[start.objects].file)
      ? nil : "it defines no la_version"
  }

  /// LD_AUDIT, then DT_AUDIT and DT_DEPAUDIT of the program.
  private func auditors(in walk: ClosureWalk) -> [ByteString] {
    let lists =
      [walk.environment.variables.audit].compactMap(\.self)
      + (walk.subject.image.dynamic?.audit ?? [])
    return lists.flatMap { $0.split { $0 == UInt8(ascii: ":") } }
      .filter { !$0.isEmpty && !(walk.isSecure && $0.contains(UInt8(ascii: "/"))) }
  }
}
