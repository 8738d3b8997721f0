import FileTree
import TestSupport
import Testing

@testable import Discovery

struct StateDirectoriesTests {
  private func directories(named texts: [ByteString]) -> [RootPath] {
    var fixture = PluginFixture(
      StateDirectories(),
      [
        "/sbin/server": .elf(.program(), constants: texts),
        "/var/lib/server": .directory(permissions: 0o2750), "/var/log": .directory(),
        "/var/run": .link("/run"), "/run": .directory(),
        "/usr/lib/tmpfiles.d/server.conf": .text(
          "# made at the start\nd /run/server 2775 server server -\nL /run/link - - - - x\n"
            + "d /var/run/old 0700\nd /run/user/%U 0700\n"),
        "/usr/lib/tmpfiles.d/hidden.conf": .text("d /run/hidden\n"),
        "/etc/tmpfiles.d/hidden.conf": .text(""),
        "/run/systemd": .directory(), "/run/systemd/system": .directory(),
      ])
    return fixture.needs(of: "/sbin/server", isProgram: true).essential.directories
  }

  @Test(
    arguments: [
      ("/var/lib/server", ["/var/lib/server"]), ("/var/lib/server/state.db", ["/var/lib/server"]),
      ("/var/log/server.log", ["/var/log"]), ("/run/server.pid", ["/run"]),
      ("/run/server/server.sock", ["/run/server"]), ("/run/server", ["/run/server"]),
      ("/run/old", ["/run/old"]), ("/run/link/x", []), ("/run/hidden/x", []), ("/var/x", []),
      ("/var/lib/gone/x", []), ("/run/systemd/system", []), ("/run/systemd/notify", []),
      ("in /var/log/x", []), ("/var/log/%s", []),
    ] as [(ByteString, [RootPath])])
  func `a directory that is there, or will be, is made for what lies in it`(
    text: ByteString, expected: [RootPath]
  ) {
    #expect(directories(named: [text]) == expected)
  }

  @Test func `permissions are those of the directory, without its group`() {
    var fixture = PluginFixture(
      StateDirectories(),
      [
        "/sbin/server": .elf(.program(), constants: ["/var/lib/a", "/run/b"]),
        "/var/lib/a": .directory(permissions: 0o2750),
        "/usr/lib/tmpfiles.d/b.conf": .text("D! /run/b 1770 b b -\n"),
      ])
    let wishes = fixture.needs(of: "/sbin/server", isProgram: true).flatMap(\.wishes)
    #expect(
      wishes == [
        .directory("/var/lib/a", permissions: 0o750), .directory("/run/b", permissions: 0o1770),
      ])
  }
}
