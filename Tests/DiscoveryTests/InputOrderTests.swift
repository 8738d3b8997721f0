import ELF
import FileTree
import Loader
import Parallel
import TestSupport
import Testing

@testable import Discovery

/// Neither the order of what is asked for nor the number of threads changes an answer.
struct InputOrderTests {
  /// Programs of two C libraries on one library, whose needs differ by the C library.
  private static let tree = InMemoryTree([
    "/lib64/ld-linux-x86-64.so.2": .library(soname: "ld-linux-x86-64.so.2"),
    "/lib/ld-musl-x86_64.so.1": .library(soname: "libc.musl-x86_64.so.1"),
    "/lib/libc.so.6": .library(soname: "libc.so.6", needed: ["ld-linux-x86-64.so.2"]),
    "/lib/libgcc_s.so.1": .library(soname: "libgcc_s.so.1"),
    "/lib/libnames.so.1": .elf(
      .library(soname: "libnames.so.1"),
      symbols: ElfSymbols(undefined: ["getpwnam", "getaddrinfo", "pthread_cancel", "mkstemp"])),
    "/lib/libplugin.so": .elf(
      ElfImage.library(soname: "libplugin.so"), symbols: ElfSymbols(undefined: ["localtime"])),
    "/etc/nsswitch.conf": .text("passwd: files\nhosts: files dns\n"),
    "/etc/services": .text("http 80/tcp\n"),
    "/usr/share/zoneinfo/UTC": .text("TZif"),
    "/g1": .elf(.program(needed: ["libnames.so.1", "libc.so.6"])),
    "/g2": .elf(
      ElfImage.program(needed: ["libnames.so.1", "libc.so.6"])
        .noting(#"[{"soname":["libplugin.so"]}]"#)),
    "/m1": .elf(
      .program(interpreter: "/lib/ld-musl-x86_64.so.1", needed: ["libnames.so.1"])),
    "/m2": .elf(.program(interpreter: "/lib/ld-musl-x86_64.so.1", needed: ["libnames.so.1"])),
    "/s": .file(Array("#!/g1\n".utf8), permissions: 0o755),
    "/data/a": .elf(.program(needed: ["libnames.so.1", "libc.so.6"])),
    "/data/b": .library(soname: "b.so", needed: ["libnames.so.1"]),
  ])
  private static let programs: [ByteString] = ["/g1", "/g2", "/m1", "/m2", "/s"]

  private func finder(_ store: RootFacts) -> NeedsFinder {
    let loader = Loader(tree: Self.tree)
    return NeedsFinder(
      .init(
        tree: Self.tree, loader: loader, libraryLoader: loader, store: store,
        policy: NeedsPolicy(), descends: true))
  }

  private func told(_ found: Discovered) -> [String] {
    found.needs.map { "\($0)" }
      + found.subjects.map { "\($0.path) \($0.openings.map(\.opening.name))" }
      + found.inclusions.map { "\($0)" } + found.content.map { "\($0)" }
  }

  @Test func `the order of programs and additions changes nothing`() throws {
    var answers: Set<[String]> = []
    let store = RootFacts(tree: Self.tree)
    for _ in 0..<200 {
      var finder = finder(store)
      var inputs = DiscoveryInputs()
      for program in Self.programs.shuffled() {
        try finder.add(program: program, destination: nil, to: &inputs)
      }
      for addition in ["/data/a", "/data/b", "/etc/services"].shuffled() {
        try finder.add(addition: ByteString(addition), destination: nil, to: &inputs)
      }
      answers.insert(told(finder.discover(inputs)))
    }
    #expect(answers.count == 1)
  }

  @Test func `nor does what was asked before, by however many threads`() throws {
    var expected: [ByteString: [String]] = [:]
    for program in Self.programs {
      expected[program] = try answer(program, of: finder(RootFacts(tree: Self.tree)))
    }
    // A C library of one kind has needs that the other hasn't.
    #expect(expected["/g1"] != expected["/m1"])
    for run in 0..<200 {
      let store = RootFacts(tree: Self.tree)
      let workers = Workers(count: run % 8 + 1) { finder(store) }
      let programs = (Self.programs + Self.programs).shuffled()
      let answers = workers.map(programs) { finder, program in
        (try? self.answer(program, of: finder)) ?? []
      }
      for (program, answer) in zip(programs, answers) {
        #expect(answer == expected[program], "\(program)")
      }
    }
  }

  private func answer(_ program: ByteString, of finder: NeedsFinder) throws -> [String] {
    var finder = finder
    var inputs = DiscoveryInputs()
    try finder.add(program: program, destination: nil, to: &inputs)
    return told(finder.discover(inputs))
  }
}
