import FileTree
import TestSupport
import Testing

@testable import Discovery

struct NamedUsersTests {
  private func fixture() -> PluginFixture {
    PluginFixture(
      NamedUsers(),
      [
        "/sbin/server": .elf(
          .program(), constants: ["/run/_server", "mail", "a_servers", "somebody", "gone"]),
        "/etc/passwd": .text(
          """
          root:x:0:0:root:/root:/bin/bash
          mail:x:8:8:mail:/var/mail:/usr/sbin/nologin
          _server:*:101:104:A Server,,,:/var/lib/server:/bin/false
          servers:x:102:104::/:/bin/false
          gone:x:103
          somebody:x:1000:1000:Somebody:/home/somebody:/bin/bash

          """),
        "/var/lib/server": .directory(permissions: 0o700),
        "/usr/lib/tmpfiles.d/x.conf": .text("d /run/x 755 _server - -\nd /run/y 755 mail - -\n"),
        "/etc/group": .text("root:x:0:\nserver:x:104:somebody\n"),
      ])
  }

  @Test func `a user of a package whose name stands in a program is there, and nobody else`() {
    var fixture = fixture()
    let needs = fixture.needs(of: "/sbin/server", isProgram: true, imports: ["getpwnam", "setuid"])
    #expect(
      needs.essential.lines(of: "/etc/passwd") == [
        "_server:x:101:104:_server:/var/lib/server:/sbin/nologin"
      ])
    #expect(needs.essential.lines(of: "/etc/group") == ["server:x:104:"])
    #expect(needs.hints.isEmpty)
    #expect(
      needs.filter { $0.topic == StateDirectories.topic }.directories == [
        "/var/lib/server", "/run/x",
      ])
  }

  @Test func `a program that looks up no users by name names none`() {
    var fixture = fixture()
    #expect(fixture.needs(of: "/sbin/server", isProgram: true, imports: ["getpwuid"]).isEmpty)
    #expect(fixture.needs(of: "/sbin/server", isProgram: false, imports: ["getpwnam"]).isEmpty)
  }

  @Test func `a program that only asks who somebody is becomes nobody, unless a library does`() {
    var fixture = fixture()
    #expect(fixture.needs(of: "/sbin/server", isProgram: true, imports: ["getpwnam"]).isEmpty)
    #expect(
      fixture.needs(of: "/sbin/server", isProgram: false, imports: ["setresuid"])
        .contains { $0.topic.name == "users" })
  }

  @Test(
    arguments: [
      (.undefined("bind"), [], []), (.undefined("bind"), ["bind"], []),
      (.defined("bind"), [], []), (.defined("bind"), ["bind"], ["bind"]),
      (.undefined("bind", isWeak: true), [], []), (.undefined("xbind"), ["bind"], ["bind"]),
    ] as [(ElfSymbols.Entry, [ByteString], [ByteString])])
  func `the name of a function isn't taken for a user`(
    symbol: ElfSymbols.Entry, constants: [ByteString], users: [ByteString]
  ) {
    var fixture = PluginFixture(
      NamedUsers(),
      [
        "/server": .elf(
          .program(), symbols: ElfSymbols(.undefined("getpwnam"), symbol, hasVersions: false),
          constants: ["first"] + constants),
        "/etc/passwd": .text("bind:x:105:106::/var/cache/bind:/usr/sbin/nologin\n"),
      ])
    let needs = fixture.needs(
      of: "/server", isProgram: true, imports: ["getpwnam", "initgroups"])
    #expect(
      needs.lines(of: "/etc/passwd")
        == users.map {
          $0 + ":x:105:106:" + $0 + ":/var/cache/bind:/sbin/nologin"
        })
  }
}
