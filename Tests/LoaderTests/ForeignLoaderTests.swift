import ELF
import FileTree
import Loader
import TestSupport
import Testing

/// Programs whose loader is neither glibc's nor musl's.
struct ForeignLoaderTests {
  private func graph(
    _ image: ElfImage, _ files: [RootPath: InMemoryTree.Node] = [:]
  ) throws -> ClosureGraph {
    try glibcClosure(files.merging(["/app/main": .elf(image)]) { $1 })
  }

  private func program(
    _ interpreter: ByteString, _ header: ElfHeader = ElfHeader(),
    needed: [ByteString] = ["libx.so"],
    system: ElfSystem? = nil
  ) -> ElfImage {
    var image = ElfImage(
      header: header, interpreter: interpreter, dynamic: DynamicSection(needed: needed))
    image.system = system
    return image
  }

  @Test(
    arguments: [
      ("/lib/ld-uClibc.so.0", .uClibc), ("/lib/ld64-uClibc.so.1", .uClibc),
      ("/lib/klibc-AbC.so", .klibc), ("/system/bin/linker64", .bionic),
      ("/system/bin/linker_asan", .bionic), ("/libexec/ld-elf.so.1", .freeBSD),
      ("/libexec/ld-elf32.so.1", .freeBSD), ("/usr/libexec/ld-elf.so.2", .dragonFly),
      ("/usr/libexec/ld.elf_so", .netBSD), ("/usr/libexec/ld.so", .openBSD),
      ("/usr/lib/ld.so.1", .solaris), ("/lib/64/ld.so.1", .solaris),
      ("/boot/system/runtime_loader", .haiku), ("/lib/ld-x86-64.so.1", .hurd),
      ("/usr/lib/ldqnx-64.so.2", .qnx),
    ] as [(ByteString, ForeignLoader)])
  func `a loader is told by its path`(path: ByteString, loader: ForeignLoader) throws {
    let graph = try graph(program(path))
    #expect(graph.libc == nil)
    #expect(graph.foreignLoader == loader)
    #expect(graph.configurationPath == "")
  }

  @Test(
    arguments: [
      (.freeBSD, .freeBSD), (.netBSD, .netBSD), (.openBSD, .openBSD), (.dragonFly, .dragonFly),
      (.android, .bionic), (.qnx, .qnx),
    ] as [(ElfSystem, ForeignLoader)])
  func `a loader of any name is told by the program's note`(
    system: ElfSystem, loader: ForeignLoader
  ) throws {
    #expect(try graph(program("/opt/loader", system: system)).foreignLoader == loader)
  }

  @Test(
    arguments: [(2, .netBSD), (6, .solaris), (9, .freeBSD), (12, .openBSD)]
      as [(UInt8, ForeignLoader)])
  func `a loader of any name is told by EI_OSABI`(osABI: UInt8, loader: ForeignLoader) throws {
    #expect(
      try graph(program("/opt/loader", ElfHeader(osABI: osABI))).foreignLoader == loader)
  }

  /// The kernel looks at neither.
  @Test func `glibc's loader stays glibc's, whatever system the header names`() throws {
    let image = program(LibcRoot.glibcInterpreter.text, ElfHeader(osABI: 9), system: .freeBSD)
    #expect(try graph(image).libc == .glibc)
  }

  @Test func `where nothing tells, the loader is unknown, unless the C library's name tells`()
    throws
  {
    #expect(try graph(program("/opt/loader")).foreignLoader == .unknown)
    #expect(try graph(program("/opt/loader", needed: ["libc.so.6"])).libc == .glibc)
    #expect(
      try graph(program("/opt/loader", needed: ["libc.musl-x86_64.so.1"])).libc == .musl)
  }

  @Test func `ld.so.1 is glibc's on machines where it has that name`() throws {
    let mips = ElfHeader(
      elfClass: .elf32, dataEncoding: .bigEndian, machine: .mips, programHeaderSize: 32)
    #expect(try graph(program("/lib/ld.so.1", mips)).libc == .glibc)
    #expect(try graph(program("/lib/ld.so.1")).foreignLoader == .hurd)
    #expect(try graph(program("/lib/ld.so.1", ElfHeader(osABI: 6))).foreignLoader == .solaris)
  }

  @Test func `Alpha and IA-64 have glibc's loader`() throws {
    #expect(try graph(program("/lib/ld-linux.so.2", ElfHeader(machine: .alpha))).libc == .glibc)
    #expect(
      try graph(program("/lib/ld-linux-ia64.so.2", ElfHeader(machine: .ia64))).libc == .glibc)
  }

  @Test func `its libraries are found by its own directories and paths, and by no cache`() throws {
    var image = program("/libexec/ld-elf.so.1", needed: ["libx.so", "liby.so", "libz.so"])
    image.dynamic?.runpath = "/app"
    let graph = try graph(
      image,
      [
        "/etc/ld.so.cache": .file(CacheBuilder.bytes([.init("libx.so", "/c/libx.so")])),
        "/c/libx.so": .library(), "/app/liby.so": .library(), "/usr/lib/libz.so": .library(),
      ])
    #expect(graph.loaded == ["/app/liby.so", "/usr/lib/libz.so"])
    #expect(graph.missing.map(\.name) == ["libx.so", "/libexec/ld-elf.so.1"])
    #expect(graph.tried(for: "libx.so") == ["/app/libx.so", "/lib/libx.so", "/usr/lib/libx.so"])
  }

  @Test func `what is built for glibc is no library of theirs`() throws {
    let graph = try graph(
      program("/lib/ld-uClibc.so.0"), ["/lib/libx.so": .library(needed: ["libc.so.6"])])
    #expect(graph.missing.map(\.name).contains("libx.so"))
  }

  /// klibc's interpreter is the whole library, at a fixed address.
  @Test func `a program of klibc has no dynamic section`() throws {
    let image = ElfImage(
      header: ElfHeader(type: .executable), interpreter: "/lib/klibc-AbC.so", dynamic: nil)
    #expect(try graph(image).foreignLoader == .klibc)
    var glibc = image
    glibc.interpreter = LibcRoot.glibcInterpreter.text
    #expect(throws: LoaderError.unreadable(path: "/app/main", .interpreterWithoutDynamic)) {
      try graph(glibc)
    }
  }
}
