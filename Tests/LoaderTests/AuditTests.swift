import ELF
import FileTree
import Loader
import TestSupport
import Testing

/// LD_AUDIT, DT_AUDIT and DT_DEPAUDIT: libraries in namespaces of their own.
struct AuditTests {
  static func auditor(
    soname: ByteString? = nil, needed: [ByteString] = [], runpath: ByteString? = nil
  ) -> InMemoryTree.Node {
    .elf(.library(soname: soname, needed: needed, runpath: runpath), symbols: .auditor)
  }

  static func main(
    _ auditors: ByteString..., needed: [ByteString] = ["libx.so"], runpath: ByteString? = "/l"
  ) -> InMemoryTree.Node {
    var image = ElfImage.program(needed: needed, runpath: runpath)
    image.dynamic?.audit = auditors
    return .elf(image)
  }

  @Test func `those of the environment come first, then DT_AUDIT and DT_DEPAUDIT`() throws {
    let graph = try glibcClosure(
      [
        "/app/main": Self.main("libp.so:libq.so", "libr.so"), "/l/libx.so": .library(),
        "/l/libp.so": Self.auditor(), "/l/libq.so": Self.auditor(), "/l/libr.so": Self.auditor(),
        "/l/libs.so": Self.auditor(), "/l/libt.so": Self.auditor(),
      ],
      SearchEnvironment(variables: LoaderVariables(audit: "libs.so::/l/libt.so")))
    #expect(
      graph.auditing == ["/l/libs.so", "/l/libt.so", "/l/libp.so", "/l/libq.so", "/l/libr.so"])
    #expect(graph.loaded == ["/l/libx.so"])
    #expect(graph.isComplete)
  }

  @Test func `each has a namespace of its own, in which nothing answers but its own names`() throws
  {
    let graph = try glibcClosure([
      "/app/main": Self.main("libp.so", "libq.so", needed: ["libx.so", "liby.so"]),
      "/l/libx.so": .library(), "/l/liby.so": .library(),
      "/l/libp.so": Self.auditor(needed: ["libx.so", "libpp.so"], runpath: "/p"),
      "/p/libx.so": .library(needed: ["libpp.so"], runpath: "/p"), "/p/libpp.so": .library(),
      // The same file as the program's, loaded once more.
      "/l/libq.so": Self.auditor(needed: ["/l/liby.so"]),
    ])
    #expect(
      graph.auditing == ["/l/libp.so", "/p/libx.so", "/p/libpp.so", "/l/libq.so", "/l/liby.so"])
    #expect(graph.loaded == ["/l/libx.so", "/l/liby.so"])
  }

  /// The program's RUNPATH, the environment, the cache, the default directories.
  @Test func `the program's RUNPATH is searched before the environment`() throws {
    let graph = try glibcClosure(
      [
        "/app/main": Self.main("libp.so:libq.so:libr.so:libs.so", needed: []),
        "/l/libp.so": Self.auditor(needed: ["liby.so"]), "/l/liby.so": .library(),
        "/e/libp.so": Self.auditor(), "/e/libq.so": Self.auditor(), "/e/liby.so": .library(),
        "/c/libq.so": Self.auditor(), "/c/libr.so": Self.auditor(),
        "/usr/lib/libr.so": Self.auditor(), "/usr/lib/libs.so": Self.auditor(),
        "/etc/ld.so.cache": .file(
          CacheBuilder.bytes([.init("libr.so", "/c/libr.so"), .init("libq.so", "/c/libq.so")])),
      ], SearchEnvironment(variables: LoaderVariables(libraryPath: "/e")))
    #expect(
      graph.auditing == [
        "/l/libp.so", "/l/liby.so", "/e/libq.so", "/c/libr.so", "/usr/lib/libs.so",
      ])
  }

  @Test func `one that can't be loaded with its needs is passed over, and so is a plain library`()
    throws
  {
    let graph = try glibcClosure([
      "/app/main": Self.main("libmissing.so:libtext.so:libp.so:libq.so:libr.so"),
      "/l/libx.so": .library(), "/l/libtext.so": .text("text"),
      "/l/libp.so": Self.auditor(needed: ["libnone.so"]), "/l/libq.so": Self.auditor(),
      "/l/libr.so": .library(),
    ])
    #expect(graph.auditing == ["/l/libq.so"])
    #expect(graph.isComplete && graph.missing.isEmpty)
    #expect(
      graph.passedOver.map(\.name) == ["libmissing.so", "libtext.so", "libp.so", "libr.so"])
    let reasons = graph.objects.compactMap { object in
      if case .unloaded(let reason) = object.residence { reason } else { nil as String? }
    }
    #expect(reasons == ["libnone.so is missing", "it defines no la_version"])
  }

  @Test func `one that lacks a version or a newer processor is passed over, and ends nothing`()
    throws
  {
    let graph = try glibcClosure([
      "/app/main": Self.main("libp.so:libq.so:libr.so:libs.so"), "/l/libx.so": .library(),
      "/l/libp.so": .elf(
        .library(needed: ["liby.so"], runpath: "/l").using("V2", of: "liby.so"),
        symbols: .auditor),
      "/l/liby.so": .elf(.library().defining("V1")),
      "/l/libq.so": .elf(.library().demanding(levels: 0b11), symbols: .auditor),
      "/l/libr.so": .elf(.library().demanding(levels: 0b11)),
      "/l/libs.so": .elf(
        .library(needed: ["liby.so"], runpath: "/l").using(.weak("V2"), of: "liby.so"),
        symbols: .auditor),
    ])
    #expect(graph.auditing == ["/l/libs.so", "/l/liby.so"])
    #expect(graph.passedOver.map(\.name) == ["libp.so", "libq.so", "libr.so"])
    #expect(graph.isComplete)
    #expect(graph.objectsBeyondProcessor.isEmpty && graph.unmetVersions.isEmpty)
  }

  @Test func `tokens count in paths of the program's, and its ORIGIN is its real directory`() throws
  {
    let graph = try glibcClosure(
      of: "/links/main",
      [
        "/links/main": .link("/app/main"),
        "/app/main": Self.main("$ORIGIN/libp.so:$LIB", "${ORIGIN}/deeper/libq.so", needed: []),
        "/app/libp.so": Self.auditor(), "/app/deeper/libq.so": Self.auditor(),
      ])
    #expect(graph.auditing == ["/app/libp.so", "/app/deeper/libq.so"])
    // A token counts in a path only.
    #expect(graph.passedOver.map(\.expandedName) == ["$LIB"])
  }

  @Test func `the loader is one for all namespaces`() throws {
    let graph = try glibcClosure([
      "/app/main": Self.main("libp.so", needed: ["libc.so.6"]),
      "/l/libp.so": Self.auditor(needed: ["libc.so.6"]),
    ])
    #expect(graph.auditing == ["/l/libp.so", "/lib/x86_64-linux-gnu/libc.so.6"])
    #expect(
      graph.objects.filter { $0.openedPath == LibcRoot.glibcInterpreter.text }.count == 1)
    #expect(graph.isComplete)
  }

  @Test func `a library's own DT_AUDIT counts for nothing`() throws {
    let graph = try glibcClosure([
      "/app/main": .program(needed: ["libx.so"], runpath: "/l"),
      "/l/libx.so": .elf(.library().audited(by: "libp.so", "libq.so")),
      "/l/libp.so": Self.auditor(), "/l/libq.so": Self.auditor(),
    ])
    #expect(graph.auditing == [])
    #expect(graph.passedOver.isEmpty)
  }

  @Test func `musl's loader has no auditors`() throws {
    let graph = try muslClosure(
      [
        "/app/main": .elf(
          .program(interpreter: LibcRoot.muslInterpreter.text, runpath: "/l")
            .audited(by: "libp.so")),
        "/l/libp.so": Self.auditor(),
      ], SearchEnvironment(variables: LoaderVariables(audit: "/l/libp.so")))
    #expect(graph.objects.count == 2 && graph.passedOver.isEmpty)
  }
}
