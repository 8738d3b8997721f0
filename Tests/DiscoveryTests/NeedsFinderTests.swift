import ELF
import FileTree
import Loader
import TestSupport
import Testing

@testable import Discovery

/// What becomes of needs: which are packed, what they bring in turn, and what is told of the others.
struct NeedsFinderTests {
  private static let system: [RootPath: InMemoryTree.Node] = [
    "/lib64/ld-linux-x86-64.so.2": .library(soname: "ld-linux-x86-64.so.2"),
    "/lib/libc.so.6": .library(soname: "libc.so.6", needed: ["ld-linux-x86-64.so.2"]),
    "/lib/liba.so.1": .library(soname: "liba.so.1", needed: ["libc.so.6"]),
    "/lib/libb.so.1": .library(soname: "libb.so.1", needed: ["libc.so.6"]),
    "/lib/libgcc_s.so.1": .library(soname: "libgcc_s.so.1"),
    "/usr/share/zoneinfo/UTC": .text("TZif"),
  ]

  private func find(
    _ files: [RootPath: InMemoryTree.Node], descends: Bool = true,
    programs: [ByteString] = ["/app"],
    additions: [(ByteString, RootPath?)] = [], _ configure: (inout NeedsPolicy) -> Void = { _ in }
  ) throws -> Discovered {
    var policy = NeedsPolicy()
    configure(&policy)
    let tree = InMemoryTree(Self.system.merging(files) { $1 })
    let loader = Loader(tree: tree)
    var finder = NeedsFinder(
      .init(
        tree: tree, loader: loader, libraryLoader: loader, store: RootFacts(tree: tree),
        policy: policy, descends: descends))
    var inputs = DiscoveryInputs()
    for program in programs {
      try finder.add(program: program, destination: nil, to: &inputs)
    }
    for (source, place) in additions {
      try finder.add(addition: source, destination: place, to: &inputs)
    }
    return finder.discover(inputs)
  }

  private func program(
    noting texts: [String] = [], importing imports: [ByteString] = [],
    constants: [ByteString] = []
  ) -> InMemoryTree.Node {
    var image = ElfImage.program(needed: ["libc.so.6"])
    for text in texts { image = image.noting(text) }
    return .elf(image, symbols: ElfSymbols(undefined: imports), constants: constants)
  }

  // MARK: Notes

  @Test(
    arguments: [
      (nil, ["packed", "not packed: --dlopen suggested"]),
      (.required, ["not packed: --dlopen recommended", "not packed: --dlopen suggested"]),
      (.suggested, ["packed", "packed"]),
    ] as [(Grade.Priority?, [String])])
  func `notes are followed as far as they are asked for`(
    priority: Grade.Priority?, outcomes: [String]
  ) throws {
    let note = #"[{"soname":["liba.so.1"]},{"soname":["libb.so.1"],"priority":"suggested"}]"#
    let found = try find(["/app": program(noting: [note])]) { policy in
      if let priority { policy.notes = priority }
    }
    #expect(found.needs.map(\.told) == outcomes)
    let opened = found.subjects[0].openings.map(\.opening.name)
    #expect(opened.count == outcomes.count { $0 == "packed" })
  }

  @Test func `of alternatives the first that is there is opened`() throws {
    let note = #"[{"soname":["libx.so.9","libb.so.1","liba.so.1"]}]"#
    let found = try find(["/app": program(noting: [note])])
    #expect(found.needs.map(\.found) == [["/lib/libb.so.1"]])
    #expect(found.subjects[0].openings.map(\.opening.name) == ["libb.so.1"])
  }

  @Test func `a required library that isn't there is missing, and a recommended one is told`()
    throws
  {
    let note = #"[{"soname":["libx.so"],"priority":"required"},{"soname":["liby.so"]}]"#
    let found = try find(["/app": program(noting: [note])])
    #expect(found.subjects[0].closures.graph.missing.map(\.name) == ["libx.so"])
    #expect(found.needs.map(\.outcome) == [.absent, .absent])
  }

