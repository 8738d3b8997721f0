import ELF
import FileTree
import Loader
import TestSupport
import Testing

/// What the loader takes out of `/etc/ld.so.cache`, in every format.
struct CacheSearchTests {
  typealias Entry = CacheBuilder.Entry

  static let levels: [ByteString] = ["x86-64-v2", "x86-64-v3", "x86-64-v4"]

  /// A root with a cache and the files that it names.
  func closure(
    needing names: ByteString..., cache: [UInt8], paths: [ByteString],
    cpu: ByteString? = nil, version: String = "2.36", flags1: DynamicSection.Flags1 = .pie
  ) throws -> ClosureGraph {
    var files: [RootPath: InMemoryTree.Node] = [
      "/app/main": .program(needed: names, flags1: flags1), "/etc/ld.so.cache": .file(cache),
      LibcRoot.glibcInterpreter: .elf(
        .library(soname: "ld-linux-x86-64.so.2"),
        constants: LibcRoot.debianStrings(version: version)),
    ]
    for path in paths { files[RootPath(normalising: path)] = .library() }
    return try glibcClosure(files, SearchEnvironment(processor: Processor(level: cpu)))
  }

  @Test(arguments: CacheBuilder.Format.allCases)
  func `every name is found, in every format`(format: CacheBuilder.Format) throws {
    let names: [ByteString] = ["libc10.so", "libc9.so", "libb.so", "liba.so.1", "liba.so"]
    let graph = try closure(
      needing: "liba.so", "liba.so.1", "libb.so", "libc9.so", "libc10.so", "libz.so", "lib.so",
      cache: CacheBuilder.bytes(names.map { Entry($0, "/c/" + $0) }, format),
      paths: names.map { "/c/" + $0 })
    #expect(graph.loaded == names.reversed().map { "/c/\($0)" })
    #expect(graph.missing.map(\.name) == ["libz.so", "lib.so"])
    #expect(graph.requests[0].rule == .cache)
  }

  @Test func `entries of other machines are passed over`() throws {
    let cache = CacheBuilder.bytes([
      Entry("libx.so", "/32/libx.so", flags: 0x3), Entry("libx.so", "/x32/libx.so", flags: 0x803),
      Entry("libx.so", "/64/libx.so"),
    ])
    let graph = try closure(
      needing: "libx.so", cache: cache, paths: ["/32/libx.so", "/x32/libx.so", "/64/libx.so"])
    #expect(graph.loaded == ["/64/libx.so"])
  }

  @Test func `the first entry counts, and if its file is gone the default directories do`() throws {
    let cache = CacheBuilder.bytes([
      Entry("liby.so", "/a/liby.so"), Entry("libx.so", "/gone/libx.so"),
      Entry("libx.so", "/a/libx.so"),
    ])
    let graph = try closure(
      needing: "libx.so", "liby.so", cache: cache,
      paths: ["/a/libx.so", "/a/liby.so", "/usr/lib/libx.so", "/usr/lib/liby.so"])
    #expect(graph.loaded == ["/usr/lib/libx.so", "/a/liby.so"])
  }

  @Test func `NODEFLIB leaves entries below default directories out, and no others`() throws {
    let cache = CacheBuilder.bytes([
      Entry("liby.so", "/a/liby.so"), Entry("libx.so", "/usr/lib/deeper/libx.so"),
    ])
    let graph = try closure(
      needing: "libx.so", "liby.so", cache: cache,
      paths: ["/usr/lib/deeper/libx.so", "/usr/lib/libx.so", "/a/liby.so"],
      flags1: [.pie, .noDefaultLibraries])
    #expect(graph.loaded == ["/a/liby.so"])
    #expect(graph.missing.map(\.name) == ["libx.so"])
  }

  @Test(
    arguments: [
      (0, true), (2, true), (3, false), (1, false), (0xFE, true),
    ] as [(UInt8, Bool)])
  func `a cache in the other byte order is none`(mark: UInt8, counts: Bool) throws {
    var cache = CacheBuilder.bytes([Entry("libx.so", "/c/libx.so")])
    cache[28] = mark
    let graph = try closure(needing: "libx.so", cache: cache, paths: ["/c/libx.so"])
    #expect(graph.isComplete == counts)
  }

