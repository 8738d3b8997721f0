import ELF
import FileTree
import Loader
import TestSupport
import Testing

/// How much would go with each object, on graphs whose dominators can be seen.
struct RetainedSizeTests {
  /// Builds a program from a table of needs, and tells what goes with each of its names: the names
  /// whose sizes add up to the retained one.
  func retained(_ needs: KeyValuePairs<String, [String]>) throws -> [String: Set<String>] {
    var files: [RootPath: InMemoryTree.Node] = [:]
    for (index, (name, needed)) in needs.enumerated() {
      let path = RootPath.root.appending("l").appending(ByteString(name))
      var bytes = ElfBuilder.bytes(
        of: name == "main"
          ? .program(needed: needed.map { ByteString($0) }, runpath: "/l")
          : .library(needed: needed.map { ByteString($0) }, runpath: "/l"))
      // Sizes that tell by their sum what is in it.
      bytes += [UInt8](repeating: 0, count: (1 << (index + 12)) - bytes.count)
      files[path] = .file(bytes, permissions: 0o755)
    }
    let graph = try glibcClosure(of: "/l/main", files)
    let sizes = graph.retainedSizes()
    var result: [String: Set<String>] = [:]
    for (object, size) in zip(graph.objects, sizes)
    where object.openedPath != LibcRoot.glibcInterpreter.text {
      let names = needs.enumerated().filter { size & (1 << (UInt64($0.offset) + 12)) != 0 }
      result[object.file.real.name.description] = Set(names.map(\.element.key))
    }
    return result
  }

  @Test func `a chain goes with its first link`() throws {
    let sizes = try retained(["main": ["a"], "a": ["b"], "b": ["c"], "c": []])
    #expect(sizes["main"] == ["main", "a", "b", "c"])
    #expect(sizes["a"] == ["a", "b", "c"] && sizes["b"] == ["b", "c"] && sizes["c"] == ["c"])
  }

  @Test func `what two need goes with neither, but with what leads to both`() throws {
    let sizes = try retained([
      "main": ["top"], "top": ["left", "right"], "left": ["shared"], "right": ["shared"],
      "shared": ["deep"], "deep": [],
    ])
    #expect(sizes["left"] == ["left"] && sizes["right"] == ["right"])
    #expect(sizes["shared"] == ["shared", "deep"])
    #expect(sizes["top"] == ["top", "left", "right", "shared", "deep"])
  }

  @Test func `a way around takes away what it leads to`() throws {
    let sizes = try retained([
      "main": ["a", "c"], "a": ["b"], "b": ["c", "d"], "c": ["e"], "d": [], "e": [],
    ])
    #expect(sizes["a"] == ["a", "b", "d"] && sizes["b"] == ["b", "d"])
    #expect(sizes["c"] == ["c", "e"])
  }

  @Test func `a cycle goes with the object by which it is entered`() throws {
    let sizes = try retained([
      "main": ["a"], "a": ["b"], "b": ["c"], "c": ["a", "d"], "d": ["b"],
    ])
    #expect(sizes["a"] == ["a", "b", "c", "d"])
    #expect(sizes["b"] == ["b", "c", "d"] && sizes["c"] == ["c", "d"] && sizes["d"] == ["d"])
  }

  @Test func `a cycle with two entries goes with neither`() throws {
    let sizes = try retained([
      "main": ["a", "b"], "a": ["c"], "b": ["d"], "c": ["d"], "d": ["c"],
    ])
    #expect(sizes["a"] == ["a"] && sizes["b"] == ["b"])
    #expect(sizes["c"] == ["c"] && sizes["d"] == ["d"])
    #expect(sizes["main"] == ["main", "a", "b", "c", "d"])
  }

  /// The order in which objects load has nothing to do with who dominates whom: here the first pass
  /// has to be corrected by another.
  @Test func `an object that is met late may take away what was met before`() throws {
    let sizes = try retained([
      "main": ["a", "z"], "a": ["b"], "b": ["c"], "c": ["d"], "d": [], "z": ["y"], "y": ["c"],
    ])
    #expect(sizes["b"] == ["b"] && sizes["a"] == ["a", "b"] && sizes["z"] == ["z", "y"])
    #expect(sizes["c"] == ["c", "d"])
  }

  @Test func `the whole goes with the program, the interpreter included`() throws {
    let graph = try glibcClosure([
      "/app/main": .program(needed: ["libc.so.6"]), "/l/libx.so": .library(),
    ])
    let total = graph.objects.reduce(0) { $0 + $1.file.status.size }
    #expect(graph.retainedSizes()[0] == total)
  }

  @Test func `what was unloaded again has its own size`() throws {
    let graph = try glibcClosure(
      [
        "/app/main": .program(runpath: "/l"),
        "/l/libx.so": .library(needed: ["libmissing.so"]),
      ], SearchEnvironment(openings: [Opening(name: "libx.so")]))
    let sizes = graph.retainedSizes()
    #expect(sizes.count == graph.objects.count)
    #expect(sizes.last == graph.objects.last?.file.status.size)
  }
}
