internal import ELF
internal import FileTree

/// Goes from assembly to assembly, as Mono would load them, and gathers what each asks for.
struct MonoAssemblyWalk: Sendable {
  private let runtime: MonoRuntime
  private let topic: Topic
  /// The runtime's configuration, what counts first.
  private var maps: [(map: DllMap, file: ByteString)] = []
  private var seen: Set<RootPath> = []
  /// Assemblies that a program has inside, by name: they are looked for in it first.
  private var embedded: Set<ByteString> = []
  private var pending: [Assembly] = []
  private var needs: [RuntimeNeed] = []

  /// What stands for ``MonoRuntime/nativeDirectory`` in the targets of maps.
  private static let variable: ByteString = "$mono_libdir"
  /// In assemblies; no program has more.
  private static let limit = 1 << 12

  private struct Assembly {
    let metadata: CilMetadata
    /// The file that it was read from.
    let file: ByteString
    /// Its directory in the root, and in the bundle.
    let directory: ByteString
    let place: ByteString
    let maps: [(map: DllMap, file: ByteString)]
  }

  init(_ runtime: MonoRuntime, _ topic: Topic, in root: inout RootView) {
    self.runtime = runtime
    self.topic = topic
    let file = runtime.configuration + "/mono/config"
    if let text = root.text(at: file) { maps.append((DllMap(text, for: runtime.header), file)) }
  }

  /// - Parameter place: the assembly's in the bundle.
  mutating func needs(
    of metadata: CilMetadata, at path: ByteString, physicalPath: RootPath, place: RootPath,
    in root: inout RootView
  ) -> [RuntimeNeed] {
    guard seen.insert(physicalPath).inserted else { return [] }
    add(metadata, at: path, place: place.parent.text, in: &root)
    // The main assembly's configuration; a library's is one of maps alone.
    addConfiguration(path + ".config", of: path, at: place.parent.text, in: &root)
    return walk(in: &root)
  }

  /// The needs of what a program has inside.
  mutating func needs(
    of content: EmbeddedAssemblies, in object: ObservedObject, _ root: inout RootView
  ) -> [RuntimeNeed] {
    for case (nil, let text) in content.configurations {
      // It is read before the runtime knows where it is, and before the file, which counts then.
      maps.append((DllMap(text, for: runtime.header), object.path))
    }
    embedded = Set(content.assemblies.compactMap(\.name))
    let configurations = Dictionary(grouping: content.configurations) { $0.assembly }
    for metadata in content.assemblies {
      let own = metadata.name.flatMap { configurations[$0] } ?? []
      pending.append(
        Assembly(
          metadata: metadata, file: object.path, directory: object.path.directoryPart,
          place: object.place.parent.text,
          maps: own.map { (DllMap($0.text, for: runtime.header), object.path) }))
    }
    return walk(in: &root)
  }

  private mutating func walk(in root: inout RootView) -> [RuntimeNeed] {
    while let assembly = pending.popLast(), seen.count < Self.limit {
      for module in assembly.metadata.nativeModules {
        addModule(module, of: assembly, in: &root)
      }
      for reference in assembly.metadata.references where !embedded.contains(reference.name) {
        addReference(reference, of: assembly, in: &root)
      }
    }
    defer { needs = [] }
    return needs
  }

  private mutating func add(
    _ metadata: CilMetadata, at path: ByteString, place: ByteString, in root: inout RootView
  ) {
    let files = runtime.configurations(of: metadata.name ?? "", at: path)
    let maps = files.compactMap { file in
      root.text(at: file).map { (map: DllMap($0, for: runtime.header), file: file) }
    }
    pending.append(
      Assembly(
        metadata: metadata, file: path, directory: path.directoryPart, place: place, maps: maps))
  }

  // MARK: Assemblies

