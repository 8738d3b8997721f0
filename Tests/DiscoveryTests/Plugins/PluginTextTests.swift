import FileTree
import TestSupport
import Testing

@testable import Discovery

struct PluginTextTests {
  @Test(arguments: [
    ("a.conf", "*.conf", true), ("conf", "*.conf", false), ("a.conf.bak", "*.conf", false),
    ("libq5.so", "libq[0-9].so", true), ("libqx.so", "libq[!0-9].so", true),
    ("libq5.so", "libq[^0-9].so", false), ("a]b", "a[]]b", true), ("a[b", "a[b", true),
    ("abc", "a?c", true), ("ac", "a?c", false), ("", "*", true), ("aXbXc", "a*b*c", true),
    ("aXbX", "a*b*c", false),
  ])
  func `a name matches a pattern as in glob(7)`(name: String, pattern: String, matches: Bool) {
    #expect(PathPattern.matches(ByteString(name), ByteString(pattern)) == matches)
  }

  @Test func `a pattern of many stars ends soon`() {
    let name = ByteString([UInt8](repeating: 0x61, count: 255))
    let pattern = ByteString(Array(repeating: "a*", count: 120).joined() + "b")
    #expect(!PathPattern.matches(name, pattern))
  }

  @Test func `patterns stand for existing files, hidden ones only where a dot is asked for`() {
    var root = RootView(
      tree: InMemoryTree([
        "/etc/a/one.conf": .text(""), "/etc/a/.two.conf": .text(""), "/etc/b/three.conf": .text(""),
      ]))
    #expect(
      PathPattern.paths(matching: "/etc/*/*.conf", in: &root) == [
        "/etc/a/one.conf", "/etc/b/three.conf",
      ])
    #expect(PathPattern.paths(matching: "/etc/a/.*.conf", in: &root) == ["/etc/a/.two.conf"])
    #expect(PathPattern.paths(matching: "/etc/a/none", in: &root).isEmpty)
    #expect(PathPattern.paths(matching: "/etc/b/three.conf", in: &root) == ["/etc/b/three.conf"])
  }

  @Test func `a tree without a part is the largest parts that are left`() {
    var root = RootView(
      tree: InMemoryTree([
        "/lib/x/a/one": .text(""), "/lib/x/b/two": .text(""), "/lib/x/b/test/three": .text(""),
        "/lib/x/out": .link("/etc/x.conf"), "/lib/x/in": .link("a/one"),
        "/lib/x/gone": .link("/nowhere"), "/etc/x.conf": .text(""),
      ]))
    let all = TreeSelection.wishes(for: "/lib/x", in: &root)
    #expect(all == [.path("/lib/x", at: nil), .path("/lib/x/out", at: nil)])
    let some = TreeSelection.wishes(for: "/lib/x", in: &root) { $0.last == "test" }
    #expect(
      Set(some) == [
        .path("/lib/x/a", at: nil), .path("/lib/x/b/two", at: nil), .path("/lib/x/out", at: nil),
        .path("/lib/x/in", at: nil), .path("/lib/x/gone", at: nil),
      ])
    #expect(TreeSelection.wishes(for: "/lib/y", in: &root).isEmpty)
  }

  @Test func `texts of an object are whole, printable and end in NUL`() {
    let tree = InMemoryTree([
      "/lib/libx.so": .elf(
        .library(soname: "libx.so"), constants: ["\u{1}/etc/x", "/etc/x/y", "no\u{7F}/etc/z"])
    ])
    var root = RootView(tree: tree)
    let object = ObservedObject(
      path: "/lib/libx.so", real: "/lib/libx.so", place: "/lib/libx.so",
      image: .library(soname: "libx.so"), isProgram: false, imports: [])
    let strings = ObjectStrings(of: object, in: &root)
    #expect(strings.beginning(with: "/etc/z", "/etc/x") == ["/etc/x", "/etc/x/y", "/etc/z"])
    #expect(strings.paths == ["/etc/x", "/etc/x/y", "/etc/z"])
    #expect(strings.containing("c/x") == ["/etc/x", "/etc/x/y"])
    #expect(strings.paths(containing: "y", "z") == ["/etc/x/y", "/etc/z"])
    #expect(strings.intersection(["/etc/x/y", "/etc", "no", "/etc/z"]) == ["/etc/x/y", "/etc/z"])
  }

  @Test func `every source stays silent about an object that isn't its own`() {
    var root = RootView(
      tree: InMemoryTree(["/lib/libm.so.6": .library(soname: "libm.so.6")]))
    let object = ObservedObject(
      path: "/lib/libm.so.6", real: "/lib/libm.so.6", place: "/lib/libm.so.6",
      image: .library(soname: "libm.so.6"), isProgram: false, imports: ["pow"])
    for var source in NeedSources.all() {
      #expect(source.needs(of: object, in: &root).isEmpty)
    }
  }
}
