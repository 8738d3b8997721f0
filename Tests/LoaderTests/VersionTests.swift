import ELF
import FileTree
import Loader
import TestSupport
import Testing

/// Symbol versions that are asked for, and what the libraries define that are found.
struct VersionTests {
  static let main = ElfImage.program(needed: ["libx.so"], runpath: "/l:/more")

  func unmet(_ graph: ClosureGraph) -> [String] {
    graph.unmetVersions.map { unmet in
      let (requester, provider) = (graph.objects[unmet.requester], graph.objects[unmet.provider])
      return "\(requester.openedPath) asks \(provider.openedPath) for \(unmet.version)"
        + (unmet.isWeak ? ", weakly" : "")
    }
  }

  @Test func `a version that the library lacks ends the program, and the search doesn't go on`()
    throws
  {
    let graph = try glibcClosure([
      "/app/main": .elf(Self.main.using("V1", "V2", of: "libx.so")),
      "/l/libx.so": .elf(.library().defining("libx.so", "V1")),
      "/more/libx.so": .elf(.library().defining("libx.so", "V1", "V2")),
    ])
    #expect(graph.loaded == ["/l/libx.so"])
    #expect(unmet(graph) == ["/app/main asks /l/libx.so for V2"])
    #expect(!graph.isComplete && graph.missing.isEmpty)
  }

  @Test func `a version that is used weakly may be missing`() throws {
    let graph = try glibcClosure([
      "/app/main": .elf(Self.main.using("V1", .weak("V2"), of: "libx.so")),
      "/l/libx.so": .elf(.library().defining("V1")),
    ])
    #expect(unmet(graph) == ["/app/main asks /l/libx.so for V2, weakly"])
    #expect(graph.isComplete)
  }

  @Test func `a library without versions does for every one`() throws {
    let graph = try glibcClosure([
      "/app/main": .elf(Self.main.using("V1", of: "libx.so")), "/l/libx.so": .library(),
    ])
    #expect(unmet(graph).isEmpty && graph.isComplete)
  }

  @Test func `name and hash have to be equal`() throws {
    let graph = try glibcClosure([
      "/app/main": .elf(Self.main.using("V1", of: "libx.so")),
      "/l/libx.so": .elf(.library().defining(.init(name: "V1", hash: 1))),
    ])
    #expect(unmet(graph) == ["/app/main asks /l/libx.so for V1"])
  }

  @Test func `versions of a missing library are not missed`() throws {
    let graph = try glibcClosure(["/app/main": .elf(Self.main.using("V1", of: "libx.so"))])
    #expect(graph.missing.map(\.name) == ["libx.so"])
    #expect(unmet(graph).isEmpty)
  }

