import ELF
import FileTree
import Loader
import TestSupport

/// A root with a libc in it, in which a test's own files lie.
enum LibcRoot {
  static let glibcInterpreter: RootPath = "/lib64/ld-linux-x86-64.so.2"
  static let muslInterpreter: RootPath = "/lib/ld-musl-x86_64.so.1"

  static let glibc: [RootPath: InMemoryTree.Node] = [
    glibcInterpreter: .library(soname: "ld-linux-x86-64.so.2"),
    "/lib/x86_64-linux-gnu/libc.so.6": .library(
      soname: "libc.so.6", needed: ["ld-linux-x86-64.so.2"]),
  ]

  static let musl: [RootPath: InMemoryTree.Node] = [muslInterpreter: .library()]

  /// glibc's loader with the plain strings that stand in its file.
  static func glibcInterpreter(_ constants: ByteString...) -> InMemoryTree.Node {
    .elf(.library(soname: "ld-linux-x86-64.so.2"), constants: constants)
  }

  /// The strings of Debian's loader: its directories, the value of `$LIB`, the cache's path, the
  /// levels and the version.
  static func debianStrings(version: String) -> [ByteString] {
    [
      "/lib/x86_64-linux-gnu/", "/usr/lib/x86_64-linux-gnu/", "/lib/", "/usr/lib/",
      "lib/x86_64-linux-gnu", "/etc/ld.so.cache", "x86-64-v4:x86-64-v3:x86-64-v2",
      ByteString("ld.so (Debian GLIBC \(version)-9) stable release version \(version)."),
    ]
  }
}

/// What loads of a program in a table of files with glibc.
func glibcClosure(
  of path: ByteString = "/app/main", _ files: [RootPath: InMemoryTree.Node],
  _ environment: SearchEnvironment = SearchEnvironment()
) throws -> ClosureGraph {
  var loader = Loader(
    tree: InMemoryTree(LibcRoot.glibc.merging(files) { $1 }), environment: environment)
  return try loader.closure(of: path)
}

/// The same with musl.
func muslClosure(
  of path: ByteString = "/app/main", _ files: [RootPath: InMemoryTree.Node],
  _ environment: SearchEnvironment = SearchEnvironment()
) throws -> ClosureGraph {
  var loader = Loader(
    tree: InMemoryTree(LibcRoot.musl.merging(files) { $1 }), environment: environment)
  return try loader.closure(of: path)
}

extension ClosureGraph {
  /// The opened paths of the program's own namespace, in the order in which symbols are searched;
  /// without the subject and the interpreter.
  var loaded: [String] {
    order.filter { $0 != 0 && $0 != interpreter && objects[$0].residence == .program }
      .map { objects[$0].openedPath.description }
  }

  /// The same of what watches the program.
  var auditing: [String] {
    order.filter { objects[$0].residence == .audit }.map { objects[$0].openedPath.description }
  }

  /// The paths that were tried for a name, by any object.
  func tried(for name: ByteString) -> [String] {
    requests.filter { $0.name == name }.flatMap(\.attempts).map(\.path.description)
  }
}

extension InMemoryTree.Node {
  static func muslProgram(
    _ needed: [ByteString], rpath: ByteString? = nil, runpath: ByteString? = nil
  ) -> InMemoryTree.Node {
    .program(
      interpreter: LibcRoot.muslInterpreter.text, needed: needed, rpath: rpath, runpath: runpath)
  }
}
