import ELF
import FileTree
import Loader
import TestSupport
import Testing

/// Programs that the kernel starts with the rights of another user.
struct SecureExecutionTests {
  static let environment = SearchEnvironment(
    variables: LoaderVariables(libraryPath: "/e", preload: "libp.so:/e/libp.so"))

  static let files: [RootPath: InMemoryTree.Node] = [
    "/e/libx.so": .library(), "/l/libx.so": .library(), "/l/libp.so": .library(),
    "/e/libp.so": .library().setUserID,
  ]

  @Test(arguments: [0o755, 0o4755, 0o2755, 0o6755, 0o1755] as [UInt16])
  func `a set-user-id or set-group-id program ignores the environment`(permissions: UInt16) throws {
    let main = ElfImage.program(needed: ["libx.so"], runpath: "/l")
    let graph = try glibcClosure(
      Self.files.merging(["/app/main": .elf(main, permissions: permissions)]) { $1 },
      Self.environment)
    let isSecure = permissions & 0o6000 != 0
    #expect(
      graph.loaded == (isSecure ? ["/l/libx.so"] : ["/e/libp.so", "/e/libx.so"]))
    #expect(graph.passedOver.map(\.name) == (isSecure ? ["libp.so"] : []))
  }

  @Test func `a program with capabilities ignores the environment too`() throws {
    let tree = InMemoryTree(
      LibcRoot.glibc.merging(Self.files) { $1 }.merging([
        "/bin/main": .link("/app/main"),
        "/app/main": .program(needed: ["libx.so"], runpath: "/l"),
      ]) { $1 })
    for (capable, found) in [("/app/main", "/l/libx.so"), ("/bin/main", "/e/libx.so")] {
      var loader = Loader(
        tree: AlteredTree(tree, capable: [RootPath(normalising: ByteString(capable))]),
        environment: SearchEnvironment(variables: LoaderVariables(libraryPath: "/e")))
      // The file has them, not a link to it.
      #expect(try loader.closure(of: "/bin/main").loaded == [found])
    }
  }

  @Test func `a library isn't started by the kernel, whatever its permissions`() throws {
    let library = ElfImage.library(needed: ["libx.so"])
    let graph = try glibcClosure(
      of: "/l/liba.so",
      Self.files.merging(["/l/liba.so": .elf(library, permissions: 0o4755)]) { $1 },
      Self.environment)
    #expect(graph.loaded.contains("/e/libx.so"))
  }

  @Test func `the user's own directories count, since they aren't the environment's`() throws {
    let graph = try glibcClosure(
      Self.files.merging(["/app/main": .program(needed: ["libx.so"]).setUserID]) { $1 },
      SearchEnvironment(libraryPath: ["/e"]))
    #expect(graph.loaded == ["/e/libx.so"])
  }

  @Test func `what is preloaded has to be set-user-id, and isn't searched for in the cache`() throws
  {
    let graph = try glibcClosure(
      [
        "/app/main": .program(needed: ["libx.so"], runpath: "/l").setUserID,
        "/lib/libx.so": .library(), "/lib/libp.so": .library().setUserID,
        // Passed over for one that is set-user-id.
        "/l/libq.so": .library(), "/lib/libq.so": .library().setUserID,
        "/l/libr.so": .library().setUserID, "/c/libs.so": .library().setUserID,
        "/lib/libplain.so": .library(),
        "/etc/ld.so.cache": .file(CacheBuilder.bytes([.init("libs.so", "/c/libs.so")])),
      ],
      SearchEnvironment(
        variables: LoaderVariables(
          preload: "libp.so:libq.so:libr.so:libs.so:libplain.so:/lib/libp.so")))
    #expect(graph.loaded == ["/lib/libp.so", "/lib/libq.so", "/l/libr.so", "/lib/libx.so"])
    #expect(graph.passedOver.map(\.name) == ["libs.so", "libplain.so"])
    let outcomes = graph.passedOver.last?.attempts.map(\.outcome) ?? []
    #expect(outcomes.contains(.notSetUserID))
  }

  @Test func `the preload file may name any path`() throws {
    let graph = try glibcClosure([
      "/app/main": .program().setUserID,
      "/etc/ld.so.preload": .text("libp.so libq.so /opt/libr.so"),
      "/lib/libp.so": .library().setUserID, "/lib/libq.so": .library(),
      "/opt/libr.so": .library(),
    ])
    #expect(graph.loaded == ["/lib/libp.so", "/opt/libr.so"])
    #expect(graph.passedOver.map(\.name) == ["libq.so"])
  }

  @Test func `an auditor of the environment or the program is no path`() throws {
    let graph = try glibcClosure(
      [
        "/app/main": InMemoryTree.Node.elf(
          .program(runpath: "/l").audited(by: "/l/libp.so:libq.so:libr.so")
        ).setUserID,
        "/l/libp.so": AuditTests.auditor().setUserID,
        "/l/libq.so": AuditTests.auditor().setUserID, "/l/libr.so": AuditTests.auditor(),
        "/lib/libs.so": AuditTests.auditor().setUserID,
      ], SearchEnvironment(variables: LoaderVariables(audit: "/lib/libs.so:libs.so")))
    #expect(graph.auditing == ["/lib/libs.so", "/l/libq.so"])
    #expect(graph.passedOver.map(\.name) == ["libr.so"])
  }

  // MARK: Tokens

  /// An element of a program's RUNPATH, the directory of the program, and where that leads.
  static let origins: [(element: ByteString, directory: RootPath, searched: String?)] = [
    ("$ORIGIN", "/opt/app", nil), ("$ORIGIN/lib", "/opt/app", nil),
    ("$ORIGIN/../../usr/lib/app", "/opt/app", "/opt/app/../../usr/lib/app/libx.so"),
    ("/usr/$ORIGIN", "/opt/app", nil), ("/usr/lib/app/$ORIGIN", "/opt/app", nil),
    ("$ORIGIN/$ORIGIN", "/usr/lib/app", nil),
    ("$ORIGIN", "/usr/lib/app", "/usr/lib/app/libx.so"),
    ("${ORIGIN}/deeper", "/usr/lib/app", "/usr/lib/app/deeper/libx.so"),
    ("$ORIGIN.d", "/usr/lib/app", nil),
    ("$ORIGIN/../../../opt", "/usr/lib/app", nil),
    ("$ORIGIN", "/usr/lib", "/usr/lib/libx.so"),
    ("/t/$LIB", "/opt/app", "/t/lib/x86_64-linux-gnu/libx.so"),
  ]

  @Test(arguments: origins)
  func `ORIGIN counts at the front only, and leads into default directories only`(
    row: (element: ByteString, directory: RootPath, searched: String?)
  ) throws {
    let program = row.directory.appending("main")
    let graph = try glibcClosure(
      of: program.text, [program: .program(needed: ["libx.so"], runpath: row.element).setUserID])
    let tried = graph.requests.flatMap(\.attempts).filter { $0.rule == .runpath }
    #expect(tried.map(\.path.description) == [row.searched].compactMap(\.self))
  }

  @Test func `a library's ORIGIN leads anywhere, but stands at the front all the same`() throws {
    let graph = try glibcClosure([
      "/app/main": .program(needed: ["liba.so"], runpath: "/opt/plain").setUserID,
      "/opt/plain/liba.so": .library(
        needed: ["libb.so", "libd.so"], runpath: "$ORIGIN/deeper:/opt/${ORIGIN}"),
      "/opt/plain/deeper/libb.so": .library(), "/opt/opt/plain/libd.so": .library(),
    ])
    #expect(graph.loaded == ["/opt/plain/liba.so", "/opt/plain/deeper/libb.so"])
    #expect(graph.missing.map(\.name) == ["libd.so"])
  }

  @Test(arguments: ["$ORIGIN/libx.so", "$LIB.so", "lib${PLATFORM}.so"] as [ByteString])
  func `a token in what is needed is the end`(name: ByteString) throws {
    let library: [RootPath: InMemoryTree.Node] = ["/app/libx.so": .library()]
    let own = try glibcClosure(
      library.merging(["/app/main": .program(needed: [name]).setUserID]) { $1 })
    #expect(own.missing.map(\.name) == [name])
    let inherited = try glibcClosure(
      library.merging([
        "/app/main": .program(needed: ["liba.so"], runpath: "/app").setUserID,
        "/app/liba.so": .library(needed: [name]),
      ]) { $1 })
    #expect(inherited.missing.map(\.name) == [name])
  }

  // MARK: musl

  @Test func `musl ignores the environment, and ORIGIN voids the program's path`() throws {
    func main(_ runpath: ByteString) -> InMemoryTree.Node {
      .muslProgram(["libx.so"], runpath: runpath).setUserID
    }
    let plain = try muslClosure(
      Self.files.merging(["/app/main": main("/l")]) { $1 }, Self.environment)
    #expect(plain.loaded == ["/l/libx.so"])
    #expect(plain.passedOver.isEmpty)
    let origin = try muslClosure(
      Self.files.merging(["/app/main": main("/l:$ORIGIN")]) { $1 }, Self.environment)
    #expect(origin.missing.map(\.name) == ["libx.so"])
  }

  @Test func `in musl, a library's ORIGIN counts in secure execution too`() throws {
    let graph = try muslClosure([
      "/app/main": InMemoryTree.Node.muslProgram(["liba.so"], runpath: "/l").setUserID,
      "/l/liba.so": .library(needed: ["libb.so"], runpath: "$ORIGIN/deeper"),
      "/l/deeper/libb.so": .library(),
    ])
    #expect(graph.loaded == ["/l/liba.so", "/l/deeper/libb.so"])
  }
}