  @Test func `a version is looked for in what answered to the name, whoever asked first`() throws {
    let graph = try glibcClosure([
      "/app/main": .program(
        needed: ["libx.so", "/l/by-path/liby.so", "liba.so"], runpath: "/l"),
      "/l/libx.so": .elf(.library().defining("V1")),
      "/l/by-path/liby.so": .elf(.library(soname: "liby.so").defining("W1")),
      // Linked with files that lie in its own directory and aren't loaded.
      "/l/liba.so": .elf(
        .library(needed: ["libx.so", "liby.so"], runpath: "/more").using("V2", of: "libx.so")
          .using("W1", "W2", of: "liby.so")),
      "/more/libx.so": .elf(.library().defining("V1", "V2")),
    ])
    #expect(
      unmet(graph) == [
        "/l/liba.so asks /l/libx.so for V2", "/l/liba.so asks /l/by-path/liby.so for W2",
      ])
  }

  /// Linkers name what another object needs, and the loader itself.
  @Test func `a library that is named without being needed is looked for among the loaded`() throws
  {
    let graph = try glibcClosure([
      "/app/main": .elf(
        .program(needed: ["liba.so"], runpath: "/l").using("V1", "V2", of: "libx.so")
          .using("V1", "V2", of: "ld-linux-x86-64.so.2")),
      "/l/liba.so": .library(needed: ["libx.so"], runpath: "/l"),
      "/l/libx.so": .elf(.library().defining("V1")),
      LibcRoot.glibcInterpreter: .elf(.library(soname: "ld-linux-x86-64.so.2").defining("V1")),
    ])
    #expect(
      unmet(graph) == [
        "/app/main asks /l/libx.so for V2", "/app/main asks /lib64/ld-linux-x86-64.so.2 for V2",
      ])
  }

  /// As where a need was taken out and its versions were not.
  @Test func `a library that is named and that nobody loads ends the program`() throws {
    #expect(
      throws: LoaderError.unreadable(
        path: "/app/main", .versionsOfUnloadedLibrary("libnone.so"))
    ) {
      try glibcClosure(["/app/main": .elf(.program().using("V1", of: "libnone.so"))])
    }
  }

  @Test func `an auditor hides no library of the program's from that check`() throws {
    // The program names libx.so among its versions, and only liba.so needs it.
    var main = ElfImage.program(needed: ["liba.so"], runpath: "/l").using("V2", of: "libx.so")
    main.dynamic?.audit = ["libp.so"]
    let graph = try glibcClosure([
      "/app/main": .elf(main), "/l/liba.so": .library(needed: ["libx.so"], runpath: "/l"),
      "/l/libx.so": .elf(.library().defining("libx.so", "V1")),
      "/l/libp.so": .elf(.library(), symbols: .auditor),
    ])
    #expect(graph.auditing == ["/l/libp.so"])
    #expect(unmet(graph) == ["/app/main asks /l/libx.so for V2"])
  }

  @Test func `subjects that share libraries each get their own answer`() throws {
    let tree = InMemoryTree(
      LibcRoot.glibc.merging([
        "/app/one": .elf(Self.main.using("V1", of: "libx.so")),
        "/app/two": .elf(Self.main.using("V2", of: "libx.so")),
        "/app/other": .elf(
          .program(needed: ["libx.so", "liba.so"], runpath: "/more:/l")),
        "/l/liba.so": .elf(
          .library(needed: ["libx.so"], runpath: "/l").using("V2", of: "libx.so")),
        "/l/libx.so": .elf(.library(needed: []).defining("V1")),
        "/more/libx.so": .elf(.library().defining("V2")),
        "/app/third": .elf(.program(needed: ["libx.so", "liba.so"], runpath: "/l")),
      ]) { $1 })
    let store = ObjectStore(tree: tree)
    // Twice, with what the first round remembered; and by another loader of the same tree.
    for var loader in [Loader(tree: tree, store: store), Loader(tree: tree, store: store)] {
      for _ in 1...2 {
        #expect(try unmet(loader.closure(of: "/app/one")) == [])
        #expect(try unmet(loader.closure(of: "/app/two")) == ["/app/two asks /l/libx.so for V2"])
        #expect(try unmet(loader.closure(of: "/app/other")) == [])
        #expect(
          try unmet(loader.closure(of: "/app/third")) == ["/l/liba.so asks /l/libx.so for V2"])
      }
    }
  }

  @Test func `damaged tables end a program of glibc, and musl's loader doesn't look at them`()
    throws
  {
    var bytes = ElfBuilder.bytes(of: .library().defining("V1"))
    // The version number of the table's first record, right behind the three headers.
    bytes[64 + 2 * 56] = 9
    let library: [RootPath: InMemoryTree.Node] = ["/l/libx.so": .file(bytes)]
    #expect(
      throws: LoaderError.unreadable(
        path: "/l/libx.so", .unknownVersionRecord(what: .versionDefinitions, version: 9))
    ) {
      try glibcClosure(library.merging(["/app/main": .elf(Self.main)]) { $1 })
    }
    let musl = try muslClosure(
      library.merging(["/app/main": .muslProgram(["libx.so"], runpath: "/l")]) { $1 })
    #expect(musl.isComplete)
  }

  @Test func `musl's loader checks no versions`() throws {
    let image = ElfImage.program(
      interpreter: LibcRoot.muslInterpreter.text, needed: ["libx.so"], runpath: "/l")
    let graph = try muslClosure([
      "/app/main": .elf(image.using("V2", of: "libx.so")),
      "/l/libx.so": .elf(.library().defining("V1")),
    ])
    #expect(graph.isComplete && graph.unmetVersions.isEmpty)
  }
}
