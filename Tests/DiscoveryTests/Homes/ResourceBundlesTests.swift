import FileTree
import TestSupport
import Testing

@testable import Discovery

struct ResourceBundlesTests {
  private static func files(
    built: RootPath, constants: [ByteString]
  ) -> [RootPath: InMemoryTree.Node] {
    [
      "/src/.build/release/App": .elf(.program(), constants: constants),
      built.appending("text"): .text("x"),
    ]
  }

  private static let built: ByteString = "/src/.build/release/Kit_App.resources"

  @Test func `a bundle beside a program goes beside it, wherever that goes`() {
    var fixture = PluginFixture(
      ResourceBundles(),
      Self.files(built: "/src/.build/release/Kit_App.resources", constants: [Self.built]))
    let kept = fixture.needs(of: "/src/.build/release/App", isProgram: true)
    #expect(kept.flatMap(\.wishes) == [.path(Self.built, at: nil)])
    #expect(kept.hints.isEmpty)
    fixture = PluginFixture(
      ResourceBundles(),
      Self.files(built: "/src/.build/release/Kit_App.resources", constants: [Self.built]))
    let moved = fixture.needs(of: "/src/.build/release/App", isProgram: true, place: "/srv/App")
    #expect(moved.flatMap(\.wishes) == [.path(Self.built, at: "/srv/Kit_App.resources")])
  }

  @Test func `a bundle that lies only where it was built goes beside the program too`() {
    var fixture = PluginFixture(
      ResourceBundles(),
      Self.files(built: "/old/Kit_App.resources", constants: ["/old/Kit_App.resources"]))
    let needs = fixture.needs(of: "/src/.build/release/App", isProgram: true)
    #expect(
      needs.flatMap(\.wishes) == [
        .path("/old/Kit_App.resources", at: "/src/.build/release/Kit_App.resources")
      ])
  }

  @Test(
    arguments: [
      "/src/.build/release/gone_App.resources", "/src/.build/release/Kit.resources",
      "/src/.build/release/_App.resources", "Kit_App.resources", "/Kit_App.bundle",
    ] as [ByteString])
  func `another text is none`(constant: ByteString) {
    var files = Self.files(built: "/src/.build/release/Kit_App.resources", constants: [constant])
    for name in ["Kit.resources", "_App.resources"] as [ByteString] {
      files[RootPath(normalising: "/src/.build/release/" + name + "/x")] = .text("x")
    }
    var fixture = PluginFixture(ResourceBundles(), files)
    #expect(fixture.needs(of: "/src/.build/release/App", isProgram: true).isEmpty)
  }

  @Test func `a bundle beside a program is asked for wherever the text stands in it`() {
    var files = Self.files(built: "/src/.build/release/Kit_App.resources", constants: [])
    for (text, isAsked) in [("/x/Kit_App.resources\0", true), ("/x/Kit_App.resources.y\0", false)] {
      guard case .file(let bytes, _) = InMemoryTree.Node.program() else { continue }
      let padding = [UInt8](repeating: 1, count: (1 << 20) - bytes.count - 8)
      files["/src/.build/release/App"] = .file(bytes + padding + Array(text.utf8))
      var fixture = PluginFixture(ResourceBundles(), files)
      let needs = fixture.needs(of: "/src/.build/release/App", isProgram: true)
      #expect(needs.paths == (isAsked ? [Self.built] : []))
    }
  }
}
