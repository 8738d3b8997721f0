internal import ELF
internal import FileTree

/// What the host of .NET and its runtime open for an application: what its `deps.json` names, the
/// frameworks of its `runtimeconfig.json`, and the system's libraries that these open in turn.
///
/// Source: dotnet/runtime `docs/design/features/host-components.md`,
/// `docs/design/features/assembly-conflict-resolution.md`.
struct DotnetApplication: NeedSource {
  static let topic = Topic("dotnet")

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard object.isProgram else { return [] }
    let files = DotnetFiles(beside: object.path)
    guard object.image != nil else {
      guard files.isApplication(in: &root), files.assembly == object.path else { return [] }
      var application = DotnetFileNeeds(
        files, at: object.place.parent, .metadata(files.name), object)
      return application.needs(in: &root)
    }
    if let file = try? root.open(object.path), AppendedContent.exists(behind: file),
      let bundle = SingleFileBundle(file)
    {
      var application = DotnetFileNeeds(
        files, at: object.place.parent, .metadata(files.name), object)
      return application.needs(of: bundle, file, in: &root)
    }
    // The program that a build makes beside the main assembly to start it.
    let resolver: ByteString = "libhostfxr.so"
    guard root.isFile(files.assembly), files.isApplication(in: &root),
      !ObjectStrings(of: object, in: &root).intersection([resolver]).isEmpty
    else { return [] }
    var application = DotnetFileNeeds(files, at: object.place.parent, .soname(resolver), object)
    return application.needs(in: &root)
  }
}

/// Whether something stands behind the end of an ELF file, where no loader looks.
private enum AppendedContent {
  /// What is behind the table of section headers, which linkers write last, is somebody else's.
  static func exists(behind file: borrowing OpenFile) -> Bool {
    guard let header = try? ElfHeader(reading: file), header.elfClass == .elf64,
      let bytes = try? file.read(at: 0, count: 64)
    else { return false }
    let fields = EncodedBytes(bytes, encoding: header.dataEncoding)
    guard let start = fields.uint64(0x28), let size = fields.uint16(0x3A),
      let count = fields.uint16(0x3C), start > 0, start < file.size
    else { return false }
    return file.size - start > UInt64(size) * UInt64(count) + 64
  }
}

/// The needs of one application.
private struct DotnetFileNeeds {
  private let files: DotnetFiles
  /// The application's directory in the bundle.
  private let place: RootPath
  private let evidence: Evidence
  private var needs: [RuntimeNeed] = []
  /// Where assemblies and native modules are looked for, in order.
  private var directories: [ByteString]
  private var pending: [CilMetadata] = []
  private var seen: Set<ByteString> = []
  private var modules: [(name: ByteString, file: ByteString)] = []

  /// In assemblies; no framework has more.
  private static let limit = 1 << 12

  init(
    _ files: DotnetFiles, at place: RootPath, _ mark: Evidence.Mark, _ object: ObservedObject
  ) {
    self.files = files
    self.place = place
    evidence = Evidence(file: object.path, mark: mark)
    directories = [files.directory]
  }

  mutating func needs(in root: inout RootView) -> [RuntimeNeed] {
    let configuration = root.text(at: files.configuration).flatMap { DotnetConfiguration($0) }
    for path in [files.assembly, files.configuration, files.dependencies] {
      add(path, "a file of the application", in: &root)
    }
    addAssets(root.text(at: files.dependencies).flatMap { DotnetDependencies($0) }, in: &root)
    addFrameworks(configuration, in: &root)
    root.metadata(at: files.assembly).map { pending.append($0) }
    finish(configuration, in: &root)
    return needs
  }

  mutating func needs(
    of bundle: SingleFileBundle, _ file: borrowing OpenFile, in root: inout RootView
  ) -> [RuntimeNeed] {
    var budget = ReadBudget(fileSize: file.size)
    func content(_ entry: SingleFileBundle.Entry) -> [UInt8]? {
      guard !entry.isCompressed, entry.size <= UInt64(PortableExecutable.sizeLimit) else {
        return nil
      }
      return try? file.read(at: entry.offset, count: Int(entry.size))
    }
    var configuration: DotnetConfiguration?
    for entry in bundle.entries {
      guard let bytes = content(entry) else { continue }
      switch entry.kind {
      case .assembly:
        PortableExecutable.metadata(bytes, &budget).map { pending.append($0) }
      case .runtimeConfiguration: configuration = DotnetConfiguration(bytes)
      case .dependencies: addAssets(DotnetDependencies(bytes), in: &root)
      case .unknown, .nativeBinary, .symbols: break
      }
    }
    seen.formUnion(pending.compactMap(\.name))
    if bundle.entries.contains(where: { $0.kind == .nativeBinary }) {
      needs.append(
        DotnetApplication.topic.registered(
          evidence, [.directory("/tmp", permissions: 0o1777)], isEssential: true,
          purpose: "native files that are inside are unpacked there"))
    }
    addFrameworks(configuration, in: &root)
    finish(configuration, in: &root)
    return needs
  }