  @Test func `a damaged cache is no cache, wherever it ends`() throws {
    let cache = CacheBuilder.bytes(
      [Entry("libx.so", "/c/libx.so", level: 1), Entry("libx.so", "/c/libx.so")], .combined,
      levels: Self.levels)
    for length in stride(from: 0, to: cache.count, by: 3) {
      let graph = try closure(
        needing: "libx.so", cache: Array(cache.prefix(length)), paths: ["/c/libx.so"],
        cpu: "x86-64-v3")
      // Where the strings end too early, an entry is lost; nothing wrong is found.
      #expect(graph.loaded.allSatisfy { $0 == "/c/libx.so" })
    }
  }

  // MARK: Levels

  static let entries: [Entry] = [
    Entry("libx.so", "/c/v2", level: 0), Entry("libx.so", "/c/v3", level: 1),
    Entry("libx.so", "/c/v4", level: 2), Entry("libx.so", "/c/plain"),
  ]

  @Test(
    arguments: [
      (nil, "/c/plain"), ("x86-64-v2", "/c/v2"), ("x86-64-v3", "/c/v3"), ("x86-64-v4", "/c/v4"),
    ] as [(ByteString?, String)], [CacheBuilder.Format.new, .combined])
  func `the best entry that the processor can use counts`(
    row: (cpu: ByteString?, found: String), format: CacheBuilder.Format
  ) throws {
    let graph = try closure(
      needing: "libx.so", cache: CacheBuilder.bytes(Self.entries, format, levels: Self.levels),
      paths: ["/c/v2", "/c/v3", "/c/v4", "/c/plain"], cpu: row.cpu)
    #expect(graph.loaded == [row.found])
  }

  @Test func `a best entry whose file is gone gives way to no lesser one`() throws {
    let graph = try closure(
      needing: "libx.so", cache: CacheBuilder.bytes(Self.entries, levels: Self.levels),
      paths: ["/c/v2", "/c/plain", "/usr/lib/libx.so"], cpu: "x86-64-v3")
    #expect(graph.loaded == ["/usr/lib/libx.so"])
  }

  @Test func `an entry of a level that the cache doesn't name counts for nobody`() throws {
    let graph = try closure(
      needing: "libx.so",
      cache: CacheBuilder.bytes(
        [
          Entry("libx.so", "/c/odd", level: 1), Entry("libx.so", "/c/none", level: 9),
          Entry("libx.so", "/c/plain"),
        ], levels: ["x86-64-v2", "odd"]),
      paths: ["/c/odd", "/c/none", "/c/plain"], cpu: "x86-64-v4")
    #expect(graph.loaded == ["/c/plain"])
  }

  /// The library in the entry's directory demands a level by itself: 1 for v2, and so on.
  @Test(arguments: [(1, "/c/v2"), (2, "/c/v2"), (3, "/c/plain"), (40, "/c/plain")])
  func `an entry whose library demands more than its directory says is left out`(
    isaLevel: UInt32, found: String
  ) throws {
    let graph = try closure(
      needing: "libx.so",
      cache: CacheBuilder.bytes(
        [
          Entry("libx.so", "/c/v2", level: 0, isaLevel: isaLevel), Entry("libx.so", "/c/plain"),
        ], levels: Self.levels),
      paths: ["/c/v2", "/c/plain"], cpu: "x86-64-v3")
    #expect(graph.loaded == [found])
  }

  // MARK: Until glibc 2.39

  static let tls: UInt64 = 1 << 63
  static let machine: UInt64 = 1 << 1
  static let avx512: UInt64 = 1 << 2
  static let haswell: UInt64 = 1 << 50

