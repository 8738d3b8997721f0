import FileTree
import TestSupport
import Testing

@testable import Discovery

struct ShellTextsTests {
  @Test(
    arguments: [
      ("rm -Rf %s", ["/bin/rm"]), ("gzip -dc '%s' 2>/dev/null", ["/usr/bin/gzip"]),
      ("file %s not found", []), ("rm - %s", []), ("  rm -f %s", []), ("rm -f x", []),
      ("nothing -f %s", []),
    ] as [(ByteString, [ByteString])])
  func `a command with an option and something to fill in is started by a shell`(
    text: ByteString, paths: [ByteString]
  ) {
    var fixture = PluginFixture(
      ShellTexts(),
      [
        "/app": .elf(.program(), constants: [text]), "/bin/rm": .program(),
        "/usr/bin/gzip": .program(), "/usr/bin/file": .program(),
      ])
    #expect(fixture.needs(of: "/app", isProgram: true, imports: ["popen"]).paths == paths)
    #expect(fixture.needs(of: "/app", isProgram: true).isEmpty)
    #expect(fixture.needs(of: "/app", imports: ["popen"]).isEmpty)
  }
}
