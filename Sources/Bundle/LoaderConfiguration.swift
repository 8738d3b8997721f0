internal import ELF
internal import FileTree
internal import Loader

/// The generated file that tells a loader of directories which it wouldn't search by itself:
/// glibc's `ld.so.cache`, musl's path file.
enum LoaderConfiguration {
  static func add(for subjects: [PackSubject], to draft: inout PlanDraft) throws(PlanError) {
    var caches: [RootPath: LdSoCacheWriter] = [:]
    var paths: [RootPath: [ByteString]] = [:]
    for graph in subjects.map(\.graph) {
      guard let libc = graph.libc, let configuration = graph.configurationPath else { continue }
      let file = RootPath(normalising: configuration)
      for request in graph.requests {
        guard let attempt = request.attempts.last, request.object != nil,
          Self.dependsOnConfiguration(attempt.rule)
        else { continue }
        switch libc {
        case .glibc:
          let header = graph.subject.image.header
          caches[file, default: LdSoCacheWriter(dataEncoding: header.dataEncoding)].insert(
            request.name, path: attempt.path, flags: LoaderPlatform(header).cacheFlags)
        case .musl:
          let directory = RootPath(normalising: attempt.path).parent.text
          if paths[file]?.contains(directory) != true {
            paths[file, default: []].append(directory)
          }
        }
      }
      if libc == .musl, paths[file] != nil {
        for directory in graph.defaultDirectories.map({ RootPath(normalising: $0).text })
        where paths[file]?.contains(directory) != true {
          paths[file]?.append(directory)
        }
      }
    }
    for (path, cache) in caches.sorted(by: { $0.key < $1.key }) {
      try add(cache.bytes(), at: path, to: &draft)
    }
    for (path, directories) in paths.sorted(by: { $0.key < $1.key }) {
      try add(directories.flatMap { $0.bytes + [UInt8(ascii: "\n")] }, at: path, to: &draft)
    }
  }

  private static func add(
    _ bytes: [UInt8], at path: RootPath, to draft: inout PlanDraft
  ) throws(PlanError) {
    let place = try draft.physicalPath(path.text)
    try draft.add(
      .file(.generated(bytes), permissions: 0o644), at: place, because: .loaderConfiguration)
  }

  /// Whether a library is found by something that isn't in the bundle unless it is generated.
  private static func dependsOnConfiguration(_ rule: SearchRule) -> Bool {
    switch rule {
    case .cache, .libraryPath, .pathFile: true
    case .interpreter, .rpath, .runpath, .defaultDirectory, .path, .builtIn, .alreadyLoaded: false
    }
  }
}
