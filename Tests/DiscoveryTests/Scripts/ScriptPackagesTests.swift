import FileTree
import TestSupport
import Testing

@testable import Discovery

struct ScriptPackagesTests {
  @Test(arguments: [("/usr/bin/view", 3), ("/usr/local/bin/view", 4)] as [(RootPath, Int)])
  func `a packaged script counts on what its package depends on, and on the base`(
    script: RootPath, count: Int
  ) {
    let text = InMemoryTree.Node.file(
      Array("#!/bin/sh\nsed x\nviewer a\nbrowser b\nmine c\n".utf8), permissions: 0o755)
    let programs: [RootPath] = [
      "/bin/sh", "/bin/sed", "/usr/bin/viewer", "/usr/bin/browser", "/usr/bin/mine",
    ]
    var files = Dictionary(uniqueKeysWithValues: programs.map { ($0, InMemoryTree.Node.program()) })
    files[script] = text
    var fixture = PluginFixture(
      ShellCommands(),
      PackagedRoot.tree(
        files,
        [
          .init(name: "view", depends: "viewer", files: ["/usr/bin/view"]),
          .init(name: "sed", files: ["/bin/sed"]),
          .init(name: "viewer", files: ["/usr/bin/viewer"]),
          .init(name: "browser", files: ["/usr/bin/browser"]),
        ]))
    let needs = fixture.needs(of: script.text, isProgram: true)
    #expect(needs.paths.count == 4)
    #expect(needs.essential.count == count)
    #expect(needs.hints.paths.allSatisfy { $0 == "/usr/bin/browser" })
  }
}
