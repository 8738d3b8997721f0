import FileTree
import TestSupport
import Testing

@testable import Discovery

struct OwnDataTests {
  private static let script: InMemoryTree.Node = .file(
    Array("#!/usr/bin/lua\n-- /usr/share/other\nCODE='/usr/lib/chat'; require 'chat.start'\n".utf8),
    permissions: 0o755)

  private static func fixture(
    _ files: [RootPath: InMemoryTree.Node], _ packages: [PackagedRoot.Package]
  ) -> PluginFixture {
    PluginFixture(OwnData(), PackagedRoot.tree(files, packages))
  }

  @Test func `a script has the directories of its package that it names`() {
    var fixture = Self.fixture(
      [
        "/usr/bin/chat": Self.script, "/usr/lib/chat/start.lua": .text(""),
        "/usr/share/chat/words": .text(""), "/usr/share/other/x": .text(""),
        "/usr/share/chat-icons/x": .text(""),
      ],
      [
        .init(
          name: "chat",
          files: [
            "/usr/bin/chat", "/usr/lib/chat/start.lua", "/usr/share/chat/words",
            "/usr/share/chat-icons/x",
          ]), .init(name: "other", files: ["/usr/share/other/x"]),
      ])
    let needs = fixture.needs(of: "/usr/bin/chat", isProgram: true)
    #expect(needs.paths == ["/usr/lib/chat", "/usr/share/chat"])
    #expect(needs.allSatisfy { $0.isEssential && $0.grade == .packaged })
    #expect(needs.first?.place == "/usr/bin/chat:3")
    #expect(fixture.needs(of: "/usr/bin/chat").paths == needs.paths)
  }

  @Test func `a program that names what lies beside it has its package's directory`() {
    func paths(_ constant: ByteString, _ owner: String = "browser") -> [ByteString] {
      var fixture = Self.fixture(
        [
          "/usr/lib/browser/bin/browser": .elf(.program(), constants: [constant]),
          "/usr/lib/browser/bin/icu.dat": .text("x"), "/usr/lib/browser/locales/en": .text("x"),
          "/usr/lib/browser/extensions/other": .text("x"),
        ],
        [
          .init(
            name: owner,
            files: [
              "/usr/lib/browser/bin/browser", "/usr/lib/browser/bin/icu.dat",
              "/usr/lib/browser/locales/en",
            ]), .init(name: "extension", files: ["/usr/lib/browser/extensions/other"]),
        ])
      return fixture.needs(of: "/usr/lib/browser/bin/browser", isProgram: true).paths
    }
    #expect(paths("icu.dat") == ["/usr/lib/browser/bin", "/usr/lib/browser/locales"])
    #expect(paths("nothing of it").isEmpty)
  }

  @Test func `a directory of somebody else's is not its own`() {
    var fixture = Self.fixture(
      [
        "/usr/bin/draw": .elf(.program(), constants: ["/usr/share/shapes", "/usr/share/draw"]),
        "/usr/share/shapes/x": .text(""), "/usr/share/draw/y": .text(""),
      ],
      [
        .init(name: "draw", files: ["/usr/bin/draw", "/usr/share/draw/y"]),
        .init(name: "shapes", files: ["/usr/share/shapes/x"]),
      ])
    #expect(fixture.needs(of: "/usr/bin/draw", isProgram: true).paths == ["/usr/share/draw"])
  }
}
