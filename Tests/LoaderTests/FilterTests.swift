import ELF
import FileTree
import Loader
import TestSupport
import Testing

/// DT_FILTER and DT_AUXILIARY: what is loaded before the object that names it.
struct FilterTests {
  static let main = InMemoryTree.Node.program(needed: ["liba.so", "libb.so"], runpath: "/l")

  /// Libraries in /l that need nothing.
  static func plain(_ names: ByteString...) -> [RootPath: InMemoryTree.Node] {
    Dictionary(
      uniqueKeysWithValues: names.map { (RootPath.root.appending("l").appending($0), .library()) })
  }

  @Test func `filters come before the object that names them, each before the next`() throws {
    let graph = try glibcClosure(
      Self.plain("libb.so", "libn.so", "libff.so").merging([
        "/app/main": Self.main,
        "/l/liba.so": .elf(
          .library(runpath: "/l").naming(
            .needed("libn.so"), .auxiliary("libf1.so"), .auxiliary("libf2.so"),
            .filter("libf3.so"))),
        "/l/libf1.so": .library(needed: ["libff.so"], runpath: "/l"),
        "/l/libf2.so": .elf(.library(runpath: "/l").naming(.auxiliary("libf4.so"))),
        "/l/libf3.so": .library(), "/l/libf4.so": .library(needed: ["libff.so"], runpath: "/l"),
      ]) { $1 })
    #expect(
      graph.loaded == [
        "/l/libf1.so", "/l/libf4.so", "/l/libf2.so", "/l/libf3.so", "/l/liba.so", "/l/libb.so",
        "/l/libn.so", "/l/libff.so",
      ])
  }

  /// The order of the entries decides what is asked for first, not what stands first.
  @Test func `names are asked for in the file's order, whatever their kind`() throws {
    let graph = try glibcClosure(
      Self.plain("liba.so", "libb.so", "libf.so", "libx.so").merging([
        "/app/main": .elf(
          .program(runpath: "/l").naming(
            .filter("libf.so"), .needed("liba.so"), .auxiliary("libx.so"), .needed("libb.so")))
      ]) { $1 })
    #expect(
      graph.requests.map { "\($0.kind) \($0.name)" } == [
        "filter libf.so", "needed liba.so", "auxiliary libx.so", "needed libb.so",
        "interpreter /lib64/ld-linux-x86-64.so.2",
      ])
    // The program itself has its filters before it.
    #expect(
      graph.order.map { graph.objects[$0].openedPath }.prefix(3) == [
        "/l/libf.so", "/l/libx.so", "/app/main",
      ])
  }

  @Test func `a filter that is loaded behind the object moves before it, an earlier one stays`()
    throws
  {
    let graph = try glibcClosure(
      Self.plain("libx.so", "liby.so").merging([
        "/app/main": .program(
          needed: ["liba.so", "libb.so", "libx.so", "liby.so"], runpath: "/l"),
        "/l/liba.so": .elf(.library(runpath: "/l").naming(.auxiliary("libx.so"))),
        "/l/libb.so": .elf(
          .library(runpath: "/l").naming(.auxiliary("liba.so"), .filter("liby.so"))),
      ]) { $1 })
    #expect(graph.loaded == ["/l/libx.so", "/l/liba.so", "/l/liby.so", "/l/libb.so"])
  }

  @Test(arguments: [
    (DynamicSection.Dependency.auxiliary("libmissing.so"), InMemoryTree.Node.library(), true),
    (.auxiliary("libtext.so"), .text("INPUT(libx.so)"), true),
    (.filter("libmissing.so"), .library(), false),
    (.filter("libtext.so"), .text("INPUT(libx.so)"), false),
  ])
  func `a missing auxiliary is passed over, but no filter`(
    dependency: DynamicSection.Dependency, decoy: InMemoryTree.Node, isComplete: Bool
  ) throws {
    let graph = try glibcClosure(
      Self.plain("libb.so", "libx.so").merging([
        "/app/main": Self.main, "/l/libtext.so": decoy,
        "/l/liba.so": .elf(
          .library(runpath: "/l").naming(dependency, .auxiliary("libx.so"))),
      ]) { $1 })
    #expect(graph.isComplete == isComplete)
    #expect(graph.loaded == ["/l/libx.so", "/l/liba.so", "/l/libb.so"])
    #expect((isComplete ? graph.passedOver : graph.missing).map(\.name) == [dependency.name])
  }

  @Test func `tokens count in filters`() throws {
    let graph = try glibcClosure(
      Self.plain("libb.so").merging([
        "/app/main": Self.main,
        "/l/liba.so": .elf(
          .library().naming(.filter("$ORIGIN/f/libf.so"), .auxiliary("${ORIGIN}/f/libx.so"))),
        "/l/f/libf.so": .library(), "/l/f/libx.so": .library(),
      ]) { $1 })
    #expect(graph.loaded == ["/l/f/libf.so", "/l/f/libx.so", "/l/liba.so", "/l/libb.so"])
  }

  @Test func `objects that are each other's filters load once`() throws {
    let graph = try glibcClosure([
      "/app/main": .program(needed: ["liba.so"], runpath: "/l"),
      "/l/liba.so": .elf(.library(runpath: "/l").naming(.filter("libb.so"))),
      "/l/libb.so": .elf(.library(runpath: "/l").naming(.filter("liba.so"))),
    ])
    #expect(Set(graph.loaded) == ["/l/liba.so", "/l/libb.so"])
    #expect(graph.loaded.count == 2 && graph.isComplete)
  }

  @Test func `musl's loader ignores them`() throws {
    let graph = try muslClosure([
      "/app/main": .elf(
        .program(interpreter: LibcRoot.muslInterpreter.text, runpath: "/l").naming(
          .filter("libmissing.so"), .auxiliary("libx.so"), .needed("liba.so"))),
      "/l/liba.so": .library(), "/l/libx.so": .library(),
    ])
    #expect(graph.loaded == ["/l/liba.so"])
    #expect(graph.isComplete)
  }
}
