import ELF
import FileTree
import Loader
import TestSupport
import Testing

/// Which library of a program's tree answers a name that no search does.
struct SiblingLibraryTests {
  private static let tree = InMemoryTree(
    LibcRoot.glibc.merging([
      "/opt/app/lib/core/libcore.so.1": .library(soname: "libcore.so"),
      "/opt/app/lib/plugins/a/libplugin.so": .library(needed: ["libcore.so", "libc.so.6"]),
      "/opt/app/lib/plugins/near/libcore.so": .library(soname: "libcore.so"),
      "/opt/app/nameless/libcore2.so": .library(),
      "/opt/app/program/libcore3.so": .program(soname: "libcore3.so"),
      "/opt/other/libcore4.so": .library(soname: "libcore4.so"),
      "/opt/app/small/libcore5.so": .library(
        soname: "libcore5.so", header: ElfHeader(elfClass: .elf32, machine: .x86)),
      "/usr/lib/x86_64-linux-gnu/a/libplugin.so": .library(needed: ["libcore6.so"]),
      "/usr/lib/x86_64-linux-gnu/b/libcore6.so": .library(soname: "libcore6.so"),
      "/usr/lib/x86_64-linux-gnu/a/b/c/d/e/f/libdeep.so": .library(needed: ["libnear.so"]),
      "/usr/lib/x86_64-linux-gnu/a/libnear.so": .library(soname: "libnear.so"),
      "/app/libroot.so": .library(needed: ["libcore7.so"]),
      "/app/x/libcore7.so": .library(soname: "libcore7.so"),
      "/opt/app/lib/plugins/a/libneedy.so": .library(
        needed: [
          "libcore.so", "libcore2.so", "libcore3.so", "libcore4.so", "libcore5.so", "libgone.so",
        ]),
    ]) { $1 })

  private func providers(
    for path: ByteString, _ configure: (inout SiblingLibraries) -> Void = { _ in }
  ) throws -> [ByteString: RootPath] {
    var loader = Loader(tree: Self.tree)
    let graph = try loader.closure(of: path)
    var siblings = SiblingLibraries()
    configure(&siblings)
    siblings.addSiblings(of: graph.subject.file.real, in: Self.tree)
    var providers: [ByteString: RootPath] = [:]
    for request in graph.missing {
      providers[request.name] = siblings.provider(
        of: request, in: graph, at: graph.subject.file.real)
    }
    return providers
  }

  @Test func `the nearest library of the same program whose soname is asked for`() throws {
    #expect(
      try providers(for: "/opt/app/lib/plugins/a/libneedy.so") == [
        "libcore.so": "/opt/app/lib/plugins/near/libcore.so"
      ])
    #expect(try providers(for: "/app/libroot.so") == ["libcore7.so": "/app/x/libcore7.so"])
  }

  @Test func `none of a directory that many programs share, and none too far away`() throws {
    #expect(try providers(for: "/usr/lib/x86_64-linux-gnu/a/libplugin.so").isEmpty)
    #expect(try providers(for: "/usr/lib/x86_64-linux-gnu/a/b/c/d/e/f/libdeep.so").isEmpty)
  }

  @Test func `what a program loads is there for all that it opens`() throws {
    var loader = Loader(tree: Self.tree)
    let program = try loader.closure(of: "/usr/lib/x86_64-linux-gnu/b/libcore6.so")
    #expect(
      try providers(for: "/usr/lib/x86_64-linux-gnu/a/libplugin.so") {
        $0.add(loadedBy: program)
      } == ["libcore6.so": "/usr/lib/x86_64-linux-gnu/b/libcore6.so"])
  }

  @Test func `with one program, all is its`() throws {
    #expect(
      try providers(for: "/usr/lib/x86_64-linux-gnu/a/libplugin.so") { siblings in
        siblings.isOneProgram = true
        siblings.add(.library(soname: "libcore6.so"), at: "/usr/lib/x86_64-linux-gnu/b/libcore6.so")
      } == ["libcore6.so": "/usr/lib/x86_64-linux-gnu/b/libcore6.so"])
  }

  @Test func `musl knows no names but those that it searched`() throws {
    let tree = InMemoryTree(
      LibcRoot.musl.merging([
        "/app/main": .program(interpreter: LibcRoot.muslInterpreter.text),
        "/app/libplugin.so": .library(needed: ["libcore.so"]),
        "/app/core/libcore.so": .library(soname: "libcore.so"),
      ]) { $1 })
    var loader = Loader(tree: tree)
    let graph = try loader.closure(of: "/app/libplugin.so")
    guard graph.libc == .musl, let request = graph.missing.first else { return }
    var siblings = SiblingLibraries()
    siblings.addSiblings(of: "/app/libplugin.so", in: tree)
    #expect(siblings.provider(of: request, in: graph, at: "/app/libplugin.so") == nil)
    let later = try loader.closures(of: "/app/libplugin.so", openedAfter: ["/app/core/libcore.so"])
    #expect(later.graph.missing.map(\.name) == ["libcore.so"])
  }

  @Test func `what was opened before needs no search`() throws {
    var loader = Loader(tree: Self.tree)
    let path: ByteString = "/opt/app/lib/plugins/a/libplugin.so"
    #expect(try loader.closures(of: path).graph.missing.map(\.name) == ["libcore.so"])
    let later = try loader.closures(of: path, openedAfter: ["/opt/app/lib/core/libcore.so.1"])
    #expect(later.graph.isComplete)
    #expect(try loader.closures(of: path).graph.missing.map(\.name) == ["libcore.so"])
  }
}