  @Test(
    arguments: [
      (tls | machine, true), (tls, true), (machine, true), (avx512, false), (haswell, false),
      (1, false), (1 << 40, false), (1 << 62 | 1 << 45, false),
    ] as [(UInt64, Bool)])
  func `an entry with the bits of old capabilities counts if the processor has them`(
    bits: UInt64, counts: Bool
  ) throws {
    let cache = CacheBuilder.bytes([
      Entry("libx.so", "/c/bits", hwcap: bits), Entry("libx.so", "/c/plain"),
    ])
    let graph = try closure(needing: "libx.so", cache: cache, paths: ["/c/bits", "/c/plain"])
    #expect(graph.loaded == [counts ? "/c/bits" : "/c/plain"])
  }

  /// glibc 2.37 no longer searches the subdirectories, and 2.40 no longer takes such entries.
  @Test(arguments: [("2.36", true), ("2.37", true), ("2.39", true), ("2.40", false)])
  func `entries with the bits of old capabilities are nothing since 2.40`(
    version: String, counts: Bool
  ) throws {
    let cache = CacheBuilder.bytes([
      Entry("libx.so", "/c/bits", hwcap: Self.tls | Self.machine), Entry("libx.so", "/c/plain"),
    ])
    let graph = try closure(
      needing: "libx.so", cache: cache, paths: ["/c/bits", "/c/plain"], version: version)
    #expect(graph.loaded == [counts ? "/c/bits" : "/c/plain"])
  }

  @Test func `an entry of a level wins over one with the bits of old capabilities`() throws {
    let cache = CacheBuilder.bytes(
      [Entry("libx.so", "/c/v2", level: 0), Entry("libx.so", "/c/bits", hwcap: Self.tls)],
      levels: Self.levels)
    let paths: [ByteString] = ["/c/v2", "/c/bits"]
    for (cpu, found) in [("x86-64-v2", "/c/v2"), (nil, "/c/bits")] as [(ByteString?, String)] {
      let graph = try closure(needing: "libx.so", cache: cache, paths: paths, cpu: cpu)
      #expect(graph.loaded == [found])
    }
  }

  @Test func `the old format has no levels, so any of them is its library`() throws {
    let graph = try closure(
      needing: "libx.so", cache: CacheBuilder.bytes(Self.entries, .old, levels: Self.levels),
      paths: ["/c/v2", "/c/v3", "/c/v4", "/c/plain"], cpu: "x86-64-v4")
    #expect(graph.loaded == ["/c/v2"])
  }

  // MARK: Other machines

  struct Target: CustomTestStringConvertible, Sendable {
    let header: ElfHeader
    let interpreter: ByteString
    let flags: Int32
    var alignment = 8

    var testDescription: String { "\(header.machine)" }

    static let all: [Target] = [
      Target(
        header: ElfHeader(elfClass: .elf32, machine: .x86, programHeaderSize: 32),
        interpreter: "/lib/ld-linux.so.2", flags: 0x3, alignment: 4),
      Target(
        header: ElfHeader(machine: .aarch64), interpreter: "/lib/ld-linux-aarch64.so.1",
        flags: 0xA03),
      Target(
        header: ElfHeader(dataEncoding: .bigEndian, machine: .s390),
        interpreter: "/lib/ld64.so.1", flags: 0x403),
      Target(
        header: ElfHeader(elfClass: .elf32, machine: .arm, flags: 0x400, programHeaderSize: 32),
        interpreter: "/lib/ld-linux-armhf.so.3", flags: 0x903),
    ]
  }

  @Test(arguments: Target.all, CacheBuilder.Format.allCases)
  func `a cache is in its machine's byte order, and aligned as its numbers are`(
    target: Target, format: CacheBuilder.Format
  ) throws {
    let cache = CacheBuilder.bytes(
      [
        Entry("libx.so", "/foreign/libx.so", flags: 0x303),
        Entry("libx.so", "/c/libx.so", flags: target.flags),
      ], format, header: target.header, alignment: target.alignment)
    let graph = try glibcClosure([
      "/app/main": .program(
        interpreter: target.interpreter, needed: ["libx.so"], header: target.header),
      "/etc/ld.so.cache": .file(cache), "/c/libx.so": .library(header: target.header),
      "/foreign/libx.so": .library(),
      RootPath(normalising: target.interpreter): .library(header: target.header),
    ])
    #expect(graph.loaded == ["/c/libx.so"])
  }
}
