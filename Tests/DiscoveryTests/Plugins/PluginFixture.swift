import ELF
import FileTree
import SystemPackage
import TestSupport

@testable import Discovery

/// Asks one source about objects of a tree, as the walk over a closure would.
struct PluginFixture {
  var root: RootView
  private var source: any NeedSource

  init(_ source: any NeedSource, _ tree: any FileTree) {
    self.source = source
    root = RootView(tree: tree)
  }

  init(_ source: any NeedSource, _ table: [RootPath: InMemoryTree.Node]) {
    self.init(source, InMemoryTree(table))
  }

  /// The needs of one object, which is read from the tree.
  mutating func needs(
    of path: ByteString, isProgram: Bool = false, imports: Set<ByteString> = [],
    place: RootPath? = nil
  ) -> [RuntimeNeed] {
    guard let file = root.resolve(path) else { return [] }
    let image = try? ElfImage(reading: root.open(path))
    let object = ObservedObject(
      path: path, real: file.real, place: place ?? file.real, image: image, isProgram: isProgram,
      imports: imports)
    return source.needs(of: object, in: &root)
  }
}

extension [RuntimeNeed] {
  /// All paths that are asked for, sorted.
  var paths: [ByteString] {
    flatMap(\.wishes).compactMap { wish in
      if case .path(let path, _) = wish { path } else { nil }
    }.sorted()
  }

  /// The first names of all libraries that are asked for, in order.
  var libraries: [ByteString] {
    flatMap(\.wishes).compactMap { wish in
      if case .library(let names, _) = wish { names.first } else { nil }
    }
  }

  var directories: [RootPath] {
    flatMap(\.wishes).compactMap { wish in
      if case .directory(let path, _, _) = wish { path } else { nil }
    }
  }

  /// The lines that are asked for in a file, each once, in order.
  func lines(of file: RootPath) -> [ByteString] {
    var seen: Set<ByteString> = []
    return flatMap(\.wishes).flatMap { wish -> [ByteString] in
      if case .lines(file, let lines) = wish { lines } else { [] }
    }.filter { seen.insert($0).inserted }
  }

  var essential: [RuntimeNeed] { filter(\.isEssential) }
  var hints: [RuntimeNeed] { filter { !$0.isEssential } }

  /// The need that asks for a library.
  func asking(for library: ByteString) -> RuntimeNeed? {
    first { [$0].libraries.contains(library) }
  }

  /// Whether a path, or a directory above it, is asked for.
  func covers(_ path: ByteString) -> Bool {
    let path = RootPath(normalising: path)
    return paths.contains { path.isInside(RootPath(normalising: $0)) }
  }
}

extension RuntimeNeed {
  /// `FILE:LINE`, for a need that a line of a file names.
  var place: String? {
    guard case .line(let number) = evidence.mark, let file = evidence.file else { return nil }
    return "\(file):\(number)"
  }
}