  private mutating func addReference(
    _ reference: CilMetadata.Reference, of assembly: Assembly, in root: inout RootView
  ) {
    let candidates = runtime.candidates(for: reference, beside: assembly.directory, in: &root)
    let evidence = Evidence(
      file: assembly.file, mark: .metadata(reference.name + " " + reference.version))
    guard let path = candidates.first(where: { root.isFile($0) }),
      let file = root.resolve(path)
    else {
      // It may never be asked for; where it would be is told.
      needs.append(
        topic.registered(
          evidence, candidates.suffix(1).map { .path($0, at: nil) }, isEssential: false,
          purpose: "an assembly"))
      return
    }
    let place = isBeside(path, assembly) ? assembly.place : path.directoryPart
    needs.append(
      topic.registered(
        evidence, [wish(for: path, at: place)], isEssential: true, purpose: "an assembly"))
    guard seen.insert(file.real).inserted, let metadata = root.metadata(at: path) else { return }
    for configuration in runtime.configurations(of: reference.name, at: path) {
      addConfiguration(configuration, of: path, at: place, in: &root)
    }
    add(metadata, at: path, place: place, in: &root)
  }

  private mutating func addConfiguration(
    _ file: ByteString, of assembly: ByteString, at place: ByteString, in root: inout RootView
  ) {
    guard root.isFile(file) else { return }
    let isBeside = file.directoryPart == assembly.directoryPart
    needs.append(
      topic.registered(
        .line(1, of: file), [wish(for: file, at: isBeside ? place : file.directoryPart)],
        isEssential: true, purpose: "the configuration of an assembly"))
  }

  private func isBeside(_ path: ByteString, _ assembly: Assembly) -> Bool {
    path.directoryPart == assembly.directory
  }

  /// A file in a directory of the bundle, which is the one that it has unless its owner moves.
  private func wish(for path: ByteString, at directory: ByteString) -> Wish {
    guard directory != path.directoryPart else { return .path(path, at: nil) }
    return .path(
      path, at: RootPath(normalising: directory).appending(ConfigurationText.name(of: path)))
  }

  // MARK: Native modules

  private mutating func addModule(
    _ module: ByteString, of assembly: Assembly, in root: inout RootView
  ) {
    guard !MonoModuleNames.internals.contains(module) else { return }
    let mapped = (assembly.maps + maps).lazy.compactMap { source in
      source.map.entries(for: module).first.map { (entry: $0, file: source.file) }
    }.first
    let target = mapped?.entry.target ?? module
    guard !MonoModuleNames.internals.contains(target) else { return }
    let wish = wish(forModule: target, of: assembly, in: &root)
    // What the class library has for all sorts of programs, few call; but for the runtime's own parts.
    let isEssential =
      target.hasPrefix(Self.variable)
      || !isClassLibrary(assembly, in: &root)
        && (mapped != nil || !OtherSystemsModules.contain(module))
    var evidence = [Evidence(file: assembly.file, mark: .metadata(module))]
    if let mapped, mapped.file != assembly.file {
      evidence.append(.line(mapped.entry.line, of: mapped.file))
    }
    needs += evidence.map {
      topic.registered(
        $0, [wish], isEssential: isEssential, purpose: "native code that assemblies call")
    }
  }

  /// Whether an assembly is a part of Mono, wherever it was found.
  private func isClassLibrary(_ assembly: Assembly, in root: inout RootView) -> Bool {
    let name = assembly.metadata.name ?? ""
    return name == "mscorlib" || name.hasPrefix("System")
      || root.isFile(runtime.libraries + "/mono/" + MonoRuntime.version + "/" + name + ".dll")
  }

  private func wish(
    forModule target: ByteString, of assembly: Assembly, in root: inout RootView
  ) -> Wish {
    guard target.hasPrefix(Self.variable) else {
      let names = MonoModuleNames.candidates(
        for: target, in: [assembly.directory, runtime.nativeDirectory])
      // What lies beside an assembly goes with it.
      if assembly.place != assembly.directory,
        let path = names.first(where: { root.isFile($0) }), isBeside(path, assembly)
      {
        return self.wish(for: path, at: assembly.place)
      }
      return .library(names: names, caller: nil)
    }
    let rest = ByteString(target.bytes.dropFirst(Self.variable.count))
    let path = runtime.nativeDirectory + rest
    // Without the file, only what is inside counts, and that is read before the runtime has set the
    // variable: the name is one in the root directory.
    return root.isFile(runtime.configuration + "/mono/config")
      ? .library(names: [path], caller: nil) : .path(path, at: RootPath(normalising: rest))
  }
}
