import FileTree
import Loader
import TestSupport
import Testing

@testable import Discovery

struct ProgramHomeTests {
  private static let system: [RootPath: InMemoryTree.Node] = [
    "/lib64/ld-linux-x86-64.so.2": .library(soname: "ld-linux-x86-64.so.2"),
    "/lib/libc.so.6": .elf(.library(soname: "libc.so.6"), constants: ["/proc/self/exe"]),
  ]

  /// A program whose library asks for its own place.
  private static func home(_ directory: ByteString) -> [RootPath: InMemoryTree.Node] {
    let files: [(ByteString, InMemoryTree.Node)] = [
      (
        "bin/run",
        .program(needed: ["libown.so", "libc.so.6"], runpath: "$ORIGIN/../lib")
      ),
      (
        "lib/libown.so", .elf(.library(soname: "libown.so"), constants: ["/proc/self/exe"])
      ),
      ("lib/data/x", .text("x")), ("lib/outer", .link("/etc/certificates")),
      ("include/own.h", .text("x")), ("share/doc/own", .text("x")), ("LICENSE", .text("x")),
    ]
    return Dictionary(
      uniqueKeysWithValues: files.map {
        (RootPath(normalising: directory + "/" + $0.0), $0.1)
      })
  }

  private func find(
    _ programs: [(ByteString, RootPath?)], _ files: [RootPath: InMemoryTree.Node],
    _ configure: (inout NeedsPolicy) -> Void = { _ in }
  ) throws -> Discovered {
    var policy = NeedsPolicy()
    configure(&policy)
    let tree = InMemoryTree(
      Self.system.merging(["/etc/certificates": .text("x")]) { $1 }.merging(files) { $1 })
    let loader = Loader(tree: tree)
    var finder = NeedsFinder(
      .init(
        tree: tree, loader: loader, libraryLoader: loader, store: RootFacts(tree: tree),
        policy: policy, descends: true))
    var inputs = DiscoveryInputs()
    for (path, place) in programs {
      try finder.add(program: path, destination: place, to: &inputs)
    }
    return finder.discover(inputs)
  }

  private func places(_ found: Discovered) -> [String] {
    found.inclusions.map { "\($0.source) \($0.destination?.description ?? "-")" }.sorted()
  }

  @Test func `a home moves with its program, and a link leads there`() throws {
    let found = try find([("/work/own/bin/run", "/run")], Self.home("/work/own"))
    #expect(found.programs.map(\.destination) == ["/run"])
    #expect(found.programs.map(\.file) == ["/own/bin/run"])
    #expect(found.subjects.first?.destination == "/own/bin/run")
    #expect(
      places(found) == [
        "/etc/certificates -", "/work/own/LICENSE /own/LICENSE", "/work/own/bin /own/bin",
        "/work/own/lib /own/lib",
      ])
  }

  @Test(
    arguments: [
      ("/opt/x/bin/run", nil, "/opt/x/bin/run"), ("/own", "/opt/own/bin/run", "/opt/own/bin/run"),
      ("/bin/run", "/own/bin/run", "/own/bin/run"),
    ] as [(RootPath, RootPath?, RootPath)])
  func `its place is that of the program, or one that is free`(
    destination: RootPath, link: RootPath?, place: RootPath
  ) throws {
    let found = try find([("/work/own/bin/run", destination)], Self.home("/work/own"))
    #expect(found.programs.first?.destination == destination)
    #expect(found.programs.first?.file == link)
    #expect(found.subjects.first?.destination == place)
  }

  @Test func `homes of one name lie beside each other, whatever the order`() throws {
    let files = Self.home("/a/own").merging(Self.home("/b/own")) { $1 }
    let programs: [(ByteString, RootPath?)] = [
      ("/a/own/bin/run", "/one"), ("/b/own/bin/run", "/two"),
    ]
    for order in [programs, programs.reversed()] {
      let found = try find(order, files)
      let ends = Dictionary(uniqueKeysWithValues: found.programs.map { ($0.path, $0.file) })
      #expect(ends["/a/own/bin/run"] == "/own/bin/run")
      #expect(ends["/b/own/bin/run"] == "/opt/own/bin/run")
    }
  }

  @Test func `a program that keeps its place has its home there`() throws {
    let found = try find([("/opt/own/bin/run", nil)], Self.home("/opt/own"))
    #expect(found.programs.first?.file == nil)
    #expect(places(found).contains("/opt/own/lib -"))
    #expect(found.needs.map(\.topic) == [ProgramHome.topic])
  }

  @Test(
    arguments: [
      ["/work/own/main.c"], ["/work/own/.git/x"], ["/work/own/src/x"], ["/work/own/notes.txt"],
    ] as [[RootPath]])
  func `a directory with other things in it is no home`(others: [RootPath]) throws {
    var files = Self.home("/work/own")
    for other in others { files[other] = .text("x") }
    let found = try find([("/work/own/bin/run", "/run")], files)
    #expect(found.inclusions.isEmpty)
    #expect(found.programs.first?.file == nil)
    #expect(found.subjects.first?.destination == "/run")
  }

  @Test func `neither a person's directory nor the system's is a home`() throws {
    for directory in ["/home/own", "/usr", "/usr/local", "/home/own/.local"] as [ByteString] {
      let path = directory + "/bin/run"
      #expect(try find([(path, "/run")], Self.home(directory)).inclusions.isEmpty)
    }
  }

  @Test func `a program that doesn't ask for its place takes nothing along`() throws {
    var files = Self.home("/work/own")
    files["/work/own/lib/libown.so"] = .library(soname: "libown.so")
    let found = try find([("/work/own/bin/run", "/run")], files)
    #expect(found.needs.isEmpty)
    #expect(found.subjects.first?.destination == "/run")
    let left = try find([("/work/own/bin/run", "/run")], Self.home("/work/own")) {
      $0.unwanted = [ProgramHome.topic]
    }
    #expect(left.subjects.first?.destination == "/run")
  }
}