  @Test func `what is opened may ask for more, which is found too`() throws {
    let found = try find([
      "/app": program(noting: [#"[{"soname":["libplugin.so"]}]"#]),
      "/lib/libplugin.so": .elf(
        ElfImage.library(soname: "libplugin.so").noting(#"[{"soname":["libb.so.1"]}]"#),
        symbols: ElfSymbols(undefined: ["pthread_cancel"])),
    ])
    #expect(found.needs.map(\.topic.name) == ["dlopen", "dlopen", "libgcc"])
    #expect(found.needs.allSatisfy { $0.outcome == .packed })
    #expect(found.subjects[0].loads("libgcc_s.so.1") && found.subjects[0].loads("libb.so.1"))
  }

  // MARK: Policy

  @Test func `what a program fails without is packed, what changes its ways is a hint`() throws {
    let found = try find(["/app": program(importing: ["mkstemp", "localtime"])])
    #expect(found.needs.map(\.told) == ["not packed: --with timezone", "packed"])
    #expect(found.content.map(\.wish) == [.directory("/tmp", permissions: 0o1777)])
    #expect(found.inclusions.isEmpty)
  }

  @Test func `the user may ask for hints, and leave out what is packed`() throws {
    let found = try find(["/app": program(importing: ["mkstemp", "localtime"])]) { policy in
      policy.wanted = [Topic("timezone")]
      policy.unwanted = [Topic("tmp")]
    }
    #expect(found.needs.map(\.told) == ["packed", "left out by --without tmp"])
    #expect(found.inclusions.map(\.source) == .init(repeating: "/usr/share/zoneinfo/UTC", count: 2))
    #expect(found.inclusions.map(\.destination) == [nil, "/etc/localtime"])
    // Both the flag and the symbol are why.
    #expect(
      found.needs[0].evidence == [
        Evidence(file: nil, mark: .option("--with timezone")),
        Evidence(file: "/app", mark: .symbol("localtime")),
      ])
    #expect(found.needs[0].grade == .requested)
  }

  @Test func `minimal leaves out all that isn't asked for by name`() throws {
    let note = #"[{"soname":["liba.so.1"],"priority":"required"}]"#
    let found = try find(["/app": program(noting: [note], importing: ["mkstemp"])]) { policy in
      policy.isMinimal = true
      policy.notes = nil
    }
    #expect(found.needs.map(\.told) == ["not packed: --dlopen required", "left out by --minimal"])
    #expect(found.content.isEmpty && found.inclusions.isEmpty)
    #expect(found.subjects[0].openings.isEmpty)
  }

  @Test func `what is asked for and isn't in this root is told`() throws {
    let found = try find(["/app": program()]) { $0.wanted = [Topic("terminfo"), Topic("tmp")] }
    #expect(found.unanswered == [Topic("terminfo")])
  }

  @Test
  func `a preset that nothing points to is looked for where the first program's libraries are`()
    throws
  {
    let found = try find(["/app": program(), "/lib/gconv/gconv-modules": .text("")]) {
      $0.wanted = [Topic("gconv")]
    }
    #expect(found.unanswered == [])
    #expect(found.inclusions.map(\.source) == ["/lib/gconv"])
  }

  @Test func `a program that asks for nothing gets nothing`() throws {
    let found = try find(["/app": program(importing: ["printf"])])
    #expect(found.needs.isEmpty && found.inclusions.isEmpty && found.content.isEmpty)
  }

  @Test func `one need that several objects have is one, with all evidence`() throws {
    let found = try find([
      "/app": .elf(
        .program(needed: ["libc.so.6", "libx.so"]), symbols: ElfSymbols(undefined: ["mkstemp"])),
      "/lib/libx.so": .elf(
        .library(soname: "libx.so"), symbols: ElfSymbols(undefined: ["tmpfile"])),
    ])
    #expect(
      found.needs.map(\.evidence) == [
        [
          Evidence(file: "/app", mark: .symbol("mkstemp")),
          Evidence(file: "/lib/libx.so", mark: .symbol("tmpfile")),
        ]
      ])
  }

  // MARK: Hints

  @Test func `a hint that its flag would bring nothing is none`() throws {
    let found = try find([
      "/app": program(importing: ["dlopen", "iconv_open"], constants: ["liba.so.1", "libx.so.1"])
    ])
    #expect(
      found.needs.map(\.told) == [
        "not in this root", "not packed: --guess", "not in this root",
      ])
    #expect(found.needs.map(\.found) == [[], ["/lib/liba.so.1"], []])
  }

