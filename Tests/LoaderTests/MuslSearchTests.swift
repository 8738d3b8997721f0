import ELF
import FileTree
import Loader
import TestSupport
import Testing

/// The rules of musl's loader, on tables.
struct MuslSearchTests {
  func closure(_ files: [RootPath: InMemoryTree.Node]) throws -> ClosureGraph {
    let base: [RootPath: InMemoryTree.Node] = ["/lib/ld-musl-x86_64.so.1": .library()]
    var loader = Loader(tree: InMemoryTree(base.merging(files) { $1 }))
    return try loader.closure(of: "/app/main")
  }

  func program(_ needed: [ByteString], rpath: ByteString? = nil, runpath: ByteString? = nil)
    -> InMemoryTree.Node
  {
    .program(
      interpreter: "/lib/ld-musl-x86_64.so.1", needed: needed, rpath: rpath, runpath: runpath)
  }

  @Test(arguments: [
    "libc.so", "libc.musl-x86_64.so.1", "libm.so.6", "libpthread.so.0", "libc.so.6",
  ])
  func `the libraries of the C library are the loader itself`(name: String) throws {
    let graph = try closure(["/app/main": program([ByteString(name)])])
    #expect(graph.libc == .musl)
    #expect(graph.isComplete && graph.objects.count == 2)
    #expect(graph.requests[0].rule == .builtIn)
  }

  @Test func `libresolv and libcrypt aren't among them`() throws {
    let graph = try closure(["/app/main": program(["libresolv.so.2", "libcrypt.so.1"])])
    #expect(graph.missing.map(\.name) == ["libresolv.so.2", "libcrypt.so.1"])
  }

  @Test func `without a path file the three default directories are searched in order`() throws {
    let graph = try closure(["/app/main": program(["libx.so"])])
    #expect(
      graph.missing.first?.attempts.map(\.path) == [
        "/lib/libx.so", "/usr/local/lib/libx.so", "/usr/lib/libx.so",
      ])
  }

  @Test func `an empty path file means no directories`() throws {
    let graph = try closure([
      "/app/main": program(["libx.so"]), "/usr/lib/libx.so": .library(),
      "/etc/ld-musl-x86_64.path": .text(""),
    ])
    #expect(graph.missing.map(\.name) == ["libx.so"])
  }

  @Test func `a path file ends at a NUL`() throws {
    let graph = try closure([
      "/app/main": program(["libx.so"]), "/y/libx.so": .library(), "/z/libx.so": .library(),
      "/etc/ld-musl-x86_64.path": .text("/y\0:/z\n/z"),
    ])
    #expect(graph.objects.map(\.openedPath).contains("/y/libx.so"))
  }

  @Test func `RUNPATH is inherited and takes the place of RPATH`() throws {
    let graph = try closure([
      "/app/main": program(["liba.so"], rpath: "/nowhere", runpath: "/l"),
      "/l/liba.so": .library(needed: ["libb.so"]), "/l/libb.so": .library(),
    ])
    #expect(graph.objects.map(\.openedPath).contains("/l/libb.so"))
  }

  @Test func `any other dollar sign voids the whole path`() throws {
    let graph = try closure([
      "/app/main": program(["libx.so"], runpath: "/l:$LIB"), "/l/libx.so": .library(),
    ])
    #expect(graph.missing.map(\.name) == ["libx.so"])
  }

  @Test func `a soname matches nothing, the found file's name does`() throws {
    let graph = try closure([
      "/app/main": program(["liba.so", "libreal.so", "liba.so"], runpath: "/l"),
      "/l/liba.so": .library(soname: "libreal.so"),
    ])
    #expect(graph.missing.map(\.name) == ["libreal.so"])
    #expect(graph.requests[2].rule == .alreadyLoaded)
  }
}
