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
      switch libc {
      case .glibc: insertEntries(of: graph, into: &caches[file])
      case .musl: appendDirectories(of: graph, to: &paths[file, default: []])
      }
    }
    for (path, cache) in caches.sorted(by: { $0.key < $1.key }) {
      try add(cache.bytes(), at: path, to: &draft)
    }
    for (path, directories) in paths.sorted(by: { $0.key < $1.key }) {
      try add(directories.flatMap { $0.bytes + [UInt8(ascii: "\n")] }, at: path, to: &draft)
    }
  }

  private static func insertEntries(
    of graph: ClosureGraph, into cache: inout LdSoCacheWriter?
  ) {
    let platform = LoaderPlatform(graph.subject.image.header)
    for request in graph.requests where request.object != nil {
      guard let attempt = request.attempts.last, dependsOnConfiguration(attempt.rule) else {
        continue
      }
      var writer = cache ?? LdSoCacheWriter(platform: platform)
      writer.insert(
        request.expandedName, path: attempt.path, flags: platform.cacheFlags, level: attempt.level)
      cache = writer
    }
  }

  /// The directories of the library path that were of use, then the root's own search path.
  private static func appendDirectories(of graph: ClosureGraph, to path: inout [ByteString]) {
    let extra = graph.requests.compactMap(\.attempts.last).filter { $0.rule == .libraryPath }
      .map(\.path.directoryPart)
    for directory in extra + graph.systemDirectories.map({ RootPath(normalising: $0).text })
    where !path.contains(directory) {
      path.append(directory)
    }
  }

  private static func add(
    _ bytes: [UInt8], at path: RootPath, to draft: inout PlanDraft
  ) throws(PlanError) {
    let place = try draft.physicalPath(path.text, followingRoot: true)
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
