import FileTree
import SystemPackage
import TestSupport
import Testing

struct PathResolverTests {
  func resolve(
    _ path: ByteString, _ table: [RootPath: InMemoryTree.Node]
  ) throws(Errno) -> ResolvedPath {
    var resolver = PathResolver(tree: InMemoryTree(table))
    return try resolver.resolve(path)
  }

  @Test func `every hop of a chain is told, in order`() throws {
    let resolved = try resolve(
      "/lib/libz.so",
      [
        "/lib": .link("usr/lib"), "/usr/lib/libz.so": .link("libz.so.1"),
        "/usr/lib/libz.so.1": .link("/store/z"), "/store/z": .text("z"),
      ])
    #expect(resolved.real == "/store/z")
    #expect(resolved.links.map(\.path) == ["/lib", "/usr/lib/libz.so", "/usr/lib/libz.so.1"])
  }

  @Test func `what is above the root is the root`() throws {
    let table: [RootPath: InMemoryTree.Node] = [
      "/a": .link("../../../../etc/x"), "/b": .link("/../../etc/x"), "/etc/x": .text("x"),
    ]
    #expect(try resolve("/a", table).real == "/etc/x")
    #expect(try resolve("/b", table).real == "/etc/x")
  }

  @Test func `a path that is longer than the kernel takes leads nowhere`() throws {
    func path(_ size: Int) -> ByteString {
      ByteString([UInt8](repeating: UInt8(ascii: "/"), count: size - 1)) + "x"
    }
    #expect(try resolve(path(4095), ["/x": .text("")]).real == "/x")
    #expect(throws: Errno.fileNameTooLong) { try resolve(path(4096), ["/x": .text("")]) }
  }

  @Test func `two dots after a link are the parent of its target`() throws {
    let resolved = try resolve(
      "/link/../x", ["/link": .link("/deep/er"), "/deep/er": .directory(), "/deep/x": .text("x")])
    #expect(resolved.real == "/deep/x")
    #expect(resolved.detours == ["/deep/er"])
  }

  @Test(arguments: [
    ("/loop", Errno.tooManySymbolicLinkLevels), ("/none", .noSuchFileOrDirectory),
    ("/file/x", .notDirectory), ("/file/", .notDirectory),
    ("/none/../file", .noSuchFileOrDirectory), ("", .noSuchFileOrDirectory),
    ("/dangling", .noSuchFileOrDirectory),
  ])
  func `fails as the kernel does`(path: String, expected: Errno) {
    #expect(throws: expected) {
      try resolve(
        ByteString(path),
        ["/loop": .link("loop"), "/file": .text(""), "/dangling": .link("nowhere")])
    }
  }

  @Test func `forty links are followed, and not one more`() throws {
    func chain(_ length: Int) -> [RootPath: InMemoryTree.Node] {
      var table: [RootPath: InMemoryTree.Node] = ["/l0": .text("end")]
      for index in 1...length {
        table[RootPath(normalising: ByteString("/l\(index)"))] = .link(ByteString("l\(index - 1)"))
      }
      return table
    }
    #expect(try resolve("/l40", chain(40)).real == "/l0")
    #expect(throws: Errno.tooManySymbolicLinkLevels) { try resolve("/l41", chain(41)) }
  }
}
