import Bundle
import ELF
import FileTree
import Loader
import TestSupport
import Testing

/// Plans of programs that load other libraries on better processors: an image has to serve them all.
struct LevelPlanTests {
  static let base: [RootPath: InMemoryTree.Node] = [
    "/lib64/ld-linux-x86-64.so.2": .library(soname: "ld-linux-x86-64.so.2"),
    "/srv/app": .program(needed: ["libx.so", "liby.so"]),
  ]

  /// Where both libraries are, in as many variants.
  static func variants(in directory: ByteString, _ levels: ByteString...) -> [RootPath:
    InMemoryTree.Node]
  {
    var files: [RootPath: InMemoryTree.Node] = [:]
    for name in ["libx.so", "liby.so"] as [ByteString] {
      files[RootPath(normalising: directory + "/" + name)] = .library(soname: name)
      for level in levels {
        let path = directory + "/glibc-hwcaps/" + level + "/" + name
        files[RootPath(normalising: path)] = .library(soname: name + level)
      }
    }
    return files
  }

  func plan(
    _ files: [RootPath: InMemoryTree.Node], level: ByteString = "x86-64-v3",
    libraryPath: [ByteString] = []
  ) throws -> BundlePlan {
    let tree = InMemoryTree(Self.base.merging(files) { $1 })
    var loader = Loader(
      tree: tree,
      environment: SearchEnvironment(
        libraryPath: libraryPath, processor: Processor(level: level)))
    let subjects = try loader.closures(of: "/srv/app").all.map {
      PackSubject(graph: $0, destination: "/app")
    }
    var builder = PlanBuilder(tree: tree, contents: PlanContents(subjects))
    return try builder.build()
  }

  /// What loads inside the image on some processor.
  func loaded(in plan: BundlePlan, _ level: ByteString?) throws -> [String] {
    var loader = Loader(
      tree: PlanTree(plan.entries),
      environment: SearchEnvironment(processor: Processor(level: level)))
    let graph = try loader.closure(of: "/app")
    #expect(graph.isComplete)
    return graph.objects.dropFirst().filter { $0.openedPath != "/lib64/ld-linux-x86-64.so.2" }
      .map(\.openedPath.description)
  }

  @Test func `variants of a default directory ship beside the baseline, without a cache`() throws {
    let plan = try plan(Self.variants(in: "/usr/lib", "x86-64-v2"))
    let paths = plan.entries.map(\.path)
    #expect(paths.contains("/usr/lib/libx.so"))
    #expect(paths.contains("/usr/lib/glibc-hwcaps/x86-64-v2/libx.so"))
    #expect(!paths.contains("/etc/ld.so.cache"))
    #expect(try loaded(in: plan, nil) == ["/usr/lib/libx.so", "/usr/lib/liby.so"])
    #expect(
      try loaded(in: plan, "x86-64-v4")
        == ["libx.so", "liby.so"].map { "/usr/lib/glibc-hwcaps/x86-64-v2/\($0)" })
  }

  @Test(
    arguments: [
      (nil, "/deps/"), ("x86-64-v2", "/deps/"), ("x86-64-v3", "/deps/glibc-hwcaps/x86-64-v3/"),
      ("x86-64-v4", "/deps/glibc-hwcaps/x86-64-v3/"),
    ] as [(ByteString?, String)])
  func `the generated cache leads each processor to its own`(
    level: ByteString?, directory: String
  ) throws {
    let plan = try plan(
      Self.variants(in: "/deps", "x86-64-v2", "x86-64-v3"), libraryPath: ["/deps"])
    #expect(plan.entries.map(\.path).contains("/etc/ld.so.cache"))
    // The level below the one that was asked for isn't packed: it gets the baseline.
    #expect(try loaded(in: plan, level) == ["libx.so", "liby.so"].map { directory + $0 })
  }

  @Test func `a cache of the root with levels is generated anew for what ships`() throws {
    let cache = CacheBuilder.bytes(
      [
        .init("liby.so", "/c/liby.so"),
        .init("libx.so", "/c/glibc-hwcaps/x86-64-v2/libx.so", level: 0),
        .init("libx.so", "/c/libx.so"), .init("libother.so", "/c/libother.so"),
      ], levels: ["x86-64-v2"])
    let plan = try plan(
      Self.variants(in: "/c", "x86-64-v2").merging(["/etc/ld.so.cache": .file(cache)]) { $1 })
    #expect(try loaded(in: plan, nil) == ["/c/libx.so", "/c/liby.so"])
    #expect(
      try loaded(in: plan, "x86-64-v3")
        == ["/c/glibc-hwcaps/x86-64-v2/libx.so", "/c/liby.so"])
  }

  @Test func `the generated cache is the same bytes each time`() throws {
    func cache() throws -> [UInt8]? {
      let plan = try plan(Self.variants(in: "/deps", "x86-64-v3"), libraryPath: ["/deps"])
      for entry in plan.entries where entry.path == "/etc/ld.so.cache" {
        if case .file(.generated(let bytes), _) = entry.node { return bytes }
      }
      return nil
    }
    let first = try cache()
    #expect(first != nil)
    for _ in 1...3 { #expect(try cache() == first) }
  }

  @Test func `a variant that only some processors find has no baseline to ship`() throws {
    let plan = try plan([
      "/srv/app": .program(needed: ["libx.so"]),
      "/usr/lib/glibc-hwcaps/x86-64-v3/libx.so": .library(),
    ])
    #expect(plan.entries.map(\.path).contains("/usr/lib/glibc-hwcaps/x86-64-v3/libx.so"))
    #expect(
      try loaded(in: plan, "x86-64-v3") == ["/usr/lib/glibc-hwcaps/x86-64-v3/libx.so"])
  }
}
