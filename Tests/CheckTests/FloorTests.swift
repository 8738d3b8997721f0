import ELF
import FileTree
import Loader
import TestSupport
import Testing

@testable import Check

/// The oldest releases that a closure can do with.
struct FloorTests {
  static let versions: [(version: String, package: ReleasePackage?, release: String)] = [
    ("GLIBC_2.2.5", .glibc, "2.2.5"), ("GLIBC_2.36", .glibc, "2.36"),
    ("GLIBC_ABI_DT_RELR", .glibc, "2.36"), ("GLIBC_PRIVATE", nil, ""),
    ("GLIBCXX_3.4", .gcc, "3.4.0"), ("GLIBCXX_3.4.30", .gcc, "12.1.0"),
    ("GLIBCXX_3.4.99", .gcc, "later than 15.1.0"), ("CXXABI_1.3.9", .gcc, "5.1.0"),
    ("CXXABI_TM_1", nil, ""), ("CXXABI_FLOAT128", nil, ""), ("GCC_4.8.0", .gcc, "4.8.0"),
    ("OPENSSL_3.0.0", nil, ""), ("V1", nil, ""), ("", nil, ""), ("GLIBC_", nil, ""),
  ]

  @Test(arguments: versions)
  func `a version tells the release that it came with`(
    row: (version: String, package: ReleasePackage?, release: String)
  ) {
    let found = VersionReleases.release(of: row.version)
    #expect(found?.0 == row.package)
    #expect(found.map { $0.1.description } ?? "" == row.release)
  }

  @Test func `releases are compared number by number`() throws {
    func release(_ text: String) throws -> Release { try #require(Release(text)) }
    #expect(try release("2.4") < release("2.36"))
    #expect(try release("2.36") < release("2.36.1"))
    #expect(try !(release("2.36") < release("2.36.0")))
    #expect(try release("9.3.0") < release("10"))
    for text in ["", ".", "2.", "2.x", "-1", "2.36-9", "٢"] { #expect(Release(text) == nil) }
  }

  /// A program in C++ whose library needs a newer libc than itself.
  static let files: [RootPath: InMemoryTree.Node] = [
    "/app/main": .elf(
      ElfImage.program(needed: ["libf.so", "libstdc++.so.6", "libc.so.6"])
        .using("GLIBC_2.2.5", of: "libc.so.6")
        .using("GLIBCXX_3.4.21", "CXXABI_1.3", of: "libstdc++.so.6"),
      symbols: ElfSymbols(
        .undefined("puts", version: 100), .undefined("f"), .undefined("cxx", version: 101))),
    "/lib/libf.so": .elf(
      ElfImage.library(soname: "libf.so", needed: ["libc.so.6"])
        .using("GLIBC_2.2.5", "GLIBC_2.34", of: "libc.so.6"),
      symbols: ElfSymbols(
        .defined("f"), .undefined("puts", version: 100), .undefined("new_call", version: 101))),
    "/lib/libstdc++.so.6": .elf(
      ElfImage.library(soname: "libstdc++.so.6", needed: ["libgcc_s.so.1", "libc.so.6"])
        .defining("libstdc++.so.6", "GLIBCXX_3.4.21", "CXXABI_1.3")
        .using("GCC_99.0", of: "libgcc_s.so.1").using("GLIBC_2.2.5", of: "libc.so.6"),
      symbols: ElfSymbols(.defined("cxx", version: 2))),
    "/lib/libgcc_s.so.1": .elf(
      ElfImage.library(soname: "libgcc_s.so.1", needed: ["libc.so.6"])
        .defining("libgcc_s.so.1", "GCC_99.0"), symbols: ElfSymbols()),
  ]

  @Test func `the floor names the release, the symbol, the object and the way to it`() throws {
    let tree = InMemoryTree(CheckRoot.glibc.merging(Self.files) { $1 })
    var loader = Loader(tree: tree)
    var checker = Checker(policy: CheckPolicy(), store: FactStore(tree: tree), loader: loader)
    let floors = checker.check(try loader.closures(of: "/app/main")).floors
    #expect(floors.map(\.floor.package) == [.glibc, .gcc])
    let glibc = try #require(floors.first)
    #expect(glibc.floor.release.description == "2.34")
    #expect(glibc.floor.symbols == ["new_call"])
    #expect(glibc.floor.library == "libc.so.6")
    #expect(glibc.chain == ["/app/main", "/lib/libf.so"])
    // What libstdc++ asks of libgcc_s comes with the same release.
    #expect(floors.last?.floor.release.description == "5.1.0")
    #expect(floors.last?.object.path == "/app/main")
  }

  func beyond(_ change: (inout CheckPolicy) -> Void) throws -> [String] {
    var policy = CheckPolicy()
    change(&policy)
    return try check(in: Self.files, policy: policy).filter { $0.severity == .gate }.names
  }

  @Test func `a gate finds each object that needs more`() throws {
    #expect(try beyond { $0.maximumGlibc = Release("2.34") } == [])
    #expect(try beyond { $0.maximumGlibc = Release("2.33") } == ["glibc-floor libf.so"])
    #expect(
      try beyond { $0.maximumGlibc = Release("2.2") } == [
        "glibc-floor main", "glibc-floor libf.so", "glibc-floor libstdc++.so.6",
      ])
    #expect(try beyond { $0.maximumGCC = Release("5.1") } == [])
    #expect(try beyond { $0.maximumGCC = Release("4.9") } == ["gcc-floor main"])
  }

  @Test func `a gate names all symbols that are too new`() throws {
    var policy = CheckPolicy()
    policy.maximumGlibc = Release("2.0")
    let findings = try check(in: Self.files, policy: policy)
    let finding = findings.first { $0.object.real == "/lib/libf.so" && $0.rule == .glibcFloor }
    guard case .releaseFloor(let floor, _) = finding?.problem else {
      Issue.record("no finding")
      return
    }
    #expect(floor.symbols == ["puts", "new_call"])
    #expect(floor.version == "GLIBC_2.34")
  }

  @Test func `who uses the private interface can't move to another glibc`() throws {
    let files: [RootPath: InMemoryTree.Node] = [
      "/app/main": .elf(
        ElfImage.program(needed: ["libc.so.6"]).using("GLIBC_PRIVATE", of: "libc.so.6"),
        symbols: ElfSymbols(.undefined("puts", version: 100))),
      "/lib/x86_64-linux-gnu/libnss_x.so": .elf(
        ElfImage.library(soname: "libnss_x.so", needed: ["libc.so.6"])
          .using("GLIBC_PRIVATE", of: "libc.so.6")),
    ]
    var policy = CheckPolicy()
    policy.maximumGlibc = Release("2.36")
    let openings = SearchEnvironment(openings: [Opening(name: "libnss_x.so")])
    let findings = try check(in: files, policy: policy, environment: openings)
    #expect(findings.filter { $0.severity == .gate }.names == ["private-version main"])
  }

  @Test func `a mark of the processor is held against the gate`() throws {
    let files: [RootPath: InMemoryTree.Node] = [
      "/app/main": .elf(
        ElfImage.program(needed: ["libc.so.6"]).demanding(levels: 0b10),
        symbols: ElfSymbols(.undefined("puts")))
    ]
    func found(_ maximum: Int) throws -> [Rule] {
      var policy = CheckPolicy()
      policy.maximumLevel = maximum
      return try check(in: files, policy: policy).map(\.rule).filter { $0 == .processorFloor }
    }
    #expect(try found(1) == [.processorFloor])
    #expect(try found(2) == [])
  }
}
