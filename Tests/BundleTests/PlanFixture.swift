import Bundle
import FileTree
import Loader
import TestSupport

/// Plans of programs in a small system with a merged `/usr`.
enum PlanFixture {
  static let system: [RootPath: InMemoryTree.Node] = [
    "/lib": .link("usr/lib"), "/lib64": .link("usr/lib64"),
    "/usr/lib64/ld-linux-x86-64.so.2": .library(soname: "ld-linux-x86-64.so.2"),
    "/usr/lib/libc.so.6": .link("libc-2.36.so"),
    "/usr/lib/libc-2.36.so": .library(soname: "libc.so.6", needed: ["ld-linux-x86-64.so.2"]),
    "/usr/lib/libz.so.1": .link("libz.so.1.3"),
    "/usr/lib/libz.so.1.3": .library(soname: "libz.so.1", needed: ["libc.so.6"]),
  ]

  /// Plans programs with additions, and with the closures of those additions that are libraries.
  static func plan(
    _ files: [RootPath: InMemoryTree.Node], programs: [(ByteString, at: RootPath?)],
    additions: [(ByteString, at: RootPath?)] = [], libraries: [(ByteString, at: RootPath?)] = [],
    system: [RootPath: InMemoryTree.Node] = system, options: PlanOptions = PlanOptions()
  ) throws -> BundlePlan {
    let tree = InMemoryTree(system.merging(files) { $1 })
    return try plan(
      tree, programs: programs, additions: additions, libraries: libraries, options: options)
  }

  static func plan(
    _ tree: any FileTree, programs: [(ByteString, at: RootPath?)],
    additions: [(ByteString, at: RootPath?)] = [], libraries: [(ByteString, at: RootPath?)] = [],
    options: PlanOptions = PlanOptions()
  ) throws -> BundlePlan {
    var loader = Loader(tree: tree)
    let subjects =
      try programs.map {
        PackSubject(graph: try loader.closure(of: $0.0), destination: $0.at)
      }
      + libraries.map {
        PackSubject(
          graph: try loader.closure(of: $0.0), destination: $0.at, reason: .addition(of: $0.0))
      }
    let contents = PlanContents(
      subjects,
      additions: (additions + libraries).map {
        Addition(tree: tree, source: $0.0, destination: $0.at)
      })
    var builder = PlanBuilder(tree: tree, contents: contents, options: options)
    return try builder.build()
  }
}

extension BundlePlan {
  subscript(path: RootPath) -> BundleEntry? {
    entries.first { $0.path == path }
  }

  /// Nil for links and for what isn't there.
  func permissions(of path: RootPath) -> UInt16? {
    switch self[path]?.node {
    case .directory(let permissions), .file(_, let permissions), .hardLink(_, let permissions):
      permissions
    case .symbolicLink, nil: nil
    }
  }

  /// The names in an archive of what isn't a directory, by stratum.
  func names(in stratum: Stratum) -> [String] {
    entries.filter { $0.stratum == stratum }.map(\.archiveName.description)
      .filter { !$0.hasSuffix("/") }
  }
}
