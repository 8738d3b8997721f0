import Bundle
import FileTree
import Loader
import TestSupport
import Testing

/// Plans as tables: `path` → `file`, `dir`, `-> text` or `= path`.
struct PlanBuilderTests {
  static let interpreter: RootPath = "/usr/lib64/ld-linux-x86-64.so.2"
  static let base: [RootPath: InMemoryTree.Node] = [
    "/lib": .link("usr/lib"), "/lib64": .link("usr/lib64"),
    "/usr/lib64/ld-linux-x86-64.so.2": .library(soname: "ld-linux-x86-64.so.2"),
    "/usr/lib/libc.so.6": .link("libc-2.36.so"),
    "/usr/lib/libc-2.36.so": .library(soname: "libc.so.6", needed: ["ld-linux-x86-64.so.2"]),
  ]

  func plan(
    _ files: [RootPath: InMemoryTree.Node], program: ByteString, at destination: RootPath?,
    libraryPath: [ByteString] = [], additions: [(ByteString, RootPath?)] = []
  ) throws -> BundlePlan {
    let tree = InMemoryTree(Self.base.merging(files) { $1 })
    var loader = Loader(tree: tree, environment: SearchEnvironment(libraryPath: libraryPath))
    let graph = try loader.closure(of: program)
    var builder = PlanBuilder(
      tree: tree,
      contents: PlanContents(
        [PackSubject(graph: graph, destination: destination)],
        additions: additions.map { Addition(tree: tree, source: $0.0, destination: $0.1) }))
    return try builder.build()
  }

  func table(_ plan: BundlePlan) -> [String] {
    plan.entries.map { entry in
      switch entry.node {
      case .directory: "\(entry.path)/"
      case .file(.generated, _): "\(entry.path) generated"
      case .file: "\(entry.path)"
      case .symbolicLink(let text): "\(entry.path) -> \(text)"
      case .hardLink(let target, _): "\(entry.path) = \(target)"
      }
    }
  }

  static let libc = [
    "/lib -> usr/lib", "/lib64 -> usr/lib64", "/usr/", "/usr/lib/", "/usr/lib/libc-2.36.so",
    "/usr/lib/libc.so.6 -> libc-2.36.so", "/usr/lib64/", "/usr/lib64/ld-linux-x86-64.so.2",
  ]

  @Test func `a program goes to its new place with the loader, every link and every parent`() throws
  {
    let plan = try plan(
      ["/home/me/server": .program(needed: ["libc.so.6"])], program: "/home/me/server",
      at: "/server")
    #expect(table(plan) == Self.libc.dropLast(6) + ["/server"] + Self.libc.dropFirst(2))
    #expect(plan.programs == ["/server"])
  }