  @Test func `guesses are packed where that is asked for, if they are found`() throws {
    let found = try find([
      "/app": program(importing: ["dlopen"], constants: ["liba.so.1", "libx.so.1"])
    ]) { $0.packsGuesses = true }
    #expect(found.subjects[0].loads("liba.so.1"))
    #expect(found.needs.map(\.outcome) == [.packed, .absent])
  }

  @Test func `who doesn't call dlopen has no names of libraries, only texts`() throws {
    let found = try find(["/app": program(constants: ["liba.so.1"])])
    #expect(found.needs.isEmpty)
  }

  // MARK: Files

  @Test func `a script is a program, with what reads it and what that asks for`() throws {
    let found = try find([
      "/app": .file(Array("#!/bin/sh\n".utf8), permissions: 0o755),
      "/bin/sh": program(importing: ["mkstemp"]),
    ])
    #expect(found.programs.map(\.path) == ["/app"])
    #expect(found.subjects.map(\.path) == ["/bin/sh"])
    #expect(found.subjects.map(\.reason) == [.interpreter(of: "/app")])
    #expect(found.needs.map(\.topic.name) == ["tmp"])
  }

  @Test func `a script whose interpreter isn't there is an error, an added one ships as it is`()
    throws
  {
    let script = InMemoryTree.Node.file(Array("#!/bin/none\n".utf8), permissions: 0o755)
    do {
      _ = try find(["/app": script])
      Issue.record("it is taken")
    } catch NeedsError.script(let error) {
      #expect(error == .missing(script: "/app", interpreter: "/bin/none"))
    }
    let found = try find(["/app": program(), "/srv/run": script], additions: [("/srv", nil)])
    #expect(
      found.brokenScripts == [.missing(script: "/srv/run", interpreter: "/bin/none")])
    #expect(found.inclusions.map(\.source) == ["/srv"])
  }

  @Test func `what is added brings what the programs in it need`() throws {
    let found = try find(
      [
        "/app": program(), "/srv/plugin.so": .library(soname: "plugin.so", needed: ["libb.so.1"]),
        "/srv/object.o": .text("\u{7F}ELF damaged"),
      ], additions: [("/srv", "/opt")])
    let plugin = try #require(found.subjects.first { $0.path == "/srv/plugin.so" })
    #expect(plugin.destination == "/opt/plugin.so" && plugin.loads("libb.so.1"))
    #expect(found.unloadable.count == 1)
  }

  @Test func `a program for Windows is refused, and so is an assembly that nothing starts`() {
    func error(_ node: InMemoryTree.Node) -> NeedsError? {
      do {
        _ = try find(["/app": node])
        return nil
      } catch { return error as? NeedsError }
    }
    guard case .windowsProgram = error(.text("MZ")) else {
      Issue.record("it is taken")
      return
    }
    guard case .noRuntime(_, "mono") = error(.assembly("app")) else {
      Issue.record("it is taken")
      return
    }
  }

  @Test func `a finder finds the same again, whatever it was asked before`() throws {
    let tree = InMemoryTree(
      Self.system.merging([
        "/app": program(importing: ["mkstemp"]), "/other": program(importing: ["tmpfile"]),
      ]) { $1 })
    let loader = Loader(tree: tree)
    var finder = NeedsFinder(
      .init(
        tree: tree, loader: loader, libraryLoader: loader, store: RootFacts(tree: tree),
        policy: NeedsPolicy(), descends: false))
    for _ in 0..<2 {
      for path: ByteString in ["/app", "/other"] {
        var inputs = DiscoveryInputs()
        try finder.add(program: path, destination: nil, to: &inputs)
        let found = finder.discover(inputs)
        #expect(found.needs.map(\.evidence.count) == [1])
        #expect(found.needs.first?.evidence.first?.file == path)
      }
    }
  }
}

extension FoundNeed {
  /// The outcome in the words of a report.
  fileprivate var told: String {
    switch outcome {
    case .packed: "packed"
    case .present: "present"
    case .hint(let flag): "not packed: \(flag)"
    case .leftOut(let flag): "left out by \(flag)"
    case .given: "brought by the run time"
    case .absent: "not in this root"
    }
  }
}
