internal import ELF
internal import FileTree

/// What Mono opens for an assembly, or for a program that has assemblies inside: its configuration, the
/// assemblies that are referred to, and the native modules that their methods are in.
struct MonoApplication: NeedSource {
  static let topic = Topic("mono")
  private var walk: MonoAssemblyWalk?
  /// Assemblies that were met before anything that runs them: another runtime may do that.
  private var waiting: [ObservedObject] = []

  let symbols = EmbeddedAssemblies.startSymbols

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard object.image != nil else { return assemblyNeeds(of: object, in: &root) }
    if let embedded = EmbeddedAssemblies(in: object, &root) {
      return programNeeds(of: object, embedded, in: &root) + waitingNeeds(in: &root)
    }
    guard Self.isRuntime(object),
      let runtime = MonoRuntime(at: object.path, for: object.real, in: &root)
    else { return [] }
    if walk == nil { walk = MonoAssemblyWalk(runtime, Self.topic, in: &root) }
    return runtimeNeeds(runtime, .host(object), hasBase: false, in: &root) + waitingNeeds(in: &root)
  }

  /// `mono`, `mono-sgen`, `libmonosgen-2.0.so.1`.
  private static func isRuntime(_ object: ObservedObject) -> Bool {
    object.name.hasPrefix("libmonosgen-") || object.name.hasPrefix("libmonoboehm-")
      || (object.image?.isProgram == true
        && ["mono", "mono-sgen", "mono-boehm"].contains(object.real.name))
  }

  private mutating func assemblyNeeds(
    of object: ObservedObject, in root: inout RootView
  ) -> [RuntimeNeed] {
    if walk == nil, object.isProgram, ManagedRuntime.kind(of: object.path, in: &root) == .mono,
      let path = ManagedRuntime.mono.program(in: &root), let place = root.resolve(path)?.real,
      let runtime = MonoRuntime(at: path, for: place, in: &root)
    {
      walk = MonoAssemblyWalk(runtime, Self.topic, in: &root)
    }
    waiting.append(object)
    return waitingNeeds(in: &root)
  }

  private mutating func waitingNeeds(in root: inout RootView) -> [RuntimeNeed] {
    guard var walk else { return [] }
    var needs: [RuntimeNeed] = []
    for object in waiting {
      guard let metadata = root.metadata(at: object.path) else { continue }
      needs += walk.needs(
        of: metadata, at: object.path, physicalPath: object.real, place: object.place, in: &root)
    }
    waiting = []
    self.walk = walk
    return needs
  }

  private mutating func programNeeds(
    of object: ObservedObject, _ embedded: EmbeddedAssemblies, in root: inout RootView
  ) -> [RuntimeNeed] {
    // A program that is a runtime itself, or one that links it.
    let library = object.image?.dynamic?.needed.first { $0.hasPrefix("libmono") }
    let path =
      library.flatMap { library in
        root.systemDirectories.map { $0 + library }.first { root.isFile($0) }
      } ?? object.path
    guard let runtime = MonoRuntime(at: path, for: object.place, in: &root) else { return [] }
    var walk = MonoAssemblyWalk(runtime, Self.topic, in: &root)
    let needs = walk.needs(of: embedded, in: object, &root)
    self.walk = walk
    let hasBase = embedded.assemblies.contains { $0.name == MonoRuntime.base }
    return runtimeNeeds(runtime, .host(object), hasBase: hasBase, in: &root) + needs
  }

  private func runtimeNeeds(
    _ runtime: MonoRuntime, _ evidence: Evidence, hasBase: Bool, in root: inout RootView
  ) -> [RuntimeNeed] {
    let own = runtime.ownFiles(hasBase: hasBase, in: &root)
    let library = [
      runtime.libraries + "/mono/" + MonoRuntime.version, runtime.libraries + "/mono/gac",
    ].filter { root.isDirectory($0) }
    var needs: [RuntimeNeed] = []
    if !own.isEmpty {
      needs.append(
        Self.topic.registered(
          evidence, own.map { .path($0, at: nil) }, isEssential: true,
          purpose: "the configuration and core of Mono"))
    }
    if !library.isEmpty {
      needs.append(
        Self.topic.registered(
          evidence, library.map { .path($0, at: nil) }, isEssential: false,
          purpose: "all of the class library, for what is loaded by name"))
    }
    return needs
  }
}
