import ELF
import FileTree
import Loader
import TestSupport
import Testing

/// Which names answer a request in glibc, and which don't.
struct GlibcNameTests {
  @Test func `a path that was asked for doesn't answer for its last name`() throws {
    let graph = try glibcClosure([
      "/app/main": .program(needed: ["/l/liba.so", "libb.so"], rpath: "/l"),
      "/l/liba.so": .library(), "/l/libb.so": .library(needed: ["liba.so"], runpath: "/b"),
      "/b/liba.so": .library(),
    ])
    #expect(graph.loaded == ["/l/liba.so", "/l/libb.so", "/b/liba.so"])
  }

  @Test(arguments: ["liba.so", "libsoname.so", "/l/liba.so", "libalias.so"] as [ByteString])
  func `the name asked for, the soname, the opened path and a name found by inode answer`(
    name: ByteString
  ) throws {
    let graph = try glibcClosure([
      "/app/main": .program(needed: ["liba.so", "libalias.so", "libb.so"], runpath: "/l"),
      "/l/liba.so": .library(soname: "libsoname.so"), "/l/libalias.so": .link("liba.so"),
      // Without a search path of its own, it would find none of them.
      "/l/libb.so": .library(needed: [name]),
    ])
    #expect(graph.loaded == ["/l/liba.so", "/l/libb.so"])
    #expect(graph.requests.last { $0.name == name && $0.kind == .needed }?.rule == .alreadyLoaded)
    #expect(graph.isComplete)
  }

  @Test func `the empty name is the program's, which the kernel starts without telling it`() throws
  {
    let graph = try glibcClosure(["/app/main": .program(needed: [""])])
    #expect(graph.isComplete)
    #expect(graph.requests.first?.object == 0)
  }

  @Test func `a name that one object misses another may find`() throws {
    let graph = try glibcClosure([
      "/app/main": .program(needed: ["libx.so", "liba.so"], runpath: "/l"),
      "/l/liba.so": .library(needed: ["libx.so"], runpath: "/a"), "/a/libx.so": .library(),
    ])
    #expect(graph.loaded == ["/l/liba.so", "/a/libx.so"])
    #expect(graph.missing.map(\.requester) == [0])
  }

  @Test func `two objects may bear one soname, and the first one answers`() throws {
    let graph = try glibcClosure([
      "/app/main": .program(needed: ["liba.so", "libb.so", "libsame.so"], runpath: "/l"),
      "/l/liba.so": .library(soname: "libsame.so"), "/l/libb.so": .library(soname: "libsame.so"),
      "/l/libsame.so": .library(),
    ])
    #expect(graph.loaded == ["/l/liba.so", "/l/libb.so"])
    #expect(graph.requests[2].object == 1)
  }

  // MARK: The interpreter

  @Test func `the interpreter answers to its soname and its path, not to another file's`() throws {
    let graph = try glibcClosure([
      "/app/main": .program(needed: ["liba.so"], runpath: "/l"),
      "/l/liba.so": .library(
        needed: ["ld-linux-x86-64.so.2", "/lib64/ld-linux-x86-64.so.2", "libb.so"],
        runpath: "/l"),
      "/l/ld-linux-x86-64.so.2": .library(), "/l/libb.so": .library(),
    ])
    #expect(graph.loaded == ["/l/liba.so", "/l/libb.so"])
    // It stands where it was asked for.
    #expect(graph.order.map { graph.objects[$0].openedPath }[2] == LibcRoot.glibcInterpreter.text)
  }

  @Test func `a link to the interpreter is loaded beside it`() throws {
    let graph = try glibcClosure([
      "/app/main": .program(needed: ["libloader.so"], runpath: "/l"),
      "/l/libloader.so": .link(LibcRoot.glibcInterpreter.text),
    ])
    #expect(graph.loaded == ["/l/libloader.so"])
    #expect(graph.objects[1].file.real == LibcRoot.glibcInterpreter)
    #expect(graph.interpreter == 2)
  }

  // MARK: The program

  @Test func `a library that needs its program by path ends it`() throws {
    let graph = try glibcClosure([
      "/app/main": .program(needed: ["liba.so"], runpath: "/l"),
      "/l/liba.so": .library(needed: ["$ORIGIN/../app/main"]),
    ])
    #expect(graph.missing.map(\.name) == ["$ORIGIN/../app/main"])
    #expect(graph.missing[0].attempts.map(\.outcome) == [.unusable("it is a program")])
  }

  @Test func `the path that the program was started by answers`() throws {
    let graph = try glibcClosure([
      "/app/main": .program(needed: ["liba.so"], runpath: "/l"),
      "/l/liba.so": .library(needed: ["/app/main"]),
    ])
    #expect(graph.isComplete)
    #expect(graph.requests.first { $0.name == "/app/main" }?.object == 0)
  }

  @Test func `a path is opened as it is, relative ones from the current directory`() throws {
    let graph = try glibcClosure(
      [
        "/app/main": .program(needed: ["sub/liba.so", "./libb.so", "/l/libc1.so"], runpath: "/l"),
        "/current/sub/liba.so": .library(), "/current/libb.so": .library(),
        "/l/libc1.so": .library(), "/l/sub/liba.so": .library(),
      ], SearchEnvironment(workingDirectory: "/current"))
    #expect(graph.loaded == ["sub/liba.so", "./libb.so", "/l/libc1.so"])
  }

  @Test func `objects deep below load level by level, each once`() throws {
    let graph = try glibcClosure([
      "/app/main": .program(needed: ["liba.so", "libb.so"], rpath: "/l"),
      "/l/liba.so": .library(needed: ["libd.so", "libe.so"]),
      "/l/libb.so": .library(needed: ["libe.so", "libf.so"]),
      "/l/libd.so": .library(needed: ["libg.so", "libf.so", "liba.so"]),
      "/l/libe.so": .library(), "/l/libf.so": .library(), "/l/libg.so": .library(),
    ])
    #expect(graph.loaded == ["a", "b", "d", "e", "f", "g"].map { "/l/lib\($0).so" })
  }
}