  // MARK: Files

  private mutating func add(
    _ path: ByteString, _ purpose: String, below name: ByteString? = nil, in root: inout RootView
  ) {
    guard root.isFile(path) else { return }
    let target = RootPath(
      normalising: place.text + "/" + (name ?? ConfigurationText.name(of: path)))
    let keepsPath = RootPath(normalising: path) == target
    needs.append(
      DotnetApplication.topic.registered(
        evidence, [.path(path, at: keepsPath ? nil : target)], isEssential: true, purpose: purpose))
  }

  /// What the list of dependencies names; without one, every assembly of the directory is one.
  private mutating func addAssets(_ dependencies: DotnetDependencies?, in root: inout RootView) {
    let assets =
      dependencies?.assets
      ?? root.names(in: files.directory).filter { $0.hasSuffix(".dll") }.map { [$0] }
    for asset in assets {
      let name = asset.first { root.isFile(files.directory + "/" + $0) }
      guard let name else { continue }
      add(files.directory + "/" + name, "what the application depends on", below: name, in: &root)
    }
  }

  private mutating func addFrameworks(
    _ configuration: DotnetConfiguration?, in root: inout RootView
  ) {
    let frameworks = configuration?.frameworks ?? []
    // A self-contained application has all of it beside itself.
    guard !frameworks.isEmpty, let runtime = DotnetRuntime(in: &root) else { return }
    let evidence = Evidence.line(1, of: files.configuration)
    var wishes = runtime.resolver.map { [Wish.path($0, at: nil)] } ?? []
    if root.isFile("/etc/dotnet/install_location") {
      wishes.append(.path("/etc/dotnet/install_location", at: nil))
    }
    for framework in frameworks {
      guard let directory = runtime.directory(of: framework, in: &root) else {
        needs.append(
          DotnetApplication.topic.registered(
            evidence,
            [
              .path(
                runtime.directory + "/shared/" + ByteString(framework.name) + "/"
                  + ByteString(framework.version), at: nil)
            ], isEssential: true, purpose: "a framework of the application"))
        continue
      }
      wishes.append(.path(directory, at: nil))
      directories.append(directory)
    }
    needs.append(
      DotnetApplication.topic.registered(
        evidence, wishes, isEssential: true, purpose: "the runtime and frameworks of .NET"))
  }

  // MARK: Assemblies

  private mutating func finish(
    _ configuration: DotnetConfiguration?, in root: inout RootView
  ) {
    while let metadata = pending.popLast(), seen.count < Self.limit {
      let file = metadata.name.map { $0 + ".dll" } ?? files.name
      modules += metadata.nativeModules.map { ($0, file) }
      for reference in metadata.references where seen.insert(reference.name).inserted {
        let paths = directories.map { $0 + "/" + reference.name + ".dll" }
        let path = paths.first { root.isFile($0) }
        if let next = path.flatMap({ root.metadata(at: $0) }) { pending.append(next) }
      }
    }
    addModules()
    let uses = DotnetSystemLibraries(
      modules: Set(modules.map(\.name)), isInvariant: configuration?.isInvariant ?? false)
    needs += uses.needs(evidence, in: &root)
  }

  private mutating func addModules() {
    var known: Set<ByteString> = []
    for module in modules where !MonoModuleNames.internals.contains(module.name) {
      guard !OtherSystemsModules.contain(module.name), known.insert(module.name).inserted else {
        continue
      }
      // In the bundle the application's own files are elsewhere; those are what its list names.
      let names = DotnetModuleNames.candidates(
        for: module.name, in: Array(directories.dropFirst()))
      needs.append(
        DotnetApplication.topic.registered(
          Evidence(file: module.file, mark: .metadata(module.name)),
          [.library(names: names, caller: nil)], isEssential: false,
          purpose: "native code that assemblies call"))
    }
  }
}