  @Test func `what ORIGIN finds moves along, with its links, and no build path remains`() throws {
    let plan = try plan(
      [
        "/home/me/bin/server": .program(needed: ["libx.so.1"], runpath: "$ORIGIN/../private"),
        "/home/me/private/libx.so.1": .link("libx.so.1.2"),
        "/home/me/private/libx.so.1.2": .library(needed: ["liby.so"], runpath: "$ORIGIN"),
        "/home/me/private/liby.so": .link("/home/me/elsewhere/liby.so.3"),
        "/home/me/elsewhere/liby.so.3": .library(),
      ], program: "/home/me/bin/server", at: "/opt/app/bin/server")
    let paths = table(plan)
    #expect(!paths.contains { $0.contains("home") })
    #expect(
      paths.filter { $0.contains("private") } == [
        "/opt/app/private/", "/opt/app/private/libx.so.1 -> libx.so.1.2",
        "/opt/app/private/libx.so.1.2", "/opt/app/private/liby.so",
      ])
  }

  @Test func `a moved library goes where the links of the image lead`() throws {
    let plan = try plan(
      [
        "/home/me/bin/server": .program(needed: ["libx.so"], runpath: "$ORIGIN/../lib"),
        "/home/me/lib/libx.so": .library(),
      ], program: "/home/me/bin/server", at: "/server")
    #expect(table(plan).contains("/lib -> usr/lib"))
    #expect(table(plan).contains("/usr/lib/libx.so"))
  }

  @Test func `a library outside the default directories gets a generated cache`() throws {
    let plan = try plan(
      [
        "/usr/bin/server": .program(needed: ["libx.so.1"]),
        "/srv/deps/libx.so.1": .library(),
      ], program: "/usr/bin/server", at: nil, libraryPath: ["/srv/deps"])
    #expect(table(plan).contains("/etc/ld.so.cache generated"))
    #expect(table(plan).contains("/srv/deps/libx.so.1"))
  }

  @Test func `a request that would go elsewhere in the image is a failure that names it`() throws {
    #expect {
      try plan(
        [
          "/home/me/server": .program(needed: ["libx.so"], runpath: "$ORIGIN/own:/data"),
          "/data/libx.so": .library(), "/other/libx.so": .library(soname: "other"),
        ], program: "/home/me/server", at: "/server",
        additions: [("/other/libx.so", "/own/libx.so")])
    } throws: { error in
      guard case .unfaithful(let deviations)? = error as? PlanError else { return false }
      return deviations == [
        PlanError.Deviation(
          program: "/server", name: "libx.so", requester: "/home/me/server",
          expected: "/data/libx.so", actual: "/own/libx.so")
      ]
    }
  }

  @Test func `two different files for one path are a failure`() throws {
    #expect {
      try plan(
        [
          "/home/me/server": .program(needed: ["libx.so"], runpath: "$ORIGIN"),
          "/home/me/libx.so": .library(),
          "/data/libx.so": .library(soname: "other"),
        ], program: "/home/me/server", at: "/server",
        additions: [("/data/libx.so", "/libx.so")])
    } throws: { error in
      guard case .conflict(let path, _, _)? = error as? PlanError else { return false }
      return path == "/libx.so"
    }
  }

  @Test func `two paths of one file are one file and a hard link`() throws {
    let plan = try plan(
      [
        "/usr/bin/server": .program(), "/data/a": .text("same"), "/data/b": .hardLink("/data/a"),
      ], program: "/usr/bin/server", at: nil, additions: [("/data", nil)])
    #expect(table(plan).contains("/data/b = /data/a"))
  }

  @Test func `a kept symlinked program keeps its links`() throws {
    let plan = try plan(
      [
        "/usr/bin/vi": .link("/etc/alternatives/vi"),
        "/etc/alternatives/vi": .link("/usr/bin/vim"), "/usr/bin/vim": .program(),
      ], program: "/usr/bin/vi", at: nil)
    #expect(table(plan).contains("/usr/bin/vi -> /etc/alternatives/vi"))
    #expect(table(plan).contains("/etc/alternatives/vi -> /usr/bin/vim"))
    #expect(plan.programs == ["/usr/bin/vi"])
  }

  @Test func `a directory that two dots leave again exists in the image`() throws {
    let plan = try plan(
      [
        "/home/me/server": .program(needed: ["libx.so"], runpath: "$ORIGIN/sub/../lib"),
        "/home/me/sub": .directory(), "/home/me/lib/libx.so": .library(),
      ], program: "/home/me/server", at: "/app/server")
    #expect(table(plan).contains("/app/sub/"))
    #expect(table(plan).contains("/app/lib/libx.so"))
  }

  @Test func `a library found from the current directory goes below the root`() throws {
    let tree = InMemoryTree(
      Self.base.merging([
        "/current/server": .program(needed: ["libx.so", "./liby.so"], runpath: "deps"),
        "/current/deps/libx.so": .library(), "/current/liby.so": .library(),
      ]) { $1 })
    var loader = Loader(tree: tree, environment: SearchEnvironment(workingDirectory: "/current"))
    let graph = try loader.closure(of: "/current/server")
    var builder = PlanBuilder(
      tree: tree, contents: PlanContents([PackSubject(graph: graph, destination: "/server")]))
    let paths = table(try builder.build())
    #expect(paths.contains("/deps/libx.so") && paths.contains("/liby.so"))
    #expect(!paths.contains { $0.contains("current") })
  }

  @Test func `set-user-id bits are dropped and told`() throws {
    let plan = try plan(
      ["/usr/bin/server": .program(), "/data": .file([1], permissions: 0o4755)],
      program: "/usr/bin/server", at: nil, additions: [("/data", nil)])
    #expect(plan.warnings == [.droppedSetID("/data")])
    guard case .file(_, let permissions)? = plan.entries.first(where: { $0.path == "/data" })?.node
    else {
      Issue.record("/data is missing")
      return
    }
    #expect(permissions == 0o755)
  }

  @Test func `a link of an addition that leads nowhere in the image is told`() throws {
    let plan = try plan(
      ["/usr/bin/server": .program(), "/data/l": .link("/not/here")],
      program: "/usr/bin/server", at: nil, additions: [("/data", nil)])
    #expect(plan.warnings == [.danglingLink("/data/l", "/not/here")])
  }

  @Test func `a musl program that needs its path file gets one`() throws {
    let tree: [RootPath: InMemoryTree.Node] = [
      "/lib/ld-musl-x86_64.so.1": .library(),
      "/etc/ld-musl-x86_64.path": .text("/lib/x86_64-linux-musl\n/usr/lib/x86_64-linux-musl\n"),
      "/usr/lib/x86_64-linux-musl/libx.so": .library(),
      "/srv/app": .program(
        interpreter: "/lib/ld-musl-x86_64.so.1", needed: ["libc.so", "libx.so"]),
    ]
    var loader = Loader(tree: InMemoryTree(tree))
    let graph = try loader.closure(of: "/srv/app")
    var builder = PlanBuilder(
      tree: InMemoryTree(tree),
      contents: PlanContents([PackSubject(graph: graph, destination: "/app")]))
    let plan = try builder.build()
    guard
      case .file(.generated(let bytes), _)? = plan.entries.first(where: {
        $0.path == "/etc/ld-musl-x86_64.path"
      })?.node
    else {
      Issue.record("no path file")
      return
    }
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == "/lib/x86_64-linux-musl\n/usr/lib/x86_64-linux-musl\n")
  }
}
